"""What the project's own data say of each criterion of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segkit.criteria.catalogue import criteria_catalogue
from segkit.criteria.groups import cut_groups, score_spread, score_stability
from segkit.criteria.measures import find_missing, measure_ages, measure_criteria
from segkit.criteria.power import find_horizon, score_power
from segkit.statistics.association import association_matrix, is_category
from segkit.tables import no_rows

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.criteria import CriteriaSettings

Tables = Mapping[str, "pd.DataFrame"]
DIGITS = 12
YEAR = 365
OF_POWER = ["power", "power_low", "power_high", "n_power", "gain", "gain_low", "gain_high"]


@dataclass(frozen=True)
class Evidence:
    """One row per criterion of the catalogue; the association of every pair that the data give; the values themselves.

    `values`: index account_id, a column per criterion that the data give, as known at as-of.
    """

    table: pd.DataFrame
    association: pd.DataFrame
    values: pd.DataFrame


def measure_evidence(tables: Tables, settings: CriteriaSettings, seed: int) -> Evidence:
    """Return what the data say of each criterion; what they cannot say is empty, with the reason beside it.

    Parameters
    ----------
    tables : mapping
        `account_features`, `account_value`, `accounts`, `deliveries`, `run_period` and whatever else the criteria need
        (`tables_needed`); `account_products` with `products`.
    settings : CriteriaSettings
        Groups, horizon, folds, draws.
    seed : int
        Start of the random draws.

    Returns
    -------
    Evidence
        table: criterion_id, is_available, missing (first table.column that is lacking), kind, n_accounts, coverage,
        age_days, spread, redundancy, redundant_with, power, power_low, power_high, n_power, is_small, gain, gain_low,
        gain_high, power_as_of, power_quarters, power_reason, stability, proxy_for, proxy_association.
    """
    import pandas as pd

    period, panel = tables["run_period"].iloc[0], tables["account_features"]
    measured = measure_criteria(tables, period["as_of"])
    table = pd.DataFrame(index=pd.Index(list(criteria_catalogue()), name="criterion_id"))
    is_available = table.index.isin(measured.columns)
    table = table.assign(
        is_available=is_available,
        missing=_first_missing(tables, is_available),
        kind=pd.Series(
            {name: "category" if is_category(measured[name]) else "number" for name in measured}, dtype="str"
        ),
        n_accounts=len(measured),
        coverage=measured.notna().mean(),
        age_days=pd.Series(measure_ages(tables, period["as_of"], measured), dtype="float64"),
        spread=_spreads(measured, settings),
    )
    association = _pooled_association(measured, settings)
    table = table.join(_most_associated(association))
    table = table.join(_power(tables, bool(period["is_complete"]), settings, seed))
    table = table.assign(power_reason=_power_reasons(table), stability=_stabilities(tables, panel, period, settings))
    table["is_small"] = table["n_power"].fillna(0).lt(settings.min_accounts) & table["power"].notna()
    table = table.join(_proxies(association, settings))
    numbers = table.select_dtypes("float").columns
    return Evidence(table.assign(**table[numbers].round(DIGITS)).reset_index(), association, measured)


def list_values(values: pd.DataFrame, criteria: pd.DataFrame, kept: Iterable[str] = ()) -> pd.DataFrame:
    """Return the values of the chosen criteria, one row per criterion and account: table `criterion_values`.

    Parameters
    ----------
    values : DataFrame
        `Evidence.values`.
    criteria : DataFrame
        Table `criteria`: criterion_id, is_selected.
    kept : iterable of str
        Criteria of the model in force, which may have been chosen in an earlier quarter.

    Returns
    -------
    DataFrame
        criterion_id, account_id, number, category (one of both); accounts without a value have no row.
    """
    import pandas as pd

    chosen = criteria.loc[criteria["is_selected"].astype(bool), "criterion_id"]
    parts = [no_rows("criterion_values")]
    for criterion_id in dict.fromkeys([*chosen, *(name for name in kept if name in values)]):
        known = values[criterion_id].dropna()
        kind = "category" if is_category(values[criterion_id]) else "number"
        part = pd.DataFrame({"account_id": known.index, kind: known.to_numpy()})
        if kind == "category":
            part[kind] = part[kind].astype(str)
        parts.append(part.assign(criterion_id=criterion_id))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True).reindex(columns=parts[0].columns) if filled else parts[0]


def _first_missing(tables: Tables, is_available: np.ndarray) -> list[str | None]:
    """Return the table.column that is lacking, by criterion; the first it needs where no account has a value."""
    missing = find_missing(tables)
    needs = [missing[name] or criterion.needs[0] for name, criterion in criteria_catalogue().items()]
    return [None if ok else need for ok, need in zip(is_available, needs, strict=True)]


def _kinds(measured: pd.DataFrame) -> pd.Series:
    import pandas as pd

    kinds = {name: "category" if is_category(measured[name]) else "number" for name in measured}
    return pd.Series(kinds, dtype="str")


def _spreads(measured: pd.DataFrame, settings: CriteriaSettings) -> pd.Series:
    import pandas as pd

    spreads = {}
    for name in measured:
        codes = cut_groups(measured[name], settings.groups, settings.fewest_accounts)
        spreads[name] = score_spread(codes, None if is_category(measured[name]) else settings.groups)
    return pd.Series(spreads, dtype="float64")


def _pooled_association(measured: pd.DataFrame, settings: CriteriaSettings) -> pd.DataFrame:
    """Return the association of every pair; rare categories stand together, as in every other figure."""
    pooled = {
        name: _labels(measured[name], settings) if is_category(measured[name]) else measured[name] for name in measured
    }
    return association_matrix(measured.assign(**pooled), settings.fewest_accounts)


def _labels(values: pd.Series, settings: CriteriaSettings) -> pd.Series:
    import pandas as pd

    codes = pd.Series(cut_groups(values, settings.groups, settings.fewest_accounts), index=values.index)
    return codes.astype("str").where(codes >= 0)


def _most_associated(association: pd.DataFrame) -> pd.DataFrame:
    """Return redundancy and redundant_with: the strongest association with another criterion, the first of equals."""
    import pandas as pd

    others = association.to_numpy(copy=True)
    np.fill_diagonal(others, np.nan)
    known = np.isfinite(others).any(axis=1)
    best = np.where(np.isnan(others), -1.0, others).argmax(axis=1) if len(others) else np.array([], dtype=int)
    return pd.DataFrame(
        {
            "redundancy": np.where(known, others[np.arange(len(best)), best], np.nan),
            "redundant_with": [association.columns[b] if k else None for b, k in zip(best, known, strict=True)],
        },
        index=association.index,
    )


def _power(tables: Tables, is_complete: bool, settings: CriteriaSettings, seed: int) -> pd.DataFrame:
    """Return the power of the criteria that were known at the origin, with the day and the length of the period."""
    import pandas as pd

    horizon = find_horizon(tables["account_features"], is_complete, settings.horizon_quarters)
    if horizon is None:
        empty = pd.DataFrame(columns=[*OF_POWER, "power_quarters"], dtype="float64")
        return empty.assign(power_as_of=pd.Series(dtype="datetime64[us]"))
    measured = measure_criteria(tables, horizon.origin, earlier=True)
    power = score_power(measured, horizon.revenue, settings, seed)
    return power.assign(power_as_of=horizon.origin, power_quarters=horizon.n_quarters)


def _power_reasons(table: pd.DataFrame) -> list[str | None]:
    """Return why a criterion that the data give has no power: key of the texts."""
    dated = np.array([criterion.dated for criterion in criteria_catalogue().values()])
    no_origin = bool(table["power_as_of"].isna().all())
    reasons = np.select(
        [
            ~table["is_available"] | table["power"].notna(),
            ~dated,
            np.full(len(table), no_origin),
            table["n_power"].notna(),
        ],
        ["", "criteria.power_undated", "criteria.power_short_history", "criteria.power_one_group"],
        default="criteria.power_not_then",
    )
    return [str(reason) or None for reason in reasons]


def _stabilities(tables: Tables, panel: pd.DataFrame, period: pd.Series, settings: CriteriaSettings) -> pd.Series:
    """Return the agreement of the groups over complete quarters, those with a year of history where there are two."""
    import pandas as pd

    days = panel.groupby("as_of")["history_days"].first().sort_index()
    days = days if period["is_complete"] else days[days.index != period["as_of"]]
    grown = days[days >= YEAR]
    chosen = (grown if len(grown) > 1 else days).index
    slices = [measure_criteria(tables, day, earlier=True) for day in chosen]
    names = sorted(set().union(*(part.columns for part in slices))) if slices else []
    return pd.Series(
        {name: score_stability(slices, name, settings.groups, settings.fewest_accounts) for name in names},
        dtype="float64",
    )


def _proxies(association: pd.DataFrame, settings: CriteriaSettings) -> pd.DataFrame:
    """Return proxy_for and proxy_association: the sensitive criterion that a criterion stands for, if strongly."""
    import pandas as pd

    sensitive = [name for name in association if criteria_catalogue()[name].is_sensitive]
    rows = {}
    for name in association.index.difference(sensitive):
        strengths = association.loc[name, sensitive].dropna()
        if len(strengths) and strengths.max() >= settings.proxy_from:
            rows[name] = [strengths.idxmax(), float(strengths.max())]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["proxy_for", "proxy_association"])
