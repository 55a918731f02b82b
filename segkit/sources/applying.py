"""A preset applied to the files of an entry: headers renamed to fields, columns and rules merged with project.yml."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from segkit.errors import Problems, UserError
from segkit.settings.header_texts import alternatives
from segkit.settings.sources import Source
from segkit.sources.detection import match_headers, renamed_grid, samples_of
from segkit.sources.grids import Grid, fold
from segkit.sources.presets import Preset, TableItem, load_preset

Part = tuple[Source, Source, dict[str, list[Grid]]]
"""An entry with its preset merged in, the same without, in the words of the preset, and its files by shape."""

_WORD = re.compile(r"\"[^\"]+\"|`[^`]+`|[^\W\d][\w.]*")


def apply_preset(
    table: str, source: Source, place: str, grids: dict[str, list[Grid]], problems: Problems
) -> list[Part]:
    """Return the parts of an entry, one per shape of its files; a join is one part.

    Parameters
    ----------
    table : str
        The table to fill.
    source : Source
        The entry; without a preset it comes back as it is.
    place : str
        Where it stands, such as ``sources.invoices``.
    grids : dict
        Alias → opened files. In the parts the shape is the alias: ``vbrp.NETWR``.
    problems : Problems
        Collects: no such preset, a table that it does not fill, files that are not of its shapes.
    """
    if source.preset is None:
        return [(source, source, grids)]
    try:
        preset = load_preset(source.preset)
    except UserError as error:
        for text in error.problems:
            problems.add(f"project.yml: {place}.preset: {text}")
        return []
    items = [item for item in preset.tables if item.table == table]
    if not items:
        tables = ", ".join(dict.fromkeys(item.table for item in preset.tables))
        problems.add(f"project.yml: {place}.preset: {preset.name} fills no {table}; it fills {tables}.")
        return []
    shapes = {alias: _shapes_of(preset, items, source, len(grids), of_alias) for alias, of_alias in grids.items()}
    unknown = [grid for alias, of in grids.items() for grid, shape in zip(of, shapes[alias], strict=True) if not shape]
    for grid in unknown:
        problems.add(_unlike(grid, preset, items, place))
    if unknown:
        return []
    if not source.joined:
        alias, of_alias = next(iter(grids.items()))
        by_shape = {s: [g for g, t in zip(of_alias, shapes[alias], strict=True) if t == s] for s in shapes[alias]}
        found = [_part(preset, items, source, {shape: (alias, of)}, place, problems) for shape, of in by_shape.items()]
        return [part for part in found if part is not None]
    taken = {of[0]: (alias, grids[alias]) for alias, of in shapes.items()}
    if len(taken) < len(shapes):
        told = ", ".join(f"{alias} is {of[0]}" for alias, of in shapes.items())
        problems.add(f"project.yml: {place}.from: each name must stand for another kind of file, but {told}.")
        return []
    joined = _part(preset, items, source, taken, place, problems)
    return [joined] if joined is not None else []


def _shapes_of(preset: Preset, items: list[TableItem], source: Source, n_names: int, grids: list[Grid]) -> list[str]:
    """Return the shape of each file, one for all files of a name in a join; "" where none fits."""
    names = list(dict.fromkeys(shape for item in items for shape in item.known))
    fitting = {shape for item in items if len(item.needed) <= n_names <= len(item.known) for shape in item.known}
    ranks = [{name: _rank(preset, name, name in fitting, grid) for name in names} for grid in grids]
    if source.joined:
        ranks = [{name: min(of[name] for of in ranks) for name in names}] * len(grids)
    best = [max(names, key=of.__getitem__) for of in ranks]
    return [name if of[name][2] else "" for name, of in zip(best, ranks, strict=True)]


def _rank(preset: Preset, shape: str, is_fitting: bool, grid: Grid) -> tuple[bool, bool, float, int, int]:
    """Return how well a file fits a shape: has all keys, enough files, share of keys, known headers, number of keys."""
    fields, key = set(_renamed(preset, shape, grid).values()), preset.files[shape].key
    n_key = len(fields & set(key))
    return n_key == len(key), is_fitting, n_key / len(key), len(fields), len(key)


def _renamed(preset: Preset, shape: str, grid: Grid) -> dict[str, str]:
    samples = samples_of(grid) if preset.files[shape].positions else []
    return match_headers(preset.files[shape], grid.headers, samples)


def _unlike(grid: Grid, preset: Preset, items: list[TableItem], place: str) -> str:
    shapes = dict.fromkeys(shape for item in items for shape in item.known)
    wanted = "; ".join(f"{preset.files[s].text}: {', '.join(preset.files[s].key)}" for s in shapes)
    headers = ", ".join(grid.headers[:12]) + (" …" if len(grid.headers) > 12 else "")
    return (
        f"{grid.name} is no export of {preset.name} that fills {items[0].table}. Expected are {wanted}, or their "
        f"labels; its columns are {headers}. Take {place}.preset out and name the columns under {place}.columns."
    )


def _part(
    preset: Preset,
    items: list[TableItem],
    source: Source,
    taken: dict[str, tuple[str, list[Grid]]],
    place: str,
    problems: Problems,
) -> Part | None:
    """Return an entry with its preset merged in; `taken` is shape → (its alias in project.yml, files)."""
    item = next((i for i in items if set(i.needed) <= set(taken) <= set(i.known)), None)
    if item is None:
        options = " or ".join(" with ".join(i.needed) for i in items)
        problems.add(
            f"project.yml: {place}: {preset.name} fills {items[0].table} from {options}; the files are "
            f"{' and '.join(taken)}. Name the missing file under {place}.from."
        )
        return None
    renamed = {
        shape: [renamed_grid(grid, _renamed(preset, shape, grid), preset.files[shape].copies) for grid in of]
        for shape, (_, of) in taken.items()
    }
    to_field = _translator(preset, taken, renamed)
    columns: dict[str, str | tuple[str, ...]] = {c: (*alternatives(h), "") for c, h in item.columns.items()}
    columns |= {
        c: h if isinstance(h, str) and not h else tuple(to_field(text) for text in alternatives(h))
        for c, h in source.columns.items()
    }
    skip = {reason: _keys(fields, to_field) for reason, fields in source.skip.items()}
    given = source.model_copy(update={"skip": skip, "negative": _keys(source.negative, to_field)})
    of_shapes = _of_shapes(preset, list(taken))
    update = {
        "columns": columns,
        "on": (source.on or item.on) if source.joined else (),
        "skip": {**item.skip, **given.skip},
        "negative": {**item.negative, **given.negative},
        "values": _merged(of_shapes["values"], _keys(source.values, to_field)),
        "pad": _overruled(of_shapes["pad"], _keys(source.pad, to_field)),
        "ids": _overruled(of_shapes["ids"], _keys(source.ids, to_field)),
        "rates": (*of_shapes["rates"], *(to_field(rate) for rate in source.rates)),
    }
    return source.model_copy(update=update), given, renamed


def _of_shapes(preset: Preset, shapes: list[str]) -> dict[str, Any]:
    """Return values, pad, ids and rates of several shapes, each header written ``shape.FIELD``."""
    found = {name: preset.files[name] for name in shapes}
    named: dict[str, Any] = {
        key: {f"{name}.{field}": v for name, shape in found.items() for field, v in getattr(shape, key).items()}
        for key in ("values", "pad", "ids")
    }
    return {**named, "rates": tuple(f"{name}.{field}" for name, shape in found.items() for field in shape.rates)}


def _overruled(of_preset: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return settings per header: a plain header of project.yml overrules it in all shapes."""
    return {**{name: v for name, v in of_preset.items() if name.partition(".")[2] not in given}, **given}


def _merged(of_preset: dict[str, dict[str, str]], given: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Return the meanings of the preset with those of project.yml, which overrule text by text."""
    merged = dict(of_preset)
    for header, meanings in given.items():
        same = [name for name in of_preset if header in (name, name.partition(".")[2])]
        for name in same or [header]:
            folded = {text.casefold() for text in meanings}
            kept = {text: meant for text, meant in merged.get(name, {}).items() if text.casefold() not in folded}
            merged[name] = {**kept, **meanings}
    return merged


def _keys(settings: Mapping[str, Any], to_field: Callable[[str], str]) -> dict[str, Any]:
    return {to_field(header): value for header, value in settings.items()}


def _translator(
    preset: Preset, taken: dict[str, tuple[str, list[Grid]]], renamed: dict[str, list[Grid]]
) -> Callable[[str], str]:
    """Return a function that writes what project.yml names with the fields and shapes of the preset."""
    present = {fold(header) for of in renamed.values() for grid in of for header in grid.headers}
    meaning = {header: pair[0] for shape in taken for header, pair in preset.files[shape].headers.items()}
    aliases = {f"{alias}.": f"{shape}." for shape, (alias, _) in taken.items()}

    def name(header: str) -> str:
        for alias, shape in aliases.items():
            if header.startswith(alias):
                return shape + name(header.removeprefix(alias))
        return header if fold(header) in present else meaning.get(fold(header), header)

    def word(match: re.Match[str]) -> str:
        found = name(match[0].strip('"`'))
        return found if re.fullmatch(r"[^\W\d][\w.]*", found) else f'"{found}"'

    def to_field(text: str) -> str:
        found = name(text)
        return found if found != text or fold(text) in present else _WORD.sub(word, text)

    return to_field
