"""What a quarter says to its management: facts, each a key of the texts with its numbers, most important first."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings import Settings

ALL = "ALL"
LONGEST_NAME, LONGEST_SEGMENT, LONGEST_TRAIT = 38, 30, 60
# Key figures: slot, KPI of the catalogue, kind of number, and what its change is told in.
FIGURES = [
    ("active", "n_active_accounts", "count"),
    ("retention", "retention", "percent"),
    ("churn", "revenue_churn", "percent"),
    ("margin", "margin_rate", "percent"),
]


@dataclass(frozen=True)
class Fact:
    """One statement: where it stands, the key of its sentence, the numbers in it, the page that shows more."""

    section: str
    key: str
    numbers: dict[str, Any] = field(default_factory=dict)
    page: str = ""


@dataclass(frozen=True)
class Evidence:
    """The tables of a run, each of which may be absent, and the settings that made them."""

    tables: Mapping[str, pd.DataFrame]
    settings: Settings

    def table(self, name: str) -> pd.DataFrame | None:
        """A table, of several segmentations the rows of the main one; None where the run holds no row of it."""
        frame = self.tables.get(name)
        if frame is not None and "segmentation_id" in frame.columns:
            frame = frame[frame["segmentation_id"] == self.settings.kpis.segmentation]
        return None if frame is None or frame.empty else frame

    @property
    def period(self) -> pd.Series:
        """The row of `run_period`."""
        return self.tables["run_period"].iloc[0]

    @property
    def is_complete(self) -> bool:
        """The data cover the whole quarter; without that nothing is said of growth, churn or risk."""
        return bool(self.period["is_complete"])

    @functools.cached_property
    def accounts(self) -> pd.DataFrame:
        """`account_value` with name, owner_id and segment_id; has_year says that the year before is known."""
        merged = self.tables["account_value"]
        segments, known = self.table("segments"), self.table("accounts")
        if segments is not None:
            merged = merged.merge(segments[["account_id", "segment_id"]], on="account_id", how="left")
        if known is not None:
            columns = ["account_id", *[c for c in ("name", "owner_id") if c in known]]
            merged = merged.merge(known[columns].drop_duplicates("account_id"), on="account_id", how="left")
        columns = [*merged.columns, *[c for c in ("segment_id", "name", "owner_id") if c not in merged]]
        merged = merged.reindex(columns=columns)
        merged["name"] = merged["name"].where(merged["name"].notna(), merged["account_id"]).map(short_name)
        return merged

    @property
    def has_year(self) -> bool:
        """The twelve months before the last twelve are known."""
        return bool(self.accounts["revenue_prev_12m"].notna().any())

    def kpi(self, kpi_id: str, quarters_back: int = 0) -> pd.Series | None:
        """The overall figure of this or an earlier quarter, of a complete one unless it is this one; else None."""
        kpis = self.tables.get("kpis")
        if kpis is None:
            return None
        quarter = str(Quarter.parse(self.period["quarter"]) - quarters_back)
        rows = kpis[(kpis["quarter"] == quarter) & (kpis["segment_id"] == ALL) & (kpis["kpi_id"] == kpi_id)]
        if quarters_back:
            rows = rows[rows["is_complete"].astype(bool) & rows["value"].notna()]
        return None if rows.empty else rows.iloc[0]

    def names(self, segment_id: str, prefix: str = "name") -> dict[str, str]:
        """Name of a segment in both languages, as numbers of a sentence: name_de and name_en."""
        register = self.table("segment_register")
        row = None if register is None else register[register["segment_id"] == segment_id]
        known = row is not None and len(row) > 0
        return {
            f"{prefix}_{x}": short_name(row[f"name_{x}"].iloc[0], LONGEST_SEGMENT) if known else str(segment_id)  # type: ignore[index]
            for x in ("de", "en")
        }


def short_name(name: object, longest: int = LONGEST_NAME) -> str:
    """A name that fits a line; its end may give way."""
    text = " ".join(str(name).split())
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"


def describe_headline(evidence: Evidence) -> list[Fact]:
    """The one message of the quarter: what revenue did in twelve months, or why that cannot be said."""
    revenue = float(evidence.accounts["revenue_12m"].sum())
    buyers = int((evidence.accounts["revenue_12m"] > 0).sum())
    growth = evidence.kpi("growth_12m")
    if not evidence.is_complete:
        return [Fact("headline", "summary.headline_incomplete", {"as_of": evidence.period["as_of"].date()})]
    if not buyers:
        return [Fact("headline", "summary.headline_nothing")]
    if growth is None or growth["value"] != growth["value"]:
        return [Fact("headline", "summary.headline_level", {"n": buyers, "revenue": revenue})]
    change = float(growth["value"])
    numbers = {"revenue": revenue, "change": abs(change)}
    if is_clear(growth):
        return [Fact("headline", "summary.headline_grown" if change > 0 else "summary.headline_fell", numbers)]
    return [Fact("headline", "summary.headline_steady", {"revenue": revenue})]


def is_clear(figure: pd.Series) -> bool:
    """Whether the interval of a change leaves out zero."""
    return bool(figure["low"] > 0 or figure["high"] < 0)


def describe_figures(evidence: Evidence) -> list[Fact]:
    """Key figures: value, interval and change; the section of a fact is ``figure:`` and its slot."""
    found = _revenue(evidence)
    for slot, kpi_id, kind in FIGURES:
        figure = evidence.kpi(kpi_id)
        if figure is not None:
            found += _figure(evidence, f"figure:{slot}", kpi_id, kind, figure)
    return found


def _revenue(evidence: Evidence) -> list[Fact]:
    place = "figure:revenue"
    found = [Fact(place, "summary.tile_million", {"value": float(evidence.accounts["revenue_12m"].sum())})]
    growth = evidence.kpi("growth_12m")
    if growth is None:
        return found
    if growth["value"] != growth["value"] or not evidence.is_complete:
        why = [Fact(place, growth["reason"])] if isinstance(growth["reason"], str) else []
        return [*found, Fact(place, "summary.tile_no_year"), *why]
    change = float(growth["value"])
    key = "summary.tile_grown" if change > 0 else "summary.tile_fell"
    told = Fact(place, key, {"change": abs(change)}) if round(change, 3) else Fact(place, "summary.tile_same_year")
    found.append(told)
    if growth["low"] == growth["low"]:
        found.append(Fact(place, "summary.tile_range", {"low": growth["low"], "high": growth["high"]}))
    return found if is_clear(growth) else [*found, Fact(place, "summary.tile_noise")]


def _figure(evidence: Evidence, place: str, kpi_id: str, kind: str, figure: pd.Series) -> list[Fact]:
    if figure["value"] != figure["value"]:
        return [Fact(place, "summary.tile_unknown"), Fact(place, figure["reason"])]
    found = [Fact(place, f"summary.tile_{kind}", {"value": float(figure["value"])})]
    if kind == "percent" and figure["low"] == figure["low"]:
        found.append(Fact(place, "summary.tile_range", {"low": figure["low"], "high": figure["high"]}))
    if bool(figure["is_small"]):
        found.append(Fact(place, "summary.tile_small", {"n": int(figure["n"])}))
    if not evidence.is_complete:
        return found
    before = evidence.kpi(kpi_id, 1)
    if before is None:
        return [*found, Fact(place, "summary.tile_no_before")]
    scale, digits = (1, 0) if kind == "count" else (100, 1)
    change = round(scale * (float(figure["value"]) - float(before["value"])), digits)
    if not change:
        return [*found, Fact(place, "summary.tile_same")]
    words = ("more", "fewer") if kind == "count" else ("up", "down")
    found.append(Fact(place, f"summary.tile_{words[change < 0]}", {"change": abs(change)}))
    overlap = figure["low"] <= before["high"] and before["low"] <= figure["high"]
    return [*found, Fact(place, "summary.tile_noise")] if overlap and kind == "percent" else found


def describe_segments(evidence: Evidence) -> list[Fact]:
    """Who brings the revenue and who is many: the segment with the most revenue, and the one with most accounts."""
    sizes = evidence.table("segment_sizes")
    if sizes is None:
        return [Fact("segments", "summary.segments_missing")]
    largest = sizes.sort_values(["revenue_12m", "segment_id"], ascending=[False, True]).iloc[0]
    most = sizes.sort_values(["n_accounts", "segment_id"], ascending=[False, True]).iloc[0]
    found = []
    if largest["revenue_12m"] > 0:
        found.append(_share("summary.segment_largest", evidence, largest))
    if most["segment_id"] != largest["segment_id"] and most["revenue_12m"] > 0:
        found.append(_share("summary.segment_most", evidence, most))
    doubtful = int(sizes["n_doubtful"].sum())
    if doubtful:
        numbers = {"n": doubtful, "n_all": int(sizes["n_accounts"].sum())}
        found.append(Fact("segments", "summary.segment_doubtful", numbers))
    return found


def _share(key: str, evidence: Evidence, row: pd.Series) -> Fact:
    numbers = {
        "n": int(row["n_accounts"]),
        "share_accounts": float(row["share_accounts"]),
        "share_revenue": float(row["share_revenue"]),
    }
    return Fact("segments", key, {**evidence.names(row["segment_id"]), **numbers})


def segment_rows(evidence: Evidence) -> pd.DataFrame | None:
    """Rows of the table of segments, most revenue first; those that hold nobody, now as before, are left out.

    Returns
    -------
    DataFrame or None
        segment_id, name_de, name_en, colour, n_accounts, revenue_12m, share_revenue, share_margin, change_accounts
        (accounts more than in the previous run; empty without one or in an incomplete quarter), trait_de, trait_en
        (what the telling name adds to the short one; empty where it adds nothing).
    """
    sizes, cards = evidence.table("segment_sizes"), evidence.table("segment_cards")
    if sizes is None:
        return None
    rows = sizes.sort_values(["revenue_12m", "n_accounts", "segment_id"], ascending=[False, False, True])
    change = None if cards is None or not evidence.is_complete else cards.set_index("segment_id")["change_accounts"]
    rows = rows.assign(change_accounts=float("nan") if change is None else rows["segment_id"].map(change))
    for x in ("de", "en"):
        telling = {} if cards is None else cards.set_index("segment_id")[f"telling_{x}"].to_dict()
        pairs = zip(rows[f"name_{x}"], rows["segment_id"].map(telling).fillna(""), strict=True)
        rows[f"trait_{x}"] = [_beyond(str(name), str(told)) for name, told in pairs]
        rows[f"name_{x}"] = rows[f"name_{x}"].map(lambda name: short_name(name, LONGEST_SEGMENT))
    columns = ["segment_id", "name_de", "name_en", "colour", "n_accounts", "revenue_12m", "share_revenue"]
    rows = rows[(rows["n_accounts"] > 0) | (rows["change_accounts"].fillna(0) != 0)]
    return rows[[*columns, "share_margin", "change_accounts", "trait_de", "trait_en"]].reset_index(drop=True)


def _beyond(name: str, telling: str) -> str:
    """What a telling name says beyond the short one: "Core: order every 6 weeks" adds the rhythm to Core."""
    _, colon, rest = telling.partition(": ")
    return short_name(rest if colon else "" if telling == name else telling, LONGEST_TRAIT)
