"""The value of each criterion for each account, as known on a day."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from segkit.criteria.aggregates import AGGREGATES
from segkit.criteria.catalogue import Criterion, criteria_catalogue
from segkit.statistics.association import is_category
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

Tables = Mapping[str, "pd.DataFrame"]
COVERED_DAYS = 365  # an earlier day is looked at only where its table reaches back so far before it
NEW_DAYS, LAPSED_DAYS, SILENT_DAYS = 365, 365, 180
DIGITS = 12


def find_missing(tables: Tables) -> dict[str, str]:
    """Return for each criterion the first table.column that the project lacks; empty text where it lacks none."""
    return {
        criterion_id: next((need for need in criterion.needs if not _has(tables, need)), "")
        for criterion_id, criterion in criteria_catalogue().items()
    }


def measure_criteria(tables: Tables, day: pd.Timestamp, earlier: bool = False) -> pd.DataFrame:
    """Return one row per account known on the day and one column per criterion that can be worked out for it.

    Parameters
    ----------
    tables : mapping
        Tables of the run by name; `account_features` must hold the day, `account_products` (query of that name, of the
        twelve months to the run's as-of) goes with `products`.
    day : Timestamp
        An as_of of the panel.
    earlier : bool
        The day is not the run's own: only criteria whose value of that day is known, from tables that reach back a year
        before it.

    Returns
    -------
    DataFrame
        Index account_id, in order. Numbers as float64, categories as text; a criterion without any value is left out.
    """
    import pandas as pd

    panel = tables["account_features"]
    accounts = panel[panel["as_of"] == day].set_index("account_id").sort_index()
    missing = find_missing(tables)
    columns = {}
    for criterion_id, criterion in criteria_catalogue().items():
        if missing[criterion_id] or (earlier and not _is_known_then(tables, criterion, day)):
            continue
        values = _plain(_values(tables, criterion, accounts, day).reindex(accounts.index), criterion)
        if values.notna().any():
            columns[criterion_id] = values
    return pd.DataFrame(columns, index=accounts.index)


def measure_ages(tables: Tables, day: pd.Timestamp, measured: pd.DataFrame) -> dict[str, float]:
    """Return the median age in days, at the day, of each criterion's values; NaN where no table says it.

    Parameters
    ----------
    tables : mapping
        As for `measure_criteria`, and `deliveries`.
    day : Timestamp
        As-of of the run.
    measured : DataFrame
        The criteria (`measure_criteria`).
    """
    head_counts = tables["accounts"].set_index("account_id")["employees_date"]
    ages = {}
    for criterion_id in measured:
        known = measured.index[measured[criterion_id].notna()]
        if criterion_id == "employees" and head_counts.notna().any():
            days = (day - head_counts).dt.days
        else:
            days = _days_since(tables, criteria_catalogue()[criterion_id], day)
        ages[criterion_id] = float(days.reindex(known).median()) if hasattr(days, "reindex") else float(days)
    return ages


def _values(tables: Tables, criterion: Criterion, accounts: pd.DataFrame, day: pd.Timestamp) -> pd.Series:
    if criterion.way == "aggregate":
        found = AGGREGATES[criterion.criterion_id](tables, accounts, day)
        return found if criterion.absent is None else found.reindex(accounts.index).fillna(criterion.absent)
    if criterion.way == "panel":
        return accounts[criterion.column] if criterion.column else PANEL_RATIOS[criterion.criterion_id](accounts)
    table = {"accounts": "accounts", "value": "account_value"}[criterion.way]
    return tables[table].set_index("account_id")[criterion.column]


def _revenue_change(accounts: pd.DataFrame) -> pd.Series:
    before = accounts["revenue_prev_12m"].astype("float64")
    return accounts["revenue_12m"].astype("float64") / before.where(before > 0)


def _margin_rate(accounts: pd.DataFrame) -> pd.Series:
    revenue = accounts["revenue_12m"].astype("float64")
    return accounts["margin_12m"].astype("float64") / revenue.where(revenue > 0)


def _life_cycle(accounts: pd.DataFrame) -> pd.Series:
    import pandas as pd

    silent, tenure = accounts["days_since_last"], accounts["tenure_days"]
    stages = np.select(
        [silent >= LAPSED_DAYS, silent >= SILENT_DAYS, tenure < NEW_DAYS], ["lapsed", "silent", "new"], "established"
    )
    return pd.Series(stages, index=accounts.index)


PANEL_RATIOS = {"revenue_change": _revenue_change, "margin_rate": _margin_rate, "life_cycle": _life_cycle}


def _plain(values: pd.Series, criterion: Criterion) -> pd.Series:
    """Return numbers as float64 to 12 digits, infinite ones as missing; text as it is, blanks as missing."""
    if is_category(values):
        text = values.astype("str").str.strip()
        return text.where(values.notna() & (text != ""))
    return values.astype("float64").replace([np.inf, -np.inf], np.nan).round(DIGITS)


def _has(tables: Tables, need: str) -> bool:
    table, _, column = need.partition(".")
    return table in tables and column in tables[table] and bool(tables[table][column].notna().any())


def _is_known_then(tables: Tables, criterion: Criterion, day: pd.Timestamp) -> bool:
    date = TABLES[criterion.table].event_date
    if not criterion.dated or date is None:
        return criterion.dated
    return bool((day - tables[criterion.table][date].min()).days >= COVERED_DAYS)


def _days_since(tables: Tables, criterion: Criterion, day: pd.Timestamp) -> pd.Series | float:
    """Return the days since the last row of each account, since the table's last row, or since the delivery."""
    panel = tables["account_features"]
    if criterion.table in ("account_features", "account_value"):
        return panel[panel["as_of"] == day].set_index("account_id")["days_since_last"]
    rows, date = tables[criterion.table], TABLES[criterion.table].event_date
    if date is not None:
        known = rows[rows[date] <= day]
        if criterion.absent is not None or criterion.table == "contracts":  # a state: as fresh as its source
            return float((day - known[date].max()).days)
        return (day - known.groupby("account_id")[date].max()).dt.days
    known_on = tables["deliveries"].loc[tables["deliveries"]["table"] == criterion.table, "known_on"].max()
    return float(max((day - known_on).days, 0)) if known_on == known_on else np.nan
