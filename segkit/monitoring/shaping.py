"""The frames that charts and tables of notebook 09 are drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.monitoring.flows import GONE, NEW
from segkit.texts import LANGUAGES, has, say

if TYPE_CHECKING:
    import pandas as pd

STEPS = [
    (0.0, "#F1F5F9"),
    (0.02, "#DCE8F5"),
    (0.05, "#B5D0EC"),
    (0.10, "#7FB0DE"),
    (0.20, "#2B66AD"),
    (0.40, "#0B4F9C"),
]
DARK, LIGHT, EMPTY, STAYED, OUTSIDE = "#1B2430", "#FFFFFF", "#FAFBFC", "#E3E6EA", "#5B6B7F"
DARK_STEPS = 2  # so many of the last steps bear light text
LEVEL = 0.05
STATUS_COLOURS = {"stable": "#5B6B7F", "watch": "#8A6A16", "shifted": "#C2410C", "unknown": "#9AA7B5"}
UP = ("class_up", "limit_fell", "turned_growing", "no_longer_falling", "buys_again", "back", "key")
DOWN = ("class_down", "limit_rose", "turned_falling", "silent", "lapsed", "dormant", "gone", "no_key")


def name_segments(register: pd.DataFrame, segmentation_id: str) -> pd.DataFrame:
    """Return segment_id, name_de, name_en, colour, rank of all segments, NEW first and GONE last."""
    import pandas as pd

    mine = register[register["segmentation_id"] == segmentation_id].sort_values("segment_id")
    order = np.argsort([segment_rank(segment) for segment in mine["segment_id"]], kind="stable")
    ends = [
        {"segment_id": end, "colour": OUTSIDE} | {f"name_{x}": say(f"migration.name_{end}", x) for x in LANGUAGES}
        for end in (NEW, GONE)
    ]
    columns = ["segment_id", "name_de", "name_en", "colour"]
    named = pd.concat([pd.DataFrame(ends[:1]), mine.iloc[order][columns], pd.DataFrame(ends[1:])], ignore_index=True)
    return named[columns].reset_index(names="rank")


def segment_rank(segment_id: str) -> int:
    """Return where a segment stands among others: KEY first, DORMANT last, the others as they come."""
    return {"KEY": 0, "DORMANT": 2}.get(segment_id, 1)


def shape_matrix(flows: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cell of the matrix, empty ones included.

    Parameters
    ----------
    flows : DataFrame
        The table `migration_flows`.
    names : DataFrame
        Of `name_segments`.

    Returns
    -------
    DataFrame
        from_de, from_en, to_de, to_en, from_rank, to_rank, n_accounts, revenue, share (of the accounts that were in
        `from`), label, fill, ink: the diagonal grey, the others the darker the larger their share; ▲ in the label of a
        cell above the noise floor.
    """
    import pandas as pd

    cells = sum_cells(flows)
    ends = {"from": set(cells["from_segment_id"]) | (set(cells["to_segment_id"]) - {GONE})}
    ends["to"] = set(cells["to_segment_id"]) | (set(cells["from_segment_id"]) - {NEW})
    all_cells = pd.MultiIndex.from_product(
        [names.loc[names["segment_id"].isin(ends[end]), "segment_id"] for end in ("from", "to")],
        names=["from_segment_id", "to_segment_id"],
    )
    grid = cells.set_index(list(all_cells.names)).reindex(all_cells).reset_index()
    grid["n_accounts"] = grid["n_accounts"].fillna(0).astype(int)
    total = grid.groupby("from_segment_id")["n_accounts"].transform("sum")
    share = (grid["n_accounts"] / total.where(total > 0)).fillna(0.0)
    step = np.searchsorted([limit for limit, _ in STEPS], share, side="right") - 1
    stays = grid["from_segment_id"] == grid["to_segment_id"]
    fills = np.where(stays, STAYED, np.array([fill for _, fill in STEPS])[step])
    inks = np.where((step >= len(STEPS) - DARK_STEPS) & ~stays, LIGHT, DARK)
    above = grid["is_above_noise"].astype("boolean").fillna(False).to_numpy(bool)
    counts = grid["n_accounts"].astype(str).where(grid["n_accounts"] > 0, "")
    return _named(grid, names).assign(
        share=share.round(6),
        label=counts.where(~above, counts + " ▲"),
        fill=np.where(grid["n_accounts"] == 0, EMPTY, fills),
        ink=inks,
        revenue=grid["revenue"].fillna(0.0),
    )


def sum_cells(flows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per cell of the flows, causes together: n_accounts, revenue_before, revenue_12m, revenue, floor.

    `revenue` is what the accounts brought before; for accounts not known before, what they bring now.
    """
    cell = ["from_segment_id", "to_segment_id"]
    named = flows.assign(is_above_noise=flows["is_above_noise"].astype("boolean").fillna(False).astype(bool))
    sums = named.groupby(cell).agg(
        n_accounts=("n_accounts", "sum"),
        revenue_before=("revenue_before", "sum"),
        revenue_12m=("revenue_12m", "sum"),
        is_above_noise=("is_above_noise", "max"),
        n_noise=("n_noise", "max"),
        noise_high=("noise_high", "max"),
    )
    cells = sums.reset_index()
    is_new = cells["from_segment_id"] == NEW
    return cells.assign(revenue=cells["revenue_before"].where(~is_new, cells["revenue_12m"]).astype(float))


def _named(cells: pd.DataFrame, names: pd.DataFrame) -> pd.DataFrame:
    for end in ("from", "to"):
        known = names.rename(
            columns={"segment_id": f"{end}_segment_id", "name_de": f"{end}_de", "name_en": f"{end}_en"}
        )
        known = known.rename(columns={"rank": f"{end}_rank", "colour": f"{end}_colour"})
        cells = cells.merge(known, on=f"{end}_segment_id", how="left")
    return cells


def shape_causes(causes: pd.DataFrame) -> pd.DataFrame:
    """Return the causes of movement with cause_de, cause_en, label_de, label_en (so many accounts) and rank."""
    named = {
        f"cause_{language}": [say(f"migration.cause_{cause}", language) for cause in causes["cause"]]
        for language in LANGUAGES
    }
    labels = {
        f"label_{language}": [say("migration.chart_n", language, n=int(n)) for n in causes["n_accounts"]]
        for language in LANGUAGES
    }
    return causes.assign(**named, **labels, rank=range(len(causes)))


def shape_drift(drift: pd.DataFrame) -> pd.DataFrame:
    """Return drift with names and colours; criteria that could not be compared are left out.

    Adds variable_de, variable_en, reference_de, reference_en, status_de, status_en, fill, order (largest index first),
    place, shown and shown_noise (index and noise as far as they are drawn, at most 1).
    """
    known = name_drift(drift[drift["psi"].notna()])
    order = known.groupby("variable")["psi"].transform("max")
    return known.assign(
        fill=known["status"].map(STATUS_COLOURS),
        order=-order,
        place=(known["reference"] != "previous_quarter").astype(int),
        shown=known["psi"].clip(upper=1.0),
        shown_noise=known["psi_noise"].clip(upper=1.0),
    )


def name_drift(drift: pd.DataFrame) -> pd.DataFrame:
    """Return the table `drift` with variable, reference and status in words of both languages."""
    words = {
        f"{name}_{language}": [_word(name, value, language) for value in drift[name]]
        for name in ("variable", "reference", "status")
        for language in LANGUAGES
    }
    return drift.assign(**words)


def describe_medians(drift: pd.DataFrame) -> pd.DataFrame:
    """Return what moved beyond chance as a table to read: criterion, reference, PSI, by chance, medians, status.

    Parameters
    ----------
    drift : DataFrame
        Of `name_drift`; criteria within the noise, or that could not be compared, are left out.
    """
    known = drift[drift["p_adjusted"] <= LEVEL].sort_values(["reference", "psi"], ascending=[True, False])
    named = {f"{new}_{x}": known[f"{old}_{x}"] for new, old in _HEADINGS.items() for x in LANGUAGES}
    figures = known[["psi", "psi_noise", "value_reference", "value"]].rename(columns={"value": "median"})
    return figures.assign(**named)[
        [f"{name}_{x}" for name in ("criterion", "reference") for x in LANGUAGES]
        + ["psi", "psi_noise", "value_reference", "median"]
        + [f"status_{x}" for x in LANGUAGES]
    ]


_HEADINGS = {"criterion": "variable", "reference": "reference", "status": "status"}


def _word(name: str, value: str, language: str) -> str:
    key = f"column.{value}" if name == "variable" else f"migration.{name}_{value}"
    own = f"migration.variable_{value}"
    return say(own if has(own) else key, language) if has(own) or has(key) else value.replace("_", " ")


def list_movers(
    migration: pd.DataFrame, names: pd.DataFrame, accounts: pd.DataFrame, before: pd.DataFrame | None, currency: str
) -> pd.DataFrame:
    """Return every account that moved, most revenue first.

    Parameters
    ----------
    migration : DataFrame
        The table.
    names : DataFrame
        Of `name_segments`.
    accounts, before : DataFrame
        `accounts` of this run and of the previous one: name and owner_id; accounts that are gone stand only in the
        latter.
    currency : str
        Of the money in the reasons.

    Returns
    -------
    DataFrame
        from_segment_id, to_segment_id, account_id, name, from_de, from_en, to_de, to_en, cause_de, cause_en, reason_de,
        reason_en, revenue_before, revenue_12m, owner_id, direction (up, down or empty), is_doubtful,
        noise_share, is_contactable.
    """
    import pandas as pd

    known = pd.concat([accounts, *([] if before is None else [before])], ignore_index=True)
    known = known.drop_duplicates("account_id").set_index("account_id").reindex(columns=["name", "owner_id"])
    moved = migration[migration["cause"] != "stayed"]
    moved = moved.assign(
        from_segment_id=moved["from_segment_id"].fillna(NEW),
        to_segment_id=moved["to_segment_id"].fillna(GONE),
        name=moved["account_id"].map(known["name"]).fillna(moved["account_id"]),
        owner_id=moved["account_id"].map(known["owner_id"]),
        carried=moved[["revenue_before", "revenue_12m"]].astype(float).max(axis=1),
    )
    moved = _named(moved, names).sort_values(["carried", "account_id"], ascending=[False, True], ignore_index=True)
    for language in LANGUAGES:
        moved[f"cause_{language}"] = [say(f"migration.cause_{cause}", language) for cause in moved["cause"]]
        moved[f"reason_{language}"] = tell_reasons(moved, language, currency)
    bare = moved["reason"].str.removeprefix("migration.reason_")
    moved["direction"] = np.select([bare.isin(UP), bare.isin(DOWN)], ["up", "down"], "")
    columns = ["from_segment_id", "to_segment_id", "account_id", "name", "from_de", "from_en", "to_de", "to_en"]
    columns += ["cause", "cause_de", "cause_en", "reason_de", "reason_en", "revenue_before", "revenue_12m", "owner_id"]
    return moved.reindex(columns=[*columns, "direction", "is_doubtful", "noise_share", "is_contactable"])


def tell_reasons(rows: pd.DataFrame, language: str, currency: str) -> list[str]:
    """Return the reason of each row of `migration` as a sentence, made from the numbers of the same row."""
    numbers = ["growth", "growth_before", "days_since_last", "days_before", "value_class", "class_before"]
    numbers += ["revenue_12m", "revenue_before", "first_date", "merged_into"]
    told = zip(rows["reason"], rows[numbers].to_dict("records"), strict=True)
    return [say(reason, language, currency, **{str(k): v for k, v in row.items()}) for reason, row in told]


def sum_owners(movers: pd.DataFrame) -> pd.DataFrame:
    """Return what each owner has to look at: owner_id, n_accounts, n_up, n_down, revenue_up, revenue_down.

    Parameters
    ----------
    movers : DataFrame
        Of `list_movers`; accounts without an owner are left out. Revenue is that of the time before for those that went
        down, that of now for those that went up.
    """
    owned = movers[movers["owner_id"].notna()]
    up, down = owned["direction"] == "up", owned["direction"] == "down"
    marked = owned.assign(
        n_up=up.astype(int),
        n_down=down.astype(int),
        revenue_up=owned["revenue_12m"].astype(float).where(up, 0.0),
        revenue_down=owned["revenue_before"].astype(float).where(down, 0.0),
    )
    sums = marked.groupby("owner_id")[["n_up", "n_down", "revenue_up", "revenue_down"]].sum()
    sums.insert(0, "n_accounts", owned.groupby("owner_id").size())
    return sums.reset_index().sort_values(["revenue_down", "owner_id"], ascending=[False, True], ignore_index=True)
