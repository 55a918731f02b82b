"""Notebooks tell the story: stripped, three lives by tags, no functions, the same three parameters."""

from __future__ import annotations

import ast
import json
from collections.abc import Iterator
from pathlib import Path

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
TAGS = {"parameters", "compute", "explore"}
PARAMETERS = ["project", "quarter", "scenario"]


def code_cells() -> Iterator[tuple[str, dict, ast.Module]]:
    """Each code cell: notebook and position, the cell, its tree (magic lines left out)."""
    for path in NOTEBOOKS:
        for number, cell in enumerate(json.loads(path.read_text("utf-8"))["cells"], start=1):
            if cell["cell_type"] == "code":
                lines = "".join(cell["source"]).splitlines()
                tree = ast.parse("\n".join(line for line in lines if not line.startswith(("%", "!"))))
                yield f"{path.stem}, cell {number}", cell, tree


def tags_of(cell: dict) -> set[str]:
    return set(cell["metadata"].get("tags", []))


def test_there_are_notebooks():
    assert NOTEBOOKS


def test_notebooks_are_stripped():
    left = [name for name, cell, _ in code_cells() if cell["outputs"] or cell["execution_count"]]
    assert not left, "outputs are committed; clear them (Kernel > Restart and Clear Outputs) before committing"


def test_notebooks_define_nothing():
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    found = [name for name, _, tree in code_cells() if any(isinstance(node, kinds) for node in ast.walk(tree))]
    assert not found, "functions live in segkit, where they are tested"


def test_tags_are_known_and_lead_one_life_each():
    wrong = [(name, tags_of(cell)) for name, cell, _ in code_cells() if len(tags_of(cell)) > 1 or tags_of(cell) - TAGS]
    assert not wrong


def test_each_notebook_has_one_cell_of_the_three_parameters():
    for path in NOTEBOOKS:
        cells = [
            tree
            for name, cell, tree in code_cells()
            if name.startswith(f"{path.stem},") and "parameters" in tags_of(cell)
        ]
        assert len(cells) == 1, path.name
        assert [target.id for node in cells[0].body for target in node.targets] == PARAMETERS, path.name
        assert all(isinstance(node.value, ast.Constant) for node in cells[0].body), path.name


def test_what_managers_see_loads_no_slow_library():
    slow = []
    for name, cell, tree in code_cells():
        modules = [a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names]
        modules += [n.module or "" for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
        heavy = [
            m for m in modules if m.split(".")[0] in {"altair", "sklearn", "scipy"} or m.startswith("segkit.charts")
        ]
        slow += [(name, heavy)] if heavy and not tags_of(cell) & {"compute", "explore"} else []
    assert not slow, "charts are made in compute cells and stored; cells without a tag only show them"


def test_pages_show_but_do_not_write():
    """Cells without a tag run in front of managers: they may not write."""
    writes = [
        name
        for name, cell, tree in code_cells()
        if not tags_of(cell)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "write"
    ]
    assert not writes
