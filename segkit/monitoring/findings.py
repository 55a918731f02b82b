"""What movement, drift and review say: each finding is a key of the texts with its numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.display import quarter_name
from segkit.monitoring.flows import GONE, NEW
from segkit.monitoring.migration import BY_BEHAVIOUR
from segkit.monitoring.shaping import LEVEL
from segkit.quarters import Quarter
from segkit.texts import LANGUAGES, say

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
NUMBERS = [
    *("age_months", "n_shifted", "share_doubtful", "accepted_explained", "challenger_explained", "challenger_gain"),
    *("gain_low", "gain_high", "stability", "refit_stability"),
]


def describe_answer(migration: pd.DataFrame, movers: pd.DataFrame, before: str) -> Sentences:
    """Return the answer of the page: how many accounts changed segment, with how much revenue, up or down.

    Parameters
    ----------
    migration : DataFrame
        The table.
    movers : DataFrame
        Of `shaping.list_movers`.
    before : str
        The quarter compared with.
    """
    known = migration["from_segment_id"].notna() & migration["to_segment_id"].notna()
    if not migration["from_segment_id"].notna().any():
        return [("migration.no_movement", {})]
    moved = movers[(movers["from_segment_id"] != NEW) & (movers["to_segment_id"] != GONE)]
    ends = _ends(migration)
    if moved.empty:
        return [("migration.answer_none", {"before": before, "n_known": int(known.sum())}), *ends]
    numbers = {
        "before": before,
        "n_moved": len(moved),
        "n_known": int(known.sum()),
        "share": len(moved) / int(known.sum()),
        "revenue": float(moved["revenue_before"].sum()),
        "n_up": int((moved["direction"] == "up").sum()),
        "n_down": int((moved["direction"] == "down").sum()),
        "n_other": int((moved["direction"] == "").sum()),
    }
    return [("migration.answer", numbers), *ends]


def _ends(migration: pd.DataFrame) -> Sentences:
    gone = migration["to_segment_id"].isna()
    numbers = {
        "n_new": int(migration["from_segment_id"].isna().sum()),
        "n_gone": int(gone.sum()),
        "n_merged": int((migration["cause"] == "merged").sum()),
    }
    return [("migration.new_and_gone", numbers)] if numbers["n_new"] or numbers["n_gone"] else []


def describe_base(is_first: bool, quarter: Quarter, start: Quarter, period: pd.DataFrame) -> Sentences:
    """Return what the comparison rests on: a first run, a gap of quarters, an incomplete quarter.

    Parameters
    ----------
    is_first : bool
        There was no previous run.
    quarter, start : Quarter
        Of this run, and the one compared with.
    period : DataFrame
        `run_period`: as_of, is_complete.
    """
    said: Sentences = [("migration.first_run", {})] if is_first else []
    n_quarters = len(Quarter.between(start, quarter)) - 1
    if n_quarters > 1:
        said.append(("migration.gap", {"before": quarter_name(start), "n": n_quarters}))
    row = period.iloc[0]
    if not row["is_complete"]:
        said.append(("migration.warn_incomplete", {"as_of": row["as_of"].date().isoformat()}))
    return said


def describe_noise(
    flows: pd.DataFrame, redraws: pd.DataFrame, names: pd.DataFrame, is_complete: bool = True
) -> Sentences:
    """Return whether more accounts moved than irregular buying makes, and a warning for each cell where they did.

    Parameters
    ----------
    flows, redraws : DataFrame
        The tables `migration_flows` and `redraw_segments`.
    names : DataFrame
        Of `shaping.name_segments`.
    is_complete : bool
        An incomplete quarter has no floor, which the page says elsewhere.
    """
    if redraws.empty:
        return [("migration.no_floor", {})] if is_complete and flows["cause"].isin(BY_BEHAVIOUR).any() else []
    judged = flows[flows["is_above_noise"].notna()]
    if judged.empty:
        return [("migration.no_noise", {})]
    moves = redraws[redraws["from_segment_id"] != redraws["to_segment_id"]]
    above = judged[judged["is_above_noise"].astype(bool)].sort_values("revenue_before", ascending=False, kind="stable")
    numbers = {"expected": float(moves["n_accounts"].sum()), "observed": int(judged["n_accounts"].sum())}
    if above.empty:
        return [("migration.noise_none", numbers)]
    known = names.set_index("segment_id")
    warnings: Sentences = [
        (
            "migration.warn_above",
            {
                "n": int(row["n_accounts"]),
                "revenue": float(row["revenue_before"]),
                "noise": float(row["n_noise"]),
                "high": float(row["noise_high"]),
                **{f"from_{x}": known[f"name_{x}"][row["from_segment_id"]] for x in LANGUAGES},
                **{f"to_{x}": known[f"name_{x}"][row["to_segment_id"]] for x in LANGUAGES},
            },
        )
        for _, row in above.iterrows()
    ]
    return [("migration.noise_some", numbers | {"n": len(above)}), *warnings]


def describe_causes(migration: pd.DataFrame, causes: pd.DataFrame) -> Sentences:
    """Return which cause moved most revenue, what the model alone did, and how many moves are doubtful.

    Parameters
    ----------
    migration : DataFrame
        The table.
    causes : DataFrame
        Of `shaping.shape_causes`.
    """
    if causes.empty:
        return []
    first = causes.iloc[0]
    main = {"n": int(first["n_accounts"]), "revenue": float(first["carried"])}
    said: Sentences = [("migration.main_cause", main | {f"cause_{x}": first[f"cause_{x}"] for x in LANGUAGES})]
    n_model = int((migration["cause"] == "segment").sum())
    said.append(("migration.model_some", {"n": n_model}) if n_model else ("migration.model_none", {}))
    own = migration[migration["cause"].isin(BY_BEHAVIOUR) & migration["to_segment_id"].notna()]
    doubtful = int(own["is_doubtful"].sum())
    return said + ([("migration.doubtful", {"n": doubtful, "n_all": len(own)})] if doubtful else [])


def describe_largest(movers: pd.DataFrame) -> Sentences:
    """Return the largest account that changed its segment: name, from, to and why.

    Parameters
    ----------
    movers : DataFrame
        Of `shaping.list_movers`.
    """
    known = movers[movers["from_segment_id"] != NEW]
    if known.empty:
        return []
    row = known.iloc[0]
    numbers = {f"{word}_{x}": str(row[f"{word}_{x}"]) for word in ("from", "to", "reason") for x in LANGUAGES}
    return [("migration.largest", {"name": str(row["name"])} | numbers)]


def describe_drift(drift: pd.DataFrame, is_complete: bool) -> Sentences:
    """Return which criteria have shifted, which to watch, and which could not be compared.

    Parameters
    ----------
    drift : DataFrame
        The table with variable_de, variable_en, reference_de, reference_en (`shaping.name_drift`).
    is_complete : bool
        An incomplete quarter is not judged.
    """
    if not is_complete:
        return [("migration.drift_incomplete", {})]
    said: Sentences = []
    for reference, rows in drift.groupby("reference", sort=False):
        named = {f"reference_{x}": say(f"migration.reference_{reference}", x) for x in LANGUAGES}
        for status, key in (("shifted", "warn_shifted"), ("watch", "watched"), ("unknown", "drift_unknown")):
            listed = rows[rows["status"] == status]
            if status == "unknown" and len(listed) == len(rows):
                said.append(("migration.drift_nothing", named))
            elif len(listed):
                variables = {f"variables_{x}": ", ".join(listed[f"variable_{x}"]) for x in LANGUAGES}
                said.append((f"migration.{key}", named | variables))
    known = drift[drift["status"] != "unknown"]
    if len(known) and not (known["status"] == "shifted").any():
        said.insert(0, ("migration.no_drift", {"n": known["variable"].nunique()}))
    small = known[(known["status"] == "stable") & (known["p_adjusted"] <= LEVEL)]
    return said + ([("migration.drift_small", {"n": small["variable"].nunique()})] if len(small) else [])


def describe_review(review: pd.DataFrame) -> Sentences:
    """Return when the review is due, and what the data recommend and why.

    Parameters
    ----------
    review : DataFrame
        The table, one row.
    """
    row = review.iloc[0]
    key = "migration.warn_review_due" if row["is_due"] else "migration.review_due"
    said: Sentences = [(key, {"review_due": row["review_due"].date().isoformat()})]
    if _number(row["last_review"]) is not None:
        noted = {"last_review": row["last_review"].date().isoformat(), "choice": str(row["choice"])}
        said.append(("migration.review_noted", noted))
    else:
        said.append(("migration.review_none", {}))
    reason = {name: _number(row[name]) for name in NUMBERS}
    return [*said, (f"migration.recommend_{row['recommendation']}", {}), (str(row["reason"]), reason)]


def _number(value: Any) -> Any:
    return None if str(value) in ("<NA>", "nan", "NaT", "None") else value


def describe_owners(owners: pd.DataFrame, movers: pd.DataFrame) -> Sentences:
    """Return whose accounts moved down with most revenue.

    Parameters
    ----------
    owners : DataFrame
        Of `shaping.sum_owners`.
    movers : DataFrame
        Of `shaping.list_movers`; nothing is said where nobody moved.
    """
    if owners.empty:
        return [("migration.owners_none", {})] if len(movers) else [("migration.decide_none", {})]
    row = owners.iloc[0]
    numbers = {"owner": str(row["owner_id"]), "n_down": int(row["n_down"]), "n_up": int(row["n_up"])}
    return [("migration.owners", numbers | {"revenue_down": float(row["revenue_down"])})]


def describe_next(movers: pd.DataFrame, flows: pd.DataFrame) -> Sentences:
    """Return what there is to decide.

    Parameters
    ----------
    movers : DataFrame
        Of `shaping.list_movers`.
    flows : DataFrame
        The table `migration_flows`.
    """
    up, down = movers["direction"] == "up", movers["direction"] == "down"
    if not up.any() and not down.any():
        return [("migration.decide_none", {})]
    revenue = float(movers.loc[down, "revenue_before"].sum())
    said: Sentences = [
        ("migration.decide", {"n_down": int(down.sum()), "n_up": int(up.sum()), "revenue_down": revenue})
    ]
    is_above = flows["is_above_noise"].astype("boolean").fillna(False).any()
    return said + ([("migration.decide_above", {})] if is_above else [])
