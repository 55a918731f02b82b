"""What the sheets of the workbook are made from: a run's tables, and words for the codes in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.kpis.catalogue import kpi_catalogue
from segkit.profiles.variables import VARIABLES
from segkit.store import read_frame, read_json
from segkit.tables import TABLES
from segkit.widgets.cockpit_data import main_segmentation

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

KINDS = {"money": "money", "share": "percent", "ratio": "percent"}


@dataclass
class RunTables:
    """The tables of one finished run, read when a sheet asks for them, in one language."""

    folder: Path
    language: str
    settings: Settings
    _read: dict[str, Any] = field(default_factory=dict)

    def read(self, name: str, columns: list[str] | None = None) -> pd.DataFrame | None:
        """A table of the run; only the segmentation that the workbook shows, and None where there are no rows."""
        if name not in self._read:
            path = self.folder / "tables" / f"{name}.parquet"
            frame = read_frame(path, columns) if path.exists() else None
            if frame is not None and "segmentation_id" in frame.columns:
                frame = frame[frame["segmentation_id"] == self.segmentation_id].reset_index(drop=True)
            self._read[name] = None if frame is None or frame.empty else frame
        return self._read[name]

    def read_all(self, name: str) -> pd.DataFrame | None:
        """A table of the run with the rows of every segmentation; None where there are no rows."""
        key = f"{name} of all"
        if key not in self._read:
            path = self.folder / "tables" / f"{name}.parquet"
            frame = read_frame(path) if path.exists() else None
            self._read[key] = None if frame is None or frame.empty else frame
        return self._read[key]

    def why_none(self, name: str, reason: str) -> str:
        """Key of the sentence why a table has no rows: `reason`, or that an older run does not hold it at all."""
        return reason if (self.folder / "tables" / f"{name}.parquet").exists() else "workbook.absent"

    @property
    def currency(self) -> str:
        """ISO code of the money."""
        return self.settings.currency

    @cached_property
    def segmentation_id(self) -> str:
        """The segmentation that the workbook shows: the primary one, where the run knows it."""
        register = read_frame(self.folder / "tables" / "segment_register.parquet", ["segmentation_id"])
        primary = self.settings.segmentations.primary
        return primary if primary in set(register["segmentation_id"]) else main_segmentation(register)

    @cached_property
    def segments(self) -> pd.DataFrame:
        """Names and colours by segment id, in the order of all lists: key accounts first, dormant ones last."""
        import pandas as pd

        register = self.read("segment_register")
        if register is None:
            return pd.DataFrame(columns=["name", "colour", "place"])
        place = register["segment_id"].map({"KEY": 0, "DORMANT": 2}).fillna(1)
        named = register.assign(name=register[f"name_{self.language}"], place=place)
        named = named.sort_values(["place", "segment_id"], ignore_index=True)
        return named.assign(place=named.index).set_index("segment_id")[["name", "colour", "place"]]

    @cached_property
    def known(self) -> pd.DataFrame:
        """Name, owner_id and team by account_id; an account gone from the data is known from the previous run."""
        import pandas as pd

        manifest = self.folder / "manifest.json"
        previous = read_json(manifest).get("previous") if manifest.exists() else None
        path = self.folder.parent / str(previous) / "tables" / "accounts.parquet"
        frames = [self.read("accounts"), read_frame(path) if path.exists() else None]
        columns = ["account_id", "name", "owner_id", "team"]
        both = pd.concat(
            [pd.DataFrame(columns=columns), *(f.reindex(columns=columns) for f in frames if f is not None)]
        )
        return both.drop_duplicates("account_id").set_index("account_id")

    def model(self) -> dict[str, Any] | None:
        """The model of the segmentation in force."""
        path = self.folder / "models" / f"{self.segmentation_id}.json"
        return read_json(path) if path.exists() else None

    def place_of(self, segment_ids: pd.Series) -> pd.Series:
        """Places of segments in lists, for sorting; what is no segment comes first."""
        return segment_ids.map(self.segments["place"]).fillna(-1)

    def say(self, key: str, **numbers: Any) -> str:
        """A sentence in the workbook's language."""
        return texts.say(key, self.language, self.currency, **numbers)

    def word(self, code: object, prefixes: Iterable[str]) -> object:
        """The word for a code: the first text ``<prefix><code>`` that exists, else the code itself."""
        found = next((prefix for prefix in prefixes if texts.has(f"{prefix}{code}")), None)
        return code if found is None else self.say(f"{found}{code}")

    def in_words(self, codes: pd.Series, *prefixes: str) -> pd.Series:
        """A column of codes in words; empty stays empty."""
        known = {code: self.word(code, prefixes) for code in codes.dropna().unique()}
        return codes.map(known)


def kind_of_kpi(kpi_id: str) -> str:
    """Kind of a KPI's numbers: whole ones where it is a sum of things."""
    kpi = kpi_catalogue().get(kpi_id)
    if kpi is None or kpi.unit not in ("money", "percent"):
        return "count" if kpi is not None and kpi.unit == "number" and kpi.denominator is None else "decimal"
    return kpi.unit


def kind_of_variable(variable: str) -> str:
    """Kind of a variable of profiles or drift, for medians of it."""
    known = VARIABLES.get(variable)
    if known is not None:
        return known.unit if known.unit in ("money", "percent") else "decimal"
    column = TABLES["account_features"].columns.get(variable)
    return "decimal" if column is None else KINDS.get(column.type) or KINDS.get(column.unit, "decimal")
