"""Imports go down only, stages are pure: this is what keeps the house from becoming one big room."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
STAGES = {
    *("sources", "cleansing", "value", "criteria", "segments", "profiles", "strategy"),
    *("pilots", "kpis", "monitoring", "activation", "governance"),
}
LAYERS = [  # lowest first: a part imports its own layer and those below it; stages and charts know no run
    {"errors", "yaml_files"},
    {"quarters", "settings", "texts", "tables", "project"},
    {"engines", "spark", "display"},
    {"features", "statistics"},
    STAGES,
    {"charts", "demo"},
    {"store", "records", "decisions", "adopted", "kernel", "run"},
    {"batch", "rules_before", "goals_before", "staging", "execution", "publishing", "releases", "reports", "widgets"},
    {"default_quarter", "checking", "open_questions", "overview", "signing", "adoption", "adoption_preview", "scoring"},
    {"cli", "__main__"},
]
HEIGHT = {part: height for height, parts in enumerate(LAYERS) for part in parts}
ONLY_IN = {"altair": "charts", "ipywidgets": "widgets", "anywidget": "widgets"}
NOT_IN_STAGES = {"IPython", "papermill", "nbconvert", "voila", "typer", "subprocess"}
SLOW = {"sklearn", "scipy"}
FILE_ACCESS = {
    *("open", "write_text", "write_bytes", "mkdir", "unlink", "glob", "rglob", "iterdir", "TemporaryDirectory"),
    *("read_csv", "read_parquet", "read_excel", "to_csv", "to_parquet", "to_excel", "to_pickle", "write_parquet"),
}


def sources() -> Iterator[tuple[str, str, ast.Module]]:
    """Each file of segkit: its path, the part of the house it belongs to, its tree."""
    for path in sorted((ROOT / "segkit").rglob("*.py")):
        inside = path.relative_to(ROOT / "segkit")
        part = inside.parts[0].removesuffix(".py")
        yield inside.as_posix(), part, ast.parse(path.read_text("utf-8"))


def imports_of(tree: ast.AST) -> set[str]:
    """Every module that a tree imports; `from segkit.value import rfm` counts as segkit.value.rfm."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, "relative imports hide who imports whom"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def parts_imported(tree: ast.AST) -> set[str]:
    return {name.split(".")[1] for name in imports_of(tree) if name.startswith("segkit.")} & set(HEIGHT)


def libraries_imported(tree: ast.AST) -> set[str]:
    return {name.split(".")[0] for name in imports_of(tree)}


def calls_in(tree: ast.AST) -> set[str]:
    """Names of all that is called: print() and frame.to_csv() give print and to_csv."""
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {f.id for f in called if isinstance(f, ast.Name)} | {f.attr for f in called if isinstance(f, ast.Attribute)}


def test_every_part_has_its_place():
    unknown = {part for _, part, _ in sources()} - set(HEIGHT) - {"__init__"}
    assert not unknown, f"give {sorted(unknown)} a place in LAYERS"


def test_imports_go_down_only():
    up = [
        (file, other)
        for file, part, tree in sources()
        for other in parts_imported(tree)
        if HEIGHT[other] > HEIGHT.get(part, 0)
    ]
    assert not up, "(file, what it imports from above)"


def test_stages_never_import_each_other():
    pairs = [
        (file, other)
        for file, part, tree in sources()
        for other in parts_imported(tree) & STAGES
        if part in STAGES and other != part
    ]
    assert not pairs, "two stages share a table, or a function in statistics"


def test_charts_and_widgets_keep_their_libraries():
    strays = [
        (file, library)
        for file, part, tree in sources()
        for library in libraries_imported(tree) & set(ONLY_IN)
        if ONLY_IN[library] != part
    ]
    assert not strays


def test_slow_libraries_are_imported_inside_functions():
    eager = []
    for file, _, tree in sources():
        loaded = [node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)]
        slow = libraries_imported(ast.Module(body=list(loaded), type_ignores=[])) & SLOW
        eager += [(file, slow)] if slow else []
    assert not eager, "every command and page would wait for them"


def test_stages_print_nothing_and_only_sources_touches_files():
    strays = []
    for file, part, tree in sources():
        if part in STAGES:
            forbidden = {"print"} | (set() if part == "sources" else FILE_ACCESS)
            found = (calls_in(tree) & forbidden) | (libraries_imported(tree) & NOT_IN_STAGES)
            strays += [(file, found)] if found else []
    assert not strays
