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


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    folder.mkdir()
    for name in ("01_data_cleansing", "00_cockpit", "08_kpi_tracking", "account"):
        (folder / f"{name}.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    return folder


def sources(folder, name):
    notebook = json.loads((folder / f"{name}.ipynb").read_text(encoding="utf-8"))
    return ["".join(c["source"]) for c in notebook["cells"]]


def test_a_page_neither_computes_nor_explores(source, tmp_path):
    serve.copy_notebooks(source, tmp_path / "served")
    own = sources(tmp_path / "served", "00_cockpit")
    assert [own[i] for i in (0, 1, -1)] == ["# Title", "quarter = ''", "run.show('a')"]
    assert not any("write" in line or "widget()" in line for line in own)


def test_a_numbered_page_shows_what_its_last_run_showed(source, tmp_path):
    serve.copy_notebooks(source, tmp_path / "served", analysts=True)
    for name in ("01_data_cleansing", "08_kpi_tracking"):
        assert sources(tmp_path / "served", name) == [f'from segkit.widgets.story import Story\n\nStory("{name}")']


@pytest.mark.parametrize("analysts", [False, True])
def test_managers_see_their_pages_and_analysts_all(source, tmp_path, analysts):
    names = ["00_cockpit", "account", "08_kpi_tracking"] + ["01_data_cleansing"] * analysts
    assert serve.copy_notebooks(source, tmp_path / "served", analysts) == names
    assert sorted(p.stem for p in (tmp_path / "served").iterdir()) == sorted(names)


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
