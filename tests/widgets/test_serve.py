"""What is served: notebooks without work, one template, no kernel ended under a visitor's eyes."""

import asyncio
import datetime as dt
import json
from types import SimpleNamespace

import pytest

from segkit.errors import UserError
from segkit.widgets import serve
from segkit.widgets.voila_app import PageKernels


def cell(kind, source, *tags, **metadata):
    more = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "source": source, "metadata": {"tags": list(tags), **metadata}, **more}


NOTEBOOK = {
    "cells": [
        cell("markdown", "# Title", de="# Titel"),
        cell("code", "quarter = ''", "parameters"),
        cell("code", ["from segkit.run import open_run\n", "run = open_run(project, quarter, scenario)"]),
        cell("code", "run.write('a', 1)", "compute"),
        cell("code", "widget()", "explore"),
        cell("code", "run.show('a')"),
    ],
    "metadata": {},
    "nbformat": 4,
    "nbformat_minor": 5,
}


def test_a_page_neither_computes_nor_explores():
    sources = ["".join(c["source"]) for c in serve.page_notebook(NOTEBOOK)["cells"]]
    assert [sources[i] for i in (0, 1, -1)] == ["# Title", "quarter = ''", "run.show('a')"]
    assert not any("write" in source or "widget()" in source for source in sources)


def test_badges_come_right_after_the_run_is_opened():
    sources = ["".join(c["source"]) for c in serve.page_notebook(NOTEBOOK)["cells"]]
    opened = next(i for i, source in enumerate(sources) if "open_run(" in source)
    assert sources[opened + 1].endswith("show_head(project, run.quarter, scenario)")


def test_words_come_in_both_languages():
    html = serve.page_notebook(NOTEBOOK)["cells"][0]["metadata"]["html"]
    assert '<div class="lang-de" lang="de"><h1>Titel</h1>' in html and "<h1>Title</h1>" in html


@pytest.mark.parametrize(
    ("analysts", "names"),
    [(False, ["00_cockpit", "08_kpi_tracking"]), (True, ["00_cockpit", "08_kpi_tracking", "01_data_cleansing"])],
)
def test_managers_see_their_pages_and_analysts_all(tmp_path, analysts, names):
    source = tmp_path / "source"
    source.mkdir()
    for name in ("01_data_cleansing", "00_cockpit", "08_kpi_tracking"):
        (source / f"{name}.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    assert serve.copy_notebooks(source, tmp_path / "served", analysts) == names
    assert sorted(p.stem for p in (tmp_path / "served").iterdir()) == sorted(names)
    assert "run.write" not in (tmp_path / "served" / "00_cockpit.ipynb").read_text(encoding="utf-8")


def test_the_template_brings_style_and_vega_and_no_address(tmp_path):
    serve.copy_template(tmp_path)
    template = tmp_path / "voila" / "templates" / "segkit"
    assert json.loads((template / "conf.json").read_text(encoding="utf-8")) == {"base_template": "lab"}
    assert "export{" in (template / "static" / "segkit-vega.js").read_text(encoding="utf-8").replace(
        "export {", "export{"
    )
    for path in [*template.glob("*.j2"), *template.glob("*.html"), template / "static" / "segkit.css"]:
        text = path.read_text(encoding="utf-8")
        assert not [part for part in ('src="http', 'href="http', "url(http", "@import") if part in text], path.name


def test_a_folder_without_project_is_refused(tmp_path):
    with pytest.raises(UserError, match="project.yml"):
        serve.serve(tmp_path, open_browser=False)
    with pytest.raises(UserError, match="project.yml"):
        serve.lab(tmp_path)


def test_a_kernel_that_waited_in_the_pool_is_not_ended_when_it_is_handed_out(monkeypatch):
    """It worked last two hours ago, when it was preheated; the visitor's browser has not connected yet."""
    manager = PageKernels(cull_idle_timeout=600, cull_interval=0)
    kernel = SimpleNamespace(
        last_activity=dt.datetime.now(dt.UTC) - dt.timedelta(hours=2),
        execution_state="idle",
        kernel_name="python3",
        ready=True,
        kernel_spec=SimpleNamespace(metadata={}),
    )
    ended = []

    async def end(kernel_id, **_):
        ended.append(kernel_id)

    monkeypatch.setattr(manager, "_kernels", {"k": kernel})
    monkeypatch.setattr(manager, "_kernel_connections", {"k": 0})
    monkeypatch.setattr(manager, "shutdown_kernel", end)
    asyncio.run(manager.cull_kernel_if_idle("k"))
    assert ended == []
    manager._handed_out["k"] -= dt.timedelta(hours=2)  # handed out long ago, nobody came
    kernel.last_activity -= dt.timedelta(hours=2)
    asyncio.run(manager.cull_kernel_if_idle("k"))
    assert ended == ["k"]
