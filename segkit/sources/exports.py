"""The exports that `segkit init` is given: files with the same headers in one group, and the pattern that fits them."""

from __future__ import annotations

import fnmatch
import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from segkit.errors import Problems, UserError
from segkit.settings.sources import alias_of
from segkit.sources.files import read_file
from segkit.sources.grids import fold
from segkit.sources.guess import Guess
from segkit.sources.samples import FileSample, take_sample

_DATE_FOLDER = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass
class Group:
    """Files with the same headers: how they look, what they were taken for, and whether an entry rests on them."""

    files: list[Path]
    sample: FileSample
    guess: Guess | None = None
    used: bool = False
    remark: str = ""


@dataclass(frozen=True)
class Exports:
    """All files given, in groups, and the project's folder, to which their names are relative."""

    folder: Path
    groups: list[Group] = field(default_factory=list)

    def patterns(self, groups: list[Group]) -> list[str]:
        """Return one pattern that fits exactly the files of some groups, else their names."""
        mine = [path for group in groups for path in group.files]
        names = [shown(path, self.folder) for path in mine]
        others = [shown(path, self.folder) for g in self.groups if g not in groups for path in g.files]
        pattern = _common_pattern(names)
        if pattern is None or any(fnmatch.fnmatchcase(name, pattern) for name in others):
            return names
        return [pattern] if _fits_only(pattern, mine, self.folder) else names

    def unused(self) -> list[tuple[str, str]]:
        """Return the files on which no entry rests, with the reason."""
        unused = [group for group in self.groups if not group.used]
        return [(shown(path, self.folder), g.remark or "no table known") for g in unused for path in g.files]


def read_exports(files: list[Path], folder: Path) -> Exports:
    """Return the files, those with the same headers in one group.

    Raises
    ------
    UserError
        When files are missing or cannot be read; all of them at once.
    """
    problems = Problems()
    groups: dict[tuple, Group] = {}
    for path in files:
        try:
            grids = read_file(path, shown(path, folder))
        except UserError as error:
            for text in error.problems:
                problems.add(text)
            continue
        key = (path.suffix.lower() in (".parquet",), *(fold(header) for header in grids[0].headers))
        if key in groups:
            groups[key].files.append(path)
        else:
            groups[key] = Group([path], take_sample(path.name, grids[0]))
    problems.raise_if_any()
    return Exports(folder, list(groups.values()))


def expand_files(files: list[Path]) -> list[Path]:
    """Return the files, folders replaced by what lies in them."""
    problems, found = Problems(), []
    for path in files:
        if path.is_dir():
            inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith((".", "~$")))
            found += [p for p in inside if p.name != "mapping.xlsx" and alias_of(p.name) != p.name]
        elif path.is_file():
            found.append(path)
        else:
            problems.add(f"{path}: there is no such file. Give the exports, or the folder they lie in.")
    if not files:
        problems.add("No export is named. Write: segkit init DIR FILE…")
    problems.raise_if_any()
    return list(dict.fromkeys(path.resolve() for path in found))


def shown(path: Path, folder: Path) -> str:
    """Return a file's path relative to the project where it lies inside, else in full, always with /."""
    path = path.resolve()
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else path.as_posix()


def examples_of(sample: FileSample, header: str) -> tuple[str, ...]:
    """Return what stands below a header; nothing for a formula."""
    return sample.column(header).examples if header in sample.headers else ()


def letters_of(name: str) -> str:
    """Return what stays of a file's name without folder, digits and signs: deliveries of one export agree in it."""
    return re.sub(r"[\W\d_]+", " ", alias_of(name)).strip().lower()


def _common_pattern(names: list[str]) -> str | None:
    if len(names) == 1:
        return names[0]
    folders = {name.rpartition("/")[0] for name in names}
    dated = {"/".join("*" if _DATE_FOLDER.fullmatch(part) else part for part in f.split("/")) for f in folders}
    if len(dated) != 1:
        return None
    stems = [name.rpartition("/")[2] for name in names]
    start = os.path.commonprefix(stems)
    end = os.path.commonprefix([stem[len(start) :][::-1] for stem in stems])[::-1]
    end = end[end.index(".") :] if "." in end else end
    start = start.rstrip("0123456789") if len(set(stems)) > 1 else start
    file = stems[0] if len(set(stems)) == 1 else f"{start}*{end}"
    return "/".join(part for part in (dated.pop(), file) if part)


def _fits_only(pattern: str, files: list[Path], folder: Path) -> bool:
    """Say whether no file beside the given ones fits a pattern."""
    base = Path(Path(pattern).anchor) if Path(pattern).is_absolute() else folder
    found = {path.resolve() for path in base.glob(pattern.removeprefix(base.as_posix()).lstrip("/"))}
    return found <= set(files)
