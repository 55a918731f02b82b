"""By which criteria fitted methods tell accounts apart, and where their values stand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

PARTS = ("site", "department", "person")
COMPANY = "company_of_part"


def resolve_criteria(settings: Any, chosen: pd.DataFrame | None = None) -> dict[str, float]:
    """Return the criteria of a segmentation with their weights.

    Parameters
    ----------
    settings : AccountSegmentation
        criteria: a list of columns, columns with weights, or ``chosen``.
    chosen : DataFrame, optional
        Table `criteria`: criterion_id, weight, is_selected; needed for ``chosen``. Where nobody and nothing is chosen
        there, no criterion comes back, and the page says that none was fitted.
    """
    if settings.criteria == "chosen":
        rows = chosen[chosen["is_selected"].astype(bool)] if chosen is not None else None
        return {} if rows is None else dict(zip(rows["criterion_id"], rows["weight"].astype(float), strict=True))
    if isinstance(settings.criteria, list):
        return dict.fromkeys(settings.criteria, 1.0)
    return dict(settings.criteria)


def find_wanted(settings: Any, chosen: pd.DataFrame | None, *models: Mapping[str, Any] | None) -> list[str]:
    """Return every column that a run's fitted methods, hand-made rules and models in plain JSON ask for, each once."""
    of_models = [name for model in models if model for name in model.get("criteria", {})]
    of_rules = [name for rule in settings.rules for name in rule.columns]
    return [*dict.fromkeys([*resolve_criteria(settings, chosen), *settings.tree_criteria, *of_rules, *of_models])]


def join_criteria(
    panel: pd.DataFrame, names: Iterable[str], accounts: pd.DataFrame, values: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return the panel with the criteria that it does not hold itself.

    Parameters
    ----------
    panel : DataFrame
        `account_features`, one or more as_of.
    names : iterable of str
        Criteria; those that are columns of the panel stay as they are at each as_of.
    accounts : DataFrame
        Table `accounts`. Its columns are as known today: at an earlier as_of the same value stands.
    values : DataFrame, optional
        Table `criterion_values`: account_id, criterion_id, number, category; they come before `accounts`.

    Returns
    -------
    DataFrame
        Rows as they came; a criterion that nobody holds is missing, and `space.fit_space` says so. Where rows are
        sites, departments or persons, `company_of_part` says whose.
    """
    wanted = [name for name in names if name not in panel.columns]
    known = set() if values is None else set(values["criterion_id"])
    groups = find_groups(accounts, panel["account_id"])
    joined = panel if groups is None else panel.assign(**{COMPANY: groups})
    for name in wanted:
        if name in known:
            rows = values[values["criterion_id"] == name].set_index("account_id")  # type: ignore[index]
            column = rows["number"] if rows["number"].notna().any() else rows["category"]
        elif name in accounts.columns:
            column = accounts.set_index("account_id")[name]
        else:
            continue
        joined = joined.assign(**{name: joined["account_id"].map(column).to_numpy()})
    return joined


def is_dated(criteria: Iterable[str], panel: pd.DataFrame, joined: Iterable[str] = ()) -> bool:
    """Return whether all criteria are known as of earlier days, so that a test on what came later leaks nothing."""
    return all(name in panel.columns and name not in set(joined) for name in criteria)


def find_groups(accounts: pd.DataFrame, account_ids: Iterable[str]) -> np.ndarray | None:
    """Return whose rows belong together: the company of a site, department or person; None where each stands alone.

    Parameters
    ----------
    accounts : DataFrame
        Table `accounts`: account_id, parent_id, unit_level.
    account_ids : iterable of str
        The rows asked for, in this order.
    """
    if "unit_level" not in accounts or not accounts["unit_level"].isin(PARTS).any():
        return None
    parts = accounts[accounts["unit_level"].isin(PARTS) & accounts["parent_id"].notna()]
    company = parts.set_index("account_id")["parent_id"].to_dict()
    return np.array([str(company.get(account, account)) for account in account_ids])


def read_groups(features: pd.DataFrame) -> np.ndarray | None:
    """Return whose rows belong together, as `join_criteria` noted it; None where each stands alone."""
    return features[COMPANY].to_numpy(str) if COMPANY in features else None


def weigh_accounts(features: pd.DataFrame, weigh_by: str) -> np.ndarray | None:
    """Return what each account counts in a fit: its revenue of twelve months; None where all count alike.

    Accounts without revenue count a hundredth of the mean, not nothing: they are to be told apart as well.
    """
    if weigh_by != "revenue":
        return None
    revenue = np.maximum(features["revenue_12m"].to_numpy(float), 0.0)
    mean = revenue.mean() if len(revenue) else 0.0
    return np.maximum(revenue, 0.01 * mean) if mean > 0 else None


def find_typical(features: pd.DataFrame, labels: np.ndarray, names: Iterable[str], k: int) -> list[dict[str, Any]]:
    """Return what is typical of each group 0 … k−1: the median of numbers, the commonest level of categories.

    In the units of the criteria; a criterion of which no account of the group has a value is left out.
    """
    import pandas as pd

    columns = {name: features[name] for name in names if name in features}
    found: list[dict[str, Any]] = [{} for _ in range(k)]
    for group in range(k):
        for name, column in columns.items():
            values = column[labels == group].dropna()
            if not len(values):
                continue
            if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
                found[group][name] = round(float(values.median()), 4)
            else:
                found[group][name] = str(values.astype(str).value_counts().sort_index().idxmax())
    return found
