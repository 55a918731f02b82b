"""Exports that a preset recognises: entries that name the system instead of columns."""

from __future__ import annotations

from segkit.errors import Problems
from segkit.settings.sources import Source
from segkit.sources.alternatives import settle
from segkit.sources.applying import apply_preset
from segkit.sources.detection import Match, detect_grid
from segkit.sources.exports import Exports, Group, examples_of
from segkit.sources.formulas import headers_in
from segkit.sources.grids import Grid
from segkit.sources.guess import guess_columns, guess_table
from segkit.sources.presets import Preset, TableItem, load_preset
from segkit.sources.proposal import Column, Entry
from segkit.sources.samples import FileSample
from segkit.tables import INPUTS

SURE = 0.6
"""Confidence below which a file is not taken for an export of a system, if something else can be made of it."""
_PERHAPS = 0.3
"""Confidence below which nothing is said of a system."""
_BESIDE = 0.4
"""Confidence that is enough beside a file that is surely of the same system: few labels of a short list are its own."""
_WELL_KNOWN = 0.75
"""Confidence from which on a header that a preset does not know fills a column that it leaves empty."""


def recognised_entries(exports: Exports) -> list[Entry]:
    """Return the entries of the systems whose exports are among the files, and mark their groups as used.

    Files of one system that belong together (billing documents and their items) are one entry. A file that is only
    perhaps of a system stays free and gets a remark, unless another file is surely of it.
    """
    found: dict[str, dict[str, list[tuple[Group, Match]]]] = {}
    matches = [(group, next(iter(detect_grid(group.sample.grid)), None)) for group in exports.groups]
    sure = {match.system for _, match in matches if match is not None and match.confidence >= SURE}
    for group, match in matches:
        if match is None:
            continue
        least = _BESIDE if match.system in sure else SURE
        if match.confidence >= least or (match.confidence >= _PERHAPS and guess_table(group.sample) is None):
            found.setdefault(match.system, {}).setdefault(match.shape, []).append((group, match))
        elif match.confidence >= _PERHAPS:
            group.remark = f"perhaps {told(match)}; if so, write preset: {match.system} instead of columns"
    entries = []
    for system, shapes in found.items():
        preset = load_preset(system)
        for item in _items(preset, set(shapes)):
            entry = _entry(preset, item, shapes, exports)
            if entry is not None:
                entries.append(entry)
        for group, match in (pair for pairs in shapes.values() for pair in pairs):
            if not group.used:
                group.remark = f"recognised as {told(match)}, but the files that belong to it are missing"
    return entries


def told(match: Match) -> str:
    """Return what a file was recognised as: SAP ERP / S/4HANA (kna1) with 97 %."""
    return f"{load_preset(match.system).name} ({match.shape}) with {match.confidence:.0%}".replace("%", " %")


def _items(preset: Preset, shapes: set[str]) -> list[TableItem]:
    """Return the items that the shapes fill: of each table the first one, and those of files that it leaves alone."""
    chosen: list[TableItem] = []
    taken: set[tuple[str, str]] = set()
    for item in preset.tables:
        if set(item.needed) <= shapes and not any((item.table, shape) in taken for shape in item.needed):
            present = tuple(shape for shape in item.known if shape in shapes)
            chosen.append(item.model_copy(update={"shapes": present}))
            taken |= {(item.table, shape) for shape in present}
    return chosen


def _entry(
    preset: Preset, item: TableItem, shapes: dict[str, list[tuple[Group, Match]]], exports: Exports
) -> Entry | None:
    """Return the entry of an item, None where it cannot be read that way."""
    of_shape = {shape: [group for group, _ in shapes[shape]] for shape in item.known}
    patterns = {shape: exports.patterns(groups) for shape, groups in of_shape.items()}
    is_joined = len(of_shape) > 1
    if is_joined and any(len(names) > 1 for names in patterns.values()):
        return None
    files = [name for names in patterns.values() for name in names]
    origin = {"from": files, "on": list(item.on)} if is_joined else {"files": files}
    source = Source.model_validate({"preset": preset.system, **origin})
    columns, unknown = _columns(item, source, of_shape)
    if columns is None:
        return None
    if INPUTS[item.table].kind == "snapshot" and not is_joined:
        fields = {header for _, match in shapes[item.known[0]] for header in match.renamed}
        free = [header for header in unknown if header not in fields]
        own = _own_columns(item.table, columns, free, [group.sample for group in of_shape[item.known[0]]])
        columns = _in_order(item.table, [*columns, *own])
        unknown = [header for header in unknown if header not in {column.text for column in own}]
    for groups in of_shape.values():
        for group in groups:
            group.used = True
    matches = [match for shape in item.known for _, match in shapes[shape]]
    headers = [header for groups in of_shape.values() for group in groups for header in group.sample.headers]
    return Entry(
        item.table,
        files,
        columns,
        list(dict.fromkeys(headers)),
        on=", ".join(item.on) if is_joined else "",
        preset=preset.system,
        confidence=min(match.confidence for match in matches),
        remark=", ".join(f"{preset.files[shape].text}" for shape in item.known),
        unknown=tuple(unknown),
        rows=tuple(_rules(item)),
    )


def _columns(
    item: TableItem, source: Source, of_shape: dict[str, list[Group]]
) -> tuple[list[Column] | None, list[str]]:
    """Return what the preset fills from these files, and the headers that nothing needs."""
    problems = Problems()
    grids = {shape: [group.sample.grid for group in groups] for shape, groups in of_shape.items()}
    parts = [
        (settled, files)
        for merged, given, renamed in apply_preset(item.table, source, item.table, grids, problems)
        for settled, files in settle(merged, given, item.table, renamed, problems)
    ]
    if problems.texts or not parts:
        return None, []
    samples = [group.sample for groups in of_shape.values() for group in groups]
    headers = {sample.grid.name: sample.headers for sample in samples}
    columns: dict[str, Column] = {}
    needed: set[str] = set()
    for settled, files in parts:
        former = _former(files, headers)
        for name, text in settled.columns.items():
            fields = headers_in(str(text), former.__contains__)
            own = [former[field] for field in fields if field in former]
            needed |= set(own)
            if name in columns or not own:
                continue
            examples = next((e for s in samples if (e := examples_of(s, own[0]))), ()) if len(own) == 1 else ()
            header = own[0] if len(fields) == 1 and str(text) == fields[0] else ""
            columns[name] = Column(name, str(text), 1.0, examples, header)
        rules = [field for fields in (*settled.skip.values(), settled.negative) for field in fields]
        needed |= {former[field] for field in [*rules, *settled.on] if field in former}
    ordered = _in_order(item.table, list(columns.values()))
    unknown = [header for sample in samples for header in sample.headers if header not in needed]
    return ordered, list(dict.fromkeys(unknown))


def _own_columns(table: str, columns: list[Column], free: list[str], samples: list[FileSample]) -> list[Column]:
    """Return columns that the preset leaves empty and a well-known header fills, which the preset does not know.

    A company adds such fields to its system: "SAP-Nummer", Kundennummer_ERP__c. Lists of accounts and the like only:
    what a preset leaves out of documents it leaves out on purpose.
    """
    filled = {column.name for column in columns}
    own = [
        Column(name, header, confidence, examples_of(samples[0], header), is_own=True)
        for name, (header, confidence) in guess_columns(samples[0], table).columns.items()
        if name not in filled and header in free and confidence >= _WELL_KNOWN
    ]
    return [column for column in own if all(column.text in sample.headers for sample in samples)]


def _in_order(table: str, columns: list[Column]) -> list[Column]:
    found = {column.name: column for column in columns}
    return [found[name] for name in INPUTS[table].columns if name in found]


def _former(files: dict[str, list[Grid]], headers: dict[str, list[str]]) -> dict[str, str]:
    """Return field, with and without its shape → the header that the file has for it."""
    found: dict[str, str] = {}
    for shape, grids in files.items():
        for grid in grids:
            for field, header in zip(grid.headers, headers[grid.name], strict=True):
                found.setdefault(f"{shape}.{field}", header)
                found.setdefault(field, header)
    return found


def _rules(item: TableItem) -> list[str]:
    """Say which rows an item leaves out, and which it turns round."""
    told = [f"left out as {reason}: {_conditions(fields)}" for reason, fields in item.skip.items()]
    return told + ([f"with the negative sign: {_conditions(item.negative)}"] if item.negative else [])


def _conditions(fields: dict[str, tuple[str, ...]]) -> str:
    words = {"*": "anything", "": "nothing"}
    return "; ".join(f"{field} is {' or '.join(words.get(t, t) for t in texts)}" for field, texts in fields.items())
