"""One quarter of a segmentation: from the panel of features to all tables of notebook 04."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.quarters import Quarter
from segkit.segments.accepted import Accepted, accept_model, assign_segments
from segkit.segments.assessment import assess_challenger, read_known
from segkit.segments.challenger import Challenger
from segkit.segments.comparison import compare_clusters, describe_sizes
from segkit.segments.confidence import grid_stability
from segkit.segments.contestants import compare_all, propose_all
from segkit.segments.details import describe_method, describe_outside, list_tree
from segkit.segments.draws import Draws, count_draws, depends_on_months, store_draws
from segkit.segments.grid import assign_grid
from segkit.segments.identity import trace_events
from segkit.segments.membership import assign_past, build_segments, open_segments, segments_since, take_slice
from segkit.segments.register import update_register
from segkit.segments.rule_checks import warn_of_rules
from segkit.segments.rules import describe_rules
from segkit.tables import TABLES, no_rows

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True)
class Before:
    """What the previous run left: its quarter, accepted model, tables `segments` and `segment_register`."""

    quarter: Quarter
    model: dict[str, Any]
    segments: Any
    register: Any


@dataclass(frozen=True)
class Known:
    """What other stages and people know of the accounts beside the panel; all of it may be missing.

    `accounts`: table `accounts`; `criteria`: table `criteria`, for ``criteria: chosen``; `value`: table
    `account_value` (churn_probability); `adopted`: a model that somebody took over by `segkit adopt`.
    """

    accounts: Any = None
    criteria: Any = None
    value: Any = None
    adopted: Any = None


@dataclass(frozen=True)
class Found:
    """The model in force, the challenger with its verdict, and where accounts stand when their months are redrawn."""

    accepted: Accepted
    challenger: Challenger
    draws: Draws
    verdict: str


@dataclass(frozen=True)
class Segmented:
    """The accepted model, the challenger as plain JSON and as fitted, and the tables of notebook 04 by name."""

    model: dict[str, Any]
    challenger_model: dict[str, Any]
    challenger: Challenger
    tables: dict[str, Any]


def segment_accounts(
    panel: pd.DataFrame,
    as_of: Any,
    quarter: Quarter,
    settings: Any,
    seed: int,
    language: str,
    moves: pd.DataFrame,
    colours: Sequence[str],
    before: Before | None = None,
    names: pd.DataFrame | None = None,
    known: Known | None = None,
    segmentation_id: str = "value",
) -> Segmented:
    """Return the segments of a quarter: assigned by the kept model, with a challenger fitted beside.

    Parameters
    ----------
    panel : DataFrame
        Table `account_features`, all as_of, with the criteria joined (`criteria_values.join_criteria`).
    as_of : date
        Of this quarter; the panel has a slice for it.
    quarter : Quarter
        The quarter of the run.
    settings : AccountSegmentation
        Of this segmentation.
    seed : int
        The project's seed.
    language : str
        de or en, for segment_name.
    moves : DataFrame
        decisions/moves.csv.
    colours : sequence of str
        Palette for new segments.
    before : Before or None
        The previous run; None in the first.
    names : DataFrame, optional
        decisions/names.csv.
    known : Known, optional
        What other stages know of the accounts.
    segmentation_id : str
        Its key in section `segmentations`; rows of all tables carry it.
    """
    from threadpoolctl import threadpool_limits

    known = known or Known()
    features = take_slice(panel, as_of)
    with threadpool_limits(limits=1):  # the same sums in the same order, on one thread or two
        challenger, found = assess_challenger(features, settings, seed, known)
        accepted = _accept(features, challenger, settings, quarter, before, known, segmentation_id)
        register = _register(accepted, features, quarter, colours, before, names, known)
        draws = count_draws(features, accepted.model, settings.confidence_draws, seed)
        confidence = draws.confidence * (1.0 if depends_on_months(accepted.model) else np.nan)
        place = (features, accepted.model, register, moves, confidence, quarter, language)
        earlier = (
            (before.model, before.segments) if before else (None, None, segments_since(panel, accepted.model, quarter))
        )
        segments, warnings = build_segments(*place, *earlier)
        previous = (before.segments, before.quarter) if before else (None, None)
        tables = found | {
            "segments": segments,
            "opening_segments": open_segments(panel, accepted.model, moves, quarter, *previous),
            "past_segments": assign_past(panel, accepted.model, quarter),
            "segment_register": register,
            "segment_sizes": describe_sizes(segments, features, register),
            "typing_rules": describe_rules(features, accepted.model),
            "segment_stability": _stability(features, accepted, found.get("segment_stability"), settings, seed),
            "move_warnings": warnings,
            "membership_draws": _draws(draws, accepted, challenger, settings),
        }
        verdict = (
            ""
            if challenger.why_not
            else found["cluster_search"].set_index("n_segments").at[challenger.n_segments, "verdict"]
        )
        both = Found(accepted, challenger, draws, verdict)
        tables |= _challenger_tables(panel, features, both, settings, seed, quarter, known)
        tables["segment_events"] = _events(features, accepted, before, tables.get("challenger"))
    tables = {
        name: frame.assign(segmentation_id=segmentation_id) if "segmentation_id" in frame else frame
        for name, frame in tables.items()
    }
    told = {"why": accepted.why} | warn_of_rules(features, accepted.model)
    return Segmented(accepted.model | told, _plain(challenger), challenger, tables)


def _accept(features, challenger: Challenger, settings: Any, quarter: Quarter, before, known: Known, name: str):
    """Return the model in force."""
    kept = before.model if before else None
    ids = before.register["segment_id"] if before else ()
    return accept_model(features, kept, challenger, settings, quarter, ids, known.adopted, name)


def _register(accepted: Accepted, features, quarter: Quarter, colours, before, names, known: Known) -> pd.DataFrame:
    register = before.register if before else None
    rows = [] if known.criteria is None else known.criteria[["criterion_id", "name_de", "name_en"]].to_numpy().tolist()
    titles = {criterion: (german, english) for criterion, german, english in rows}
    return update_register(register, accepted.model, features, quarter, colours, accepted.came_from, names, titles)


def _challenger_tables(panel, features, found: Found, settings: Any, seed: int, quarter: Quarter, known: Known):
    """Return what there is to say about the challenger beside the accepted model; nothing where none was fitted."""
    challenger, model = found.challenger, found.accepted.model
    if challenger.why_not:
        return {}
    opened, columns = take_slice(panel, (quarter - 1).end), read_known(settings, known, features["account_id"])
    arguments = (features, opened, found.accepted, challenger, settings, seed, columns, found.verdict)
    comparison, tree = compare_all(*arguments)
    return {
        "challenger": compare_clusters(features, model, challenger),
        "segment_comparison": comparison,
        "tree_segments": list_tree(tree),
        "class_descriptions": describe_outside(
            challenger, read_known(settings, known, challenger.features["account_id"])
        ),
        "segment_proposals": propose_all(features, found.accepted, challenger, found.draws, settings, seed),
    }


def _draws(draws: Draws, accepted: Accepted, challenger: Challenger, settings: Any) -> pd.DataFrame:
    """Return table membership_draws: months drawn anew, and refits on samples where something was fitted."""
    if not depends_on_months(accepted.model):
        draws = Draws(draws.accounts[:0], draws.segments, draws.counts[:0], draws.assigned[:0], draws.n_draws)
    if challenger.why_not:
        return store_draws(draws)
    is_force = accepted.model.get("fit") == challenger.chosen.model
    ids = accepted.model["segments"] if is_force else challenger.cluster_ids
    shares = challenger.stability[challenger.n_segments].shares
    fitted = challenger.features["account_id"].to_numpy(str)
    return store_draws(draws, fitted, shares, ids, 2 * settings.bootstrap_pairs)


def _events(features: pd.DataFrame, accepted: Accepted, before: Before | None, compared: Any) -> pd.DataFrame:
    """Return table segment_events: what became of the segments by the accepted model, and by the challenger."""
    import pandas as pd

    frames = [no_rows("segment_events")]
    now = assign_segments(features, accepted.model)["segment_id"].to_numpy(str)
    if before is not None:
        kept = assign_segments(features, before.model)["segment_id"].to_numpy(str)
        frames.append(trace_events(kept, now, features["revenue_12m"].to_numpy(float)))
    if compared is not None:
        own, cluster = (compared[name].to_numpy(str) for name in ("segment_id", "cluster_id"))
        frames.append(trace_events(own, cluster, compared["revenue_12m"].to_numpy(float), model="challenger"))
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]


def _stability(features: pd.DataFrame, accepted: Accepted, clusters: Any, settings: Any, seed: int) -> pd.DataFrame:
    """Return table segment_stability: the clusters at every number, and the grid on the same measures."""
    import pandas as pd

    found = grid_stability(features, accepted.model, settings.bootstrap_pairs, seed)
    sizes = assign_grid(features, accepted.model)["segment_id"].value_counts().sort_index()
    weighted = np.average(found.segments, weights=sizes)
    grid = pd.DataFrame(
        {
            "segmentation_id": accepted.model["segmentation_id"],
            "method": "grid",
            "n_segments": len(sizes),
            "segment_id": ["ALL", *sizes.index],
            "n_accounts": [sizes.sum(), *sizes],
            "global_ari": found.pairs.mean(),
            "slsw": np.round([weighted, *found.segments], 12),
        }
    )
    both = grid if clusters is None else pd.concat([grid, clusters], ignore_index=True)
    return both.reindex(columns=TABLES["segment_stability"].columns)


def _plain(challenger: Challenger) -> dict[str, Any]:
    """Return the challenger as plain JSON: why_not, n_accounts, n_segments, space, and the model that it would be."""
    told = {
        "why_not": challenger.why_not or "",
        "n_accounts": challenger.n_accounts,
        "n_segments": challenger.n_segments,
        "method": challenger.method,
        "space": dict(challenger.space),
        "findings": [[key, numbers] for key, numbers in describe_method(challenger)],
    }
    return told if challenger.why_not else told | challenger.as_model(challenger.cluster_ids)
