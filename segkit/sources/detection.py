"""Which system wrote a file, and in which of its shapes: from its headers, with a confidence."""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.sources import presets
from segkit.sources.aliases import load_aliases, words_of
from segkit.sources.grids import Grid, fold
from segkit.sources.placeholders import marked_texts, present_texts, unmarked
from segkit.sources.presets import Shape, known_systems, load_preset, load_presets

if TYPE_CHECKING:
    import pyarrow as pa

SAMPLE_ROWS = 200
BY_LABEL = 0.9
"""Confidence in a shape of which a key field is known by a label, not by its technical name."""
_ENOUGH = 2.5
"""Headers of this system alone that make it sure; a header that all systems have counts for little."""
_COMMON = 0.35
"""What a header proves that anybody's export may have."""
_EXPLAINED = 0.8
"""Share of a file's headers that the shape should know."""
_LEAST_OF_SURE = 0.2
"""What twice enough headers of this system alone add for a file full of a company's own fields."""


@dataclass(frozen=True)
class Match:
    """A file taken for a shape of a system: how surely (0–1), and header → field of all headers that it knows."""

    system: str
    shape: str
    confidence: float
    renamed: dict[str, str]


def detect(headers: Sequence[str], first_column: Sequence[str] = (), folder: Path | None = None) -> list[Match]:
    """Return what a file may be, the surest first.

    Parameters
    ----------
    headers : sequence of str
        Headers in the order of the file.
    first_column : sequence of str
        Some values of its first column: Dynamics puts the key there, under a header in the user's language.
    folder : Path, optional
        Of the presets, if not the product's.

    Returns
    -------
    list of Match
        Shapes whose key fields are all there. 1.0 only if the key fields have their technical names, nearly all
        headers are known and some of them belong to this system alone; `Name` and `Id` prove nothing.
    """
    return _detect(headers, [list(first_column)], folder)


def detect_grid(grid: Grid, folder: Path | None = None) -> list[Match]:
    """Return what an opened file may be, the surest first; all columns are looked at where a place or look counts."""
    return _detect(grid.headers, samples_of(grid), folder)


def _detect(headers: Sequence[str], samples: Sequence[Sequence[str]], folder: Path | None) -> list[Match]:
    found = []
    known = load_presets(folder)
    spread = _spread(folder or presets.FOLDER)
    for preset in known.values():
        for name, shape in preset.files.items():
            renamed = match_headers(shape, headers, samples)
            confidence = _confidence(shape, headers, renamed, spread)
            if confidence > 0:
                found.append(Match(preset.system, name, confidence, renamed))
    n_key = {(preset.system, name): len(shape.key) for preset in known.values() for name, shape in preset.files.items()}
    return sorted(found, key=lambda m: (-m.confidence, -len(m.renamed), -n_key[m.system, m.shape], m.system, m.shape))


def match_headers(shape: Shape, headers: Sequence[str], samples: Sequence[Sequence[str]] = ()) -> dict[str, str]:
    """Return header → field of the headers that a shape knows; each field once.

    Of several headers that mean a field the technical name wins, then the first label; the others stay unknown. A
    field known by its place takes a header that nothing else explains, if all values below it look right.
    """
    best: dict[str, tuple[int, int, str]] = {}
    for position, header in enumerate(headers):
        field, rank = shape.headers.get(fold(header), ("", 0))
        if field and (rank, position) < best.get(field, (len(shape.headers), 0, ""))[:2]:
            best[field] = (rank, position, header)
    renamed = {header: field for field, (_, _, header) in best.items()}
    for field, place in shape.positions.items():
        if field in best:
            continue
        columns = range(len(headers)) if place.column is None else [place.column - 1]
        fitting = [i for i in columns if i < len(samples) and _looks_like(samples[i], place.expression)]
        fitting = [i for i in fitting if i < len(headers) and headers[i] not in renamed]
        if len(fitting) == 1:
            renamed[headers[fitting[0]]] = field
    return {header: renamed[header] for header in headers if header in renamed}


def samples_of(grid: Grid) -> list[list[str]]:
    """Return some filled values of every column."""
    rows = grid.cells.slice(0, SAMPLE_ROWS)
    return [_texts(rows.column(f"c{i}").combine_chunks()) for i in range(len(grid.headers))]


def renamed_grid(grid: Grid, renamed: dict[str, str], copies: Mapping[str, str] | None = None) -> Grid:
    """Return a grid whose known headers are the fields of its shape; the others keep their names.

    The former headers still find their columns, and so do the fields that repeat another.
    """
    headers = [renamed.get(header, header) for header in grid.headers]
    by_fold = {fold(header): field for header, field in renamed.items()}
    repeated = {by_fold.get(fold(name), name): places for name, places in grid.repeated.items()}
    former = {**grid.former, **{fold(old): i for i, old in enumerate(grid.headers) if old != headers[i]}}
    former |= {fold(copy): headers.index(field) for copy, field in (copies or {}).items() if field in headers}
    written = grid.written or grid.headers
    return replace(grid, headers=headers, repeated=repeated, former=former, written=written)


def _texts(cells: pa.Array) -> list[str]:
    return [text for text in unmarked(present_texts(marked_texts(cells))[1]).to_pylist() if text]


def _looks_like(values: Iterable[str], pattern: str) -> bool:
    found = [bool(re.fullmatch(pattern, value)) for value in values]
    return bool(found) and all(found)


def _confidence(shape: Shape, headers: Sequence[str], renamed: dict[str, str], spread: dict[str, float]) -> float:
    if not set(shape.key) <= set(renamed.values()):
        return 0.0
    proofs = sum(spread.get(fold(header), 1.0) for header in renamed) / _ENOUGH
    least = 0.5 + _LEAST_OF_SURE * min(1.0, max(0.0, proofs - 1.0))
    named = [header for header in headers if not header.startswith("column ")]
    explained = min(1.0, len(renamed) / max(len(named), 1) / _EXPLAINED)
    technical = all(fold(field) in {fold(h) for h, f in renamed.items() if f == field} for field in shape.key)
    return round(min(1.0, proofs) * (least + (1.0 - least) * explained) * (1.0 if technical else BY_LABEL), 2)


@functools.cache
def _spread(folder: Path) -> dict[str, float]:
    """Return how much each header proves: 1 if only one system has it, 1/n if n do, less if anybody's export may."""
    systems: Counter[str] = Counter()
    for preset in load_presets(folder).values():
        systems.update({header for shape in preset.files.values() for header in shape.headers})
    common = _common_words()
    return {h: (_COMMON if "".join(words_of(h)) in common else 1.0) / n for h, n in systems.items()}


def _common_words() -> frozenset[str]:
    names = [alias for columns in load_aliases()["columns"].values() for names in columns.values() for alias in names]
    return frozenset("".join(words_of(name)) for name in names)


def preset_headers(system: str, table: str) -> list[str]:
    """Return all headers that the files behind a table may have; none for a system that is not known."""
    if system not in known_systems():
        return []
    preset = load_preset(system)
    shapes = {shape for item in preset.tables if item.table == table for shape in item.known}
    fields = [pair for shape in shapes for pair in preset.files[shape].fields.items()]
    return list(dict.fromkeys(header for field, labels in sorted(fields) for header in (field, *labels)))
