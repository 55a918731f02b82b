"""The accounts behind each figure of a quarter: what everyone adds to its numerator and its denominator."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from segkit.kpis.catalogue import kpi_catalogue
from segkit.kpis.figures import ALL
from segkit.kpis.frames import units_behind
from segkit.texts import say

if TYPE_CHECKING:
    import pandas as pd

    from segkit.kpis.members import Members
    from segkit.kpis.reasons import Facts
    from segkit.kpis.windows import Window

COLUMNS = ["quarter", "kpi_id", "base", "account_id", "numerator", "denominator"]
KEY = ["quarter", "kpi_id", "base", "account_id"]
DIGITS = 4
UNITS = ("lead", "deal", "ticket", "sheet", "campaign")
FLAGS = {"is_account", "is_active", "was_active", "is_kept", "is_lost", "has_lifetime", "is_served"}
MONEY = {"margin", "lifetime_value", "won_amount", "lead_cost", "due_cost", "contribution", "care_cost", "gain", "cost"}
MONEY_STARTS = ("revenue", "gross")


def take_apart(facts: Facts, kpis: pd.DataFrame) -> pd.DataFrame:
    """Return the table `kpi_accounts`: who stands behind the figures of the run's own quarter.

    Figures that have no value overall are left out: behind them stands nobody.

    Parameters
    ----------
    facts : Facts
        What was measured in the quarter (`tracking.measure_quarter`).
    kpis : DataFrame
        The table `kpis`: quarter, segment_id, kpi_id, value.

    Returns
    -------
    DataFrame
        quarter, kpi_id, base, account_id (``lead:<id>`` or ``deal:<id>`` where there is no account), numerator,
        denominator (empty where the KPI is a sum). Of days to a decision: the days of the account's decided deals, and
        their number. Rows that are zero in both are left out.
    """
    import pandas as pd

    quarter = facts.window.quarter.label
    told = kpis[(kpis["quarter"] == quarter) & (kpis["segment_id"] == ALL) & kpis["value"].notna()]
    wanted = set(told["kpi_id"])
    parts = []
    for kpi_id in [kpi_id for kpi_id in kpi_catalogue() if kpi_id in wanted]:
        behind = units_behind(facts.inputs, facts.frames, kpi_id).rename_axis("account_id")
        sums = behind.groupby(level=0, sort=True).sum(min_count=1).reset_index()
        parts.append(sums.assign(quarter=quarter, kpi_id=kpi_id, base=kpi_catalogue()[kpi_id].base))
    if not parts:
        return pd.DataFrame({name: pd.Series(dtype="float64" if name.endswith("ator") else "str") for name in COLUMNS})
    table = pd.concat([part for part in parts if len(part)], ignore_index=True)
    figures = {name: table[name].astype("float64").round(DIGITS) for name in ("numerator", "denominator")}
    return table.assign(account_id=table["account_id"].astype(str), **figures)[COLUMNS].sort_values(
        KEY, ignore_index=True
    )


def accounts_behind(
    kpi_accounts: pd.DataFrame, kpi_id: str, members: Members, window: Window, segment_id: str = ALL
) -> pd.DataFrame:
    """Return who stands behind one figure, largest numerator first.

    Parameters
    ----------
    kpi_accounts : DataFrame
        The table.
    kpi_id : str
        A KPI of the catalogue.
    members, window : Members, Window
        By which segments the KPI groups accounts.
    segment_id : str
        One segment, or ``ALL``.

    Returns
    -------
    DataFrame
        account_id, segment_id (by which it was counted; empty: overall only), numerator, denominator, part (its share
        of all numerators, 0–1; empty where they do not sum above zero).
    """
    segments, _ = members.at(window, kpi_catalogue()[kpi_id].base)
    mine = kpi_accounts[kpi_accounts["kpi_id"] == kpi_id]
    mine = mine.assign(segment_id=mine["account_id"].map(segments))
    if segment_id != ALL:
        mine = mine[mine["segment_id"] == segment_id]
    total = mine["numerator"].sum()
    mine = mine.assign(part=mine["numerator"] / total if total > 0 else float("nan"))
    columns = ["account_id", "segment_id", "numerator", "denominator", "part"]
    order = ["numerator", "denominator", "account_id"]
    return mine[columns].sort_values(order, ascending=[False, False, True], ignore_index=True)


def part_kind(part: str) -> str:
    """Return how a numerator or denominator of the catalogue is shown: bool, whole_money or number."""
    if part in FLAGS:
        return "bool"
    return "whole_money" if part in MONEY or part.startswith(MONEY_STARTS) else "number"


def name_units(ids: Iterable[Any], language: str) -> dict[str, str]:
    """Return names for units that are no account, by unit: leads, deals, tickets and answers without one, campaigns."""
    found = {}
    for unit in ids:
        kind, _, own = str(unit).partition(":")
        if own and kind in UNITS:
            found[str(unit)] = say(f"kpi_parts.{kind}", language, id=own)
    return found
