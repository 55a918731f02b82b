"""What notebook 01 says of the unit of analysis: what counts as one customer, and what the data cannot say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding

BROKEN = ("hierarchy_cycle", "unknown_parent")


def describe_units(unit: str, unit_members: pd.DataFrame, data_quality: pd.DataFrame) -> list[Finding]:
    """Say how many customers the chosen unit makes of how many companies, and which money names no such unit.

    Parameters
    ----------
    unit : str
        group, company, site, department or person.
    unit_members, data_quality : DataFrame
        The tables of these names.
    """
    if unit == "company":
        found = _companies(unit_members)
    elif unit == "group":
        found = _groups(unit_members)
    else:
        found = _parts(unit, unit_members)
    for check in BROKEN:
        rows = data_quality[(data_quality["check"] == check) & (data_quality["n_bad"] > 0)]
        found += [(f"units.{check}", row) for row in rows.to_dict("records")]
    return found


def _companies(members: pd.DataFrame) -> list[Finding]:
    found: list[Finding] = [("units.company", {"n_units": len(members)})]
    below = members["parent_id"].notna()
    if below.any():
        numbers = {"n_members": int(below.sum()), "n_parents": members.loc[below, "parent_id"].nunique()}
        found.append(("units.groups_exist", numbers))
    return found


def _groups(members: pd.DataFrame) -> list[Finding]:
    grouped = members[members["level"] == "group"]
    alone = len(members) - len(grouped)
    if grouped.empty:
        return [("units.no_groups", {"n_units": len(members)})]
    units = grouped.groupby("unit_id")
    sizes = units.size()
    numbers = {
        **{"n_groups": len(sizes), "n_members": len(grouped), "n_alone": alone, "n_largest": int(sizes.max())},
        **{"revenue": float(grouped["revenue"].astype(float).sum()), "depth": int(grouped["depth"].max())},
    }
    return [("units.group", numbers)]


def _parts(unit: str, members: pd.DataFrame) -> list[Finding]:
    money = members["revenue"].astype(float)
    part = members["level"] == unit
    total = float(money.sum())
    numbers = {
        "n_units": int(part.sum()),
        "n_companies": members.loc[part, "account_id"].nunique(),
        "revenue": float(money[part].sum()),
    }
    rest = float(money[~part].sum())
    found: list[Finding] = [(f"units.{unit}", numbers)]
    if not part.any():
        return [(f"units.no_{unit}", {"revenue": rest})]
    if rest or (money[~part] != 0).any():
        n_kept = int((money[~part] != 0).sum())
        share = rest / total if total else None
        found.append((f"units.without_{unit}", {"revenue": rest, "share": share, "n_companies": n_kept}))
    return [*found, (f"units.stays_{unit}", {})]
