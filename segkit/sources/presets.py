"""Presets: what the exports of a system look like and which tables they fill, one `presets/<system>.yml` each.

A file of a preset:

    system: sap                         # the name of the file
    name: SAP ERP / S/4HANA
    files:                              # shapes of file that the system writes
      vbrk:
        text: billing document headers
        key: [VBELN, FKDAT, KUNAG]      # fields that must all be there, else the file is not of this shape
        fields:                         # field: other headers that mean it, such as the labels of reports
          VBELN: [Billing Document, Faktura]
        positions: {accountid: {column: 1, pattern: guid}}   # a field known by its place and the look of its values
        pad: {KUNAG: 10}                # numbers of digits are filled with zeros to this length
        values: {AUGRU: {X: "true"}}    # texts and what they mean
        rates: [KURRF]                  # "/1,25" and "-1,25" are one divided by it
        ids: {AccountId: salesforce}    # ids that the system writes in several ways: a key of `id_forms.FORMS`
        copies: {is_won: statecode}     # a field with the texts of another, for which `values` means something else
    tables:                             # how shapes fill tables: the first item of a table whose files are all there
      - table: invoices
        from: [vbrk, vbrp, "kna1?"]     # "?" = joined only where it is there
        on: VBELN
        skip: {cancelled: {FKSTO: [X]}} # reason → field → texts; "*" any text, "" none; after `values` and `pad`
        negative: {VBTYP: [O, "6"]}     # rows whose money counts as negative
        columns:                        # field, formula, texts joined by " & ", or a list: the first that can be had
          revenue: [vbrp.NETWR * KURRF, vbrp.NETWR]

A field that two shapes of an item have is written ``shape.FIELD``. All values are read as texts: 0010 stays 0010.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from segkit.errors import UserError
from segkit.sources.preset_models import PATTERNS, Preset, Shape, TableItem, nearest

__all__ = ["PATTERNS", "Preset", "Shape", "TableItem", "known_systems", "load_preset", "load_presets", "table_items"]

FOLDER = Path(__file__).with_name("presets")
"""Where the presets of the product lie."""


def load_presets(folder: Path | None = None) -> dict[str, Preset]:
    """Return system → preset, of all files in the folder of presets.

    Raises
    ------
    UserError
        "presets/sap.yml: files.vbrk: 'Faktura' means both VBELN and FKDAT; a header may mean one field only."
    """
    return {path.stem: _load(path) for path in sorted((folder or FOLDER).glob("*.yml"))}


def known_systems(folder: Path | None = None) -> list[str]:
    """Return the systems of which there is a preset."""
    return [path.stem for path in sorted((folder or FOLDER).glob("*.yml"))]


def load_preset(system: str, folder: Path | None = None) -> Preset:
    """Return the preset of a system.

    Raises
    ------
    UserError
        "there is no preset sapp; did you mean sap?"
    """
    known = known_systems(folder)
    if system not in known:
        raise UserError(f"there is no preset {system}{nearest(system, known)}.")
    return _load((folder or FOLDER) / f"{system}.yml")


def table_items(preset: Preset, shapes: set[str] | frozenset[str]) -> list[TableItem]:
    """Return one item per table that the shapes fill, `shapes` without the optional ones that are not there."""
    found: dict[str, TableItem] = {}
    for item in preset.tables:
        if item.table not in found and set(item.needed) <= shapes:
            found[item.table] = item.model_copy(update={"shapes": tuple(s for s in item.known if s in shapes)})
    return list(found.values())


@functools.cache
def _load(path: Path) -> Preset:
    shown = f"presets/{path.name}"
    try:
        preset = Preset.model_validate(yaml.load(path.read_text(encoding="utf-8"), _Texts))  # noqa: S506
    except ValidationError as error:
        raise UserError([f"{shown}: {_told(problem)}." for problem in error.errors()]) from None
    except yaml.YAMLError as error:
        raise UserError(f"{shown}: not readable as YAML: {' '.join(str(error).split())}.") from None
    if preset.system != path.stem:
        raise UserError(f"{shown}: system is {preset.system}, but the file is called {path.name}.")
    return preset


_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _Texts(_Loader):
    """YAML in which every value is a text, and a key stands once."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """Return a mapping; a key that stands there twice is a mistake."""
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        twice = [key for i, key in enumerate(keys) if key in keys[:i]]
        if twice:
            raise yaml.YAMLError(f"{twice[0]} stands twice in line {node.start_mark.line + 1} and below")
        return super().construct_mapping(node, deep)


def _told(problem: Any) -> str:
    where = ".".join(str(part) for part in problem["loc"])
    if problem["type"] == "extra_forbidden":
        return f"unknown key {where}"
    text = problem["msg"].removeprefix("Value error, ")
    return f"{where}: {text}" if where else text
