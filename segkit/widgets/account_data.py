"""What the account page shows, as frames made from a run's tables: one account, and all accounts to search in."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.errors import UserError
from segkit.widgets.account_several import add_needs, place_account, read_several
from segkit.widgets.cockpit_data import cockpit_data, main_segmentation

if TYPE_CHECKING:
    import pandas as pd

    from segkit.run import Run

NEEDED = ("run_period", "segments", "segment_register", "account_value")
OPTIONAL = (
    *("accounts", "account_features", "typing_rules", "migration", "deliveries", "products"),
    *("account_links", "account_reasons", "criterion_values"),
    *("opportunities", "contracts", "tickets", "contacts", "installed_base", "competitors", "surveys", "care_costs"),
)
FIGURES = {  # column of account_features or account_value → kind of segkit.texts.show
    "revenue_12m": "money",
    "revenue_prev_12m": "money",
    "growth": "percent",
    "margin_12m": "money",
    "margin_rate": "percent",
    "frequency_12m": "count",
    "avg_order_value_12m": "money",
    "n_products_12m": "count",
    "days_since_last": "count",
    "interval_days": "number",
    "return_share_12m": "percent",
}
SUGGESTED = 8


def read_tables(run: Run) -> dict[str, Any]:
    """Return the tables of a run that the page needs and those that there are, and the accepted model if any."""
    tables = {name: run.read(name) for name in NEEDED}
    for name in OPTIONAL:
        with contextlib.suppress(UserError):  # a project without contracts has no such table
            tables[name] = run.read(name)
    with contextlib.suppress(UserError):
        tables["model"] = run.read(f"models/{main_segmentation(tables['segments'])}")
    return tables | read_several(run)


def account_index(tables: Mapping[str, Any], language: str) -> pd.DataFrame:
    """Return all accounts to choose from, largest revenue first, those without any purchase last.

    Returns
    -------
    DataFrame
        account_id, name, city, segment_id, segment_name (empty without purchases), revenue_12m, and `words`: what a
        search looks at.
    """
    import pandas as pd

    columns = ["account_id", "name", "city", "segment_id", "segment_name", "revenue_12m"]
    bought = cockpit_data(tables, None, language)["accounts"][columns]
    known = tables.get("accounts")
    index = bought
    if known is not None:
        others = known[~known["account_id"].isin(bought["account_id"])].reindex(columns=columns)
        others["name"] = others["name"].where(others["name"].notna(), others["account_id"])
        index = pd.concat([bought, others.sort_values("account_id")], ignore_index=True) if len(others) else bought
    parts = [index[c].astype("string").fillna("") for c in ("name", "account_id", "city")]
    return index.assign(words=(parts[0] + "\n" + parts[1] + "\n" + parts[2]).str.casefold())


def suggest_accounts(index: pd.DataFrame, search: str) -> pd.DataFrame:
    """Return the first accounts that hold every searched word in name, id or city; an exact id comes first."""
    wanted = search.strip().casefold()
    found = index
    for word in wanted.split():
        found = found[found["words"].str.contains(word, regex=False)]
    is_exact = found["account_id"].str.casefold() == wanted
    return found.assign(is_exact=is_exact).sort_values("is_exact", ascending=False, kind="stable").head(SUGGESTED)


def account_data(tables: Mapping[str, Any], account_id: str) -> dict[str, Any] | None:
    """Return everything that the tables hold of one account; None when nobody knows it.

    Returns
    -------
    dict
        ``master`` (row of accounts), ``segment`` (row of segments), ``value`` (row of account_value), each a dict and
        empty where there is none; ``features`` (its row at as-of) and ``panel`` (all its rows of account_features);
        ``figures``: name, own, segment, overall, with medians of its segment and of all accounts; ``n_segment``,
        ``n_accounts``, ``rank`` by revenue; ``parent`` and ``children``: account_id and name; ``migration`` (row);
        ``segmentations``: its segment in each, where a run has several; and the account's rows of the tables of the
        CRM named in `OPTIONAL`.
    """
    segments = tables["segments"]
    segments = segments[segments["segmentation_id"] == main_segmentation(segments)]
    master, segment = _row(tables.get("accounts"), account_id), _row(segments, account_id)
    if not master and not segment:
        return None
    values = tables["account_value"]
    mine = segments.loc[segments["segment_id"] == segment.get("segment_id"), "account_id"]
    found: dict[str, Any] = {
        "account_id": account_id,
        "master": master,
        "segment": segment,
        "value": _row(values, account_id),
        "panel": _rows(tables, "account_features", account_id),
        "migration": _row(_main(tables.get("migration")), account_id),
        "n_segment": len(mine),
        "n_accounts": len(values),
    }
    as_of = tables["run_period"]["as_of"].iloc[0]
    panel = found["panel"]
    found["features"] = panel[panel["as_of"] == as_of] if panel is not None else None
    if found["value"]:
        found["rank"] = int((values["revenue_12m"] > found["value"]["revenue_12m"]).sum()) + 1
        found["figures"] = _figures(tables, as_of, account_id, set(mine))
    names = ("opportunities", "contracts", "tickets", "contacts", "installed_base", "competitors", "surveys")
    found |= {name: _rows(tables, name, account_id) for name in (*names, "care_costs")}
    found["contacts"] = add_needs(found["contacts"], tables)
    if (placed := place_account(tables, account_id)) is not None:
        found["segmentations"] = placed
    found["account_reasons"] = _rows(tables, "account_reasons", account_id)
    return found | _family(tables.get("accounts"), master, account_id)


def _main(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    return None if frame is None else frame[frame["segmentation_id"] == main_segmentation(frame)]


def _row(frame: pd.DataFrame | None, account_id: str) -> dict[str, Any]:
    """First row of an account as a dict without its empty values."""
    if frame is None:
        return {}
    rows = frame[frame["account_id"] == account_id].head(1).to_dict("records")
    return {str(k): v for k, v in rows[0].items() if _is_known(v)} if rows else {}


def _is_known(value: Any) -> bool:
    return value is not None and value == value and str(value) not in ("<NA>", "NaT", "")


def _rows(tables: Mapping[str, Any], name: str, account_id: str) -> pd.DataFrame | None:
    """The account's rows of a table; None where the project has no such table."""
    frame = tables.get(name)
    return None if frame is None else frame[frame["account_id"] == account_id]


def _figures(tables: Mapping[str, Any], as_of: Any, account_id: str, members: set[str]) -> pd.DataFrame:
    """Own figures beside the medians of the segment and of all accounts; a figure nobody has is left out."""
    import pandas as pd

    frame = tables["account_value"]
    features = tables.get("account_features")
    if features is not None:
        now = features[features["as_of"] == as_of]
        more = [c for c in FIGURES if c in now.columns and c not in frame.columns]
        frame = frame.merge(now[["account_id", *more]], on="account_id", how="left")
    revenue = frame["revenue_12m"].astype(float)
    frame = frame.assign(margin_rate=(frame["margin_12m"].astype(float) / revenue.where(revenue > 0)))
    names = [n for n in FIGURES if n in frame.columns and frame[n].notna().any()]
    numbers = frame[names].astype(float)
    is_member = frame["account_id"].isin(members)
    return pd.DataFrame(
        {
            "name": names,
            "own": numbers[frame["account_id"] == account_id].iloc[0].to_numpy(),
            "segment": numbers[is_member].median().to_numpy(),
            "overall": numbers.median().to_numpy(),
        }
    )


def _family(accounts: pd.DataFrame | None, master: Mapping[str, Any], account_id: str) -> dict[str, Any]:
    """Parent and children of the account among the known ones: lists of (account_id, name)."""
    if accounts is None:
        return {"parent": [], "children": []}
    names = accounts["name"].where(accounts["name"].notna(), accounts["account_id"])
    pairs = list(zip(accounts["account_id"], names, strict=True))
    parent = [pair for pair in pairs if pair[0] == master.get("parent_id")]
    if not parent and "parent_id" in master:
        parent = [(master["parent_id"], master["parent_id"])]
    is_child = (accounts["parent_id"] == account_id).fillna(False)
    return {"parent": parent, "children": [pair for pair, child in zip(pairs, is_child, strict=True) if child]}
