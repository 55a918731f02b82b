"""`segkit serve`: managers' pages in the browser of this machine; `segkit lab`: the notebooks for analysts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from segkit import texts
from segkit.display import page_title
from segkit.errors import UserError
from segkit.project import Project

MANAGERS = ("00_cockpit", "account", "05_profiling", "08_kpi_tracking", "09_migration")
OWN_WIDGET = (
    "00_cockpit",
    "account",
)  # these notebooks are a page; all others tell what they found, and Story shows it
STORY = 'from segkit.widgets.story import Story\n\nStory("{name}")'
DROPPED_TAGS = {"compute", "explore"}
EXTENSIONS = ["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8", "anywidget"]
CULL_SECONDS = 1800
PREHEAT = True  # a kernel waits for each managers' page; benchmarks/pages.py measures what that saves
LOCAL = "127.0.0.1"


def serve(
    project_folder: str | Path,
    port: int = 8866,
    open_browser: bool = True,
    analysts: bool = False,
    cull_seconds: int = CULL_SECONDS,
) -> None:
    """Serve the pages of a project on this machine until the program is ended.

    Parameters
    ----------
    project_folder : path
        Folder with project.yml.
    port : int
        Port on 127.0.0.1; if it is taken, the next free one.
    open_browser : bool
        Open the cockpit in the default browser.
    analysts : bool
        Serve the notebooks for analysts too.
    cull_seconds : int
        A kernel without a browser and without work is ended after this time.

    Raises
    ------
    UserError
        When there is no project, or the notebooks are missing.
    """
    project = Project(project_folder)
    with tempfile.TemporaryDirectory(prefix="segkit-pages-") as temporary:
        served = Path(temporary)
        pages = copy_notebooks(notebooks_folder(), served / "notebooks", analysts)
        copy_template(served / "jupyter")
        os.environ.update(_environment(project, served / "jupyter", "page"))
        _voila(project, served / "notebooks", pages, port, open_browser, cull_seconds)


def lab(project_folder: str | Path, port: int = 8888, open_browser: bool = True) -> int:
    """Open the notebooks in JupyterLab on a project, and return Jupyter's exit code.

    Raises
    ------
    UserError
        When there is no project, or the notebooks are missing.
    """
    project = Project(project_folder)
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={notebooks_folder()}",
        f"--ServerApp.ip={LOCAL}",
        f"--ServerApp.port={port}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]
    if not open_browser:
        command.append("--no-browser")
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")  # in a container everybody is root; the server asks for a token all the same
    return subprocess.call(command, env={**os.environ, **_environment(project, None, "lab")})


def notebooks_folder() -> Path:
    """Folder of the notebooks, beside the package.

    Raises
    ------
    UserError
        When it is not there.
    """
    folder = Path(__file__).parents[2] / "notebooks"
    if not folder.is_dir():
        raise UserError(
            f"The notebooks are missing: {folder} does not exist. Install segkit from its own folder "
            "with `pip install -e .`."
        )
    return folder


def copy_notebooks(source: Path, target: Path, analysts: bool = False) -> list[str]:
    """Write what Voila serves: of each notebook a page that computes nothing.

    Returns
    -------
    list of str
        Names of the pages, managers' pages first.
    """
    target.mkdir(parents=True)
    there = [path.stem for path in sorted(source.glob("*.ipynb"))]
    chosen = [n for n in MANAGERS if n in there] + [n for n in there if analysts and n not in MANAGERS]
    for name in chosen:
        notebook = json.loads((source / f"{name}.ipynb").read_text(encoding="utf-8"))
        kept = [cell for cell in notebook["cells"] if not DROPPED_TAGS & set(cell["metadata"].get("tags", []))]
        told = {"cell_type": "code", "metadata": {}, "source": STORY.format(name=name)}
        cells = kept if name in OWN_WIDGET else [told | {"outputs": [], "execution_count": None}]
        (target / f"{name}.ipynb").write_text(json.dumps({**notebook, "cells": cells}), encoding="utf-8")
    return chosen


def copy_template(target: Path) -> None:
    """Put Voila's template where Jupyter finds it, with the style sheet and Vega as static files."""
    here = Path(__file__).parent
    template = target / "voila" / "templates" / "segkit"
    shutil.copytree(here / "voila" / "templates" / "segkit", template)
    static = template / "static"
    static.mkdir(exist_ok=True)
    styles = [here.parent / "display.css", here / "page.css", here / "live.css"]
    (static / "segkit.css").write_text("".join(p.read_text(encoding="utf-8") for p in styles), encoding="utf-8")
    (static / "segkit-vega.js").write_text(vega_bundle(), encoding="utf-8")


def vega_bundle() -> str:
    """Vega, Vega-Lite and vega-embed as one ES module, made from the installed vl-convert."""
    import vl_convert

    return str(vl_convert.javascript_bundle("export { vegaEmbed, vega, vegaLite };", vl_version="6.4"))


def _environment(project: Project, jupyter: Path | None, life: str) -> dict[str, str]:
    package = str(Path(__file__).parents[2])
    paths = [package, *filter(None, [os.environ.get("PYTHONPATH")])]
    found = {"SEGKIT_PROJECT": str(project.folder), "SEGKIT_LIFE": life, "PYTHONPATH": os.pathsep.join(paths)}
    if jupyter is not None:
        here = [str(jupyter), *filter(None, [os.environ.get("JUPYTER_PATH")])]
        found |= {"JUPYTER_PATH": os.pathsep.join(here), "SEGKIT_VEGA": "/voila/static/segkit-vega.js"}
    return found


def _voila(project: Project, root: Path, pages: list[str], port: int, open_browser: bool, cull_seconds: int) -> None:
    from segkit.widgets.voila_app import PageKernels, SegkitVoila

    settings = project.settings
    titles = {name: {x: page_title(name, x) for x in texts.LANGUAGES} for name in pages}
    shown = [{"name": name, "is_for_analysts": name not in MANAGERS, **titles[name]} for name in pages]
    words = {x: texts.say("story.for_analysts", x) for x in texts.LANGUAGES}
    resources = {
        "segkit": {"language": settings.language, "title": settings.name, "pages": shown, "for_analysts": words}
    }
    app = SegkitVoila(
        root_dir=str(root),
        ip=LOCAL,
        port=port,
        open_browser=open_browser,
        base_url="/",
        reports_folder=str(project.report_folder("x").parent),
        log_level="WARN",
    )
    app.config.VoilaConfiguration.update(
        {
            "template": "segkit",
            "classic_tree": True,
            "allow_template_override": "NO",
            "allow_theme_override": "NO",
            "extension_allowlist": EXTENSIONS,
            "preheat_kernel": PREHEAT,
            "default_pool_size": 1,
            "resources": resources,
            "multi_kernel_manager_class": PageKernels,
            "file_allowlist": [],
        }
    )
    app.config.VoilaKernelManager.update(
        {
            "preheat_denylist": [f"{name}.ipynb" for name in pages if name not in MANAGERS],
            "cull_idle_timeout": cull_seconds,
            "cull_interval": max(1, min(60, cull_seconds // 2)),
            "cull_connected": False,
            "fill_delay": 0.5,
        }
    )
    app.initialize([])
    app.start()
