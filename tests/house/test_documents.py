"""What README and docs say about files, headings and commands is true."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import tiny

ROOT = Path(__file__).parents[2]
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SMALL_PARTS = {"__init__.py", "__main__.py", "display.py", "display.css", "tables.yml", "texts", "__pycache__"}


def tree_of_readme() -> list[str]:
    """Paths in README's tree; two blanks deeper is one folder deeper, several names may share a line."""
    block = re.search(r"```tree\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    assert block, "README has no ```tree block"
    found, folder = [], ""
    for line in filter(str.strip, block[1].splitlines()):
        names = line.strip().split("  ")[0].split()
        if not line.startswith(" "):
            folder = names[0] if names[0].endswith("/") else ""
            found += names
        else:
            found += [folder + name for name in names]
    return found


def test_tree_names_only_what_exists():
    missing = [path for path in tree_of_readme() if not (ROOT / path).exists()]
    assert not missing


def test_tree_names_every_part_of_the_house():
    named = {path.strip("/") for path in tree_of_readme()}
    tracked = subprocess.run(["git", "ls-files", "segkit", "notebooks"], cwd=ROOT, capture_output=True, text=True)
    if tracked.returncode:
        pytest.skip("not a git clone: nothing says which files belong to the product")
    parts = {"/".join(path.split("/")[:2]) for path in tracked.stdout.splitlines()}
    unnamed = {part for part in parts if part.split("/")[1] not in SMALL_PARTS} - named
    assert not unnamed, "add them to the tree in README.md"


def headings(text: str) -> dict[str, str]:
    """Anchor of each heading, made as Git hosts make it."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    titles = re.findall(r"^#{2,3} (.+)$", plain, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-"): title for title in titles}


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(path):
    text = path.read_text("utf-8")
    for title, target in re.findall(r"\[([^\]]*)\]\(([^)]+)\)", text):
        file, _, anchor = target.partition("#")
        assert not file or (path.parent / file).exists(), f"{path.name}: {title} leads to {target}"
        assert file or anchor in headings(text), f"{path.name}: no heading for #{anchor}"


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_table_of_contents_is_complete(path):
    text = path.read_text("utf-8")
    contents = re.search(r"^## Contents\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    if contents is None:
        assert len(text.splitlines()) < 120, f"{path.name} is long: give it a ## Contents"
        return
    listed = re.findall(r"^- \[([^\]]+)\]", contents[1], re.MULTILINE)
    assert listed == re.findall(r"^## (?!Contents)(.+)$", text, re.MULTILINE)


def test_commands_in_readme_exist():
    """Each `segkit NAME` in README is a command, and each `make NAME` a target."""
    from segkit.cli import app

    text = (ROOT / "README.md").read_text("utf-8")
    commands = {command.name or command.callback.__name__ for command in app.registered_commands}
    assert set(re.findall(r"(?:^|`)segkit ([a-z]+)", text, re.MULTILINE)) == commands
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


def test_own_data_as_in_readme(tmp_path):
    """The file with four columns that README shows is understood without a question."""
    example = re.search(r"```\n(Kundennr;.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    (tmp_path / "umsatz.csv").write_text(example[1], encoding="utf-8")
    proposed = tiny.segkit_here("init", tmp_path / "acme", tmp_path / "umsatz.csv")
    assert proposed.code == 0 and (tmp_path / "acme/mapping.xlsx").exists(), proposed.text
    checked = tiny.segkit_here("check", tmp_path / "acme", "--json")
    assert checked.code == 0, checked.text
    assert json.loads(checked.text)["tables"]["invoices"]["rows"] == 3
