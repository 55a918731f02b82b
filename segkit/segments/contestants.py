"""Who enters the contest of divisions: the accepted model, the challenger, other methods, what people made by hand."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.accepted import Accepted, assign_segments
from segkit.segments.assess.contest import compare_divisions
from segkit.segments.assess.hand_made import Division, divide_by_columns, divide_by_fit, divide_by_grid
from segkit.segments.assess.proposals import propose_changes
from segkit.segments.assess.stability import measure_stability
from segkit.segments.assess.verdict import judge
from segkit.segments.challenger import Challenger, fit_numbers, fit_rows, read_target, with_options
from segkit.segments.confidence import grid_stability
from segkit.segments.criteria_values import read_groups
from segkit.segments.draws import Draws, redraw_months
from segkit.segments.fits import Fit
from segkit.segments.grid import BY_RULE
from segkit.segments.methods.registry import METHODS
from segkit.segments.space import apply_space, criteria_of, fit_space
from segkit.statistics.resampling import generator
from segkit.tables import TABLES

if TYPE_CHECKING:
    import pandas as pd

PAIRS = 5  # pairs of samples for each method of the contest; the challenger has more
REDRAWS = 10


def compare_all(
    features: pd.DataFrame,
    before: pd.DataFrame,
    accepted: Accepted,
    challenger: Challenger,
    settings: Any,
    seed: int,
    known: pd.DataFrame | None,
    verdict: str,
) -> tuple[pd.DataFrame, Fit | None]:
    """Return table `segment_comparison`: every division of the same accounts in one frame; and the tree among them.

    Parameters
    ----------
    features, before : DataFrame
        Slices of `account_features` with the criteria joined, today and at the end of the quarter before.
    accepted, challenger : Accepted, Challenger
        The challenger with its number chosen.
    settings : AccountSegmentation
        compare, bootstrap_pairs, tree_criteria, tree_target …
    seed : int
        The project's seed.
    known : DataFrame or None
        Known columns of the accounts, by row of `features`.
    verdict : str
        Of the challenger.
    """
    divisions = [_accepted(features, accepted, settings, seed), _challenger(features, challenger, verdict)]
    fits: dict[str, Fit | None] = {challenger.method: challenger.chosen}
    for name in settings.compare:
        if name != challenger.method:
            division, fits[name] = _method(name, features, challenger, settings, seed)
            divisions += division
    divisions += divide_by_grid(features, accepted.model, PAIRS, seed)
    divisions += [] if known is None else divide_by_columns(features, known, PAIRS, seed)
    redraws = list(redraw_months(features, REDRAWS, generator(seed, "contest months")))
    return compare_divisions(divisions, features, before, accepted.model, redraws, seed), fits.get("tree")


def _accepted(features: pd.DataFrame, accepted: Accepted, settings: Any, seed: int) -> Division:
    """Return the model in force; of the rules only the grid has limits that follow from the accounts."""
    model = accepted.model

    def assign(slice_: pd.DataFrame) -> np.ndarray:
        return assign_segments(slice_, model)["segment_id"].to_numpy(str)

    if not set(model.get("criteria", ())) <= set(TABLES["account_features"].columns):
        return Division("accepted", "accepted", None, assign(features), None, None, "contest.note_undated")
    if model["method"] != "grid":
        return Division("accepted", "accepted", assign, note=None if "fit" in model else "contest.note_set")
    pairs = grid_stability(features, model, settings.bootstrap_pairs, seed).pairs
    return Division("accepted", "accepted", assign, pairs=pairs)


def _challenger(features: pd.DataFrame, challenger: Challenger, verdict: str) -> Division:
    pairs = challenger.stability[challenger.n_segments].pairs
    model = challenger.chosen.model
    return divide_by_fit("challenger", "challenger", challenger.space, model, features, pairs, verdict)


def _method(
    name: str, features: pd.DataFrame, challenger: Challenger, settings: Any, seed: int
) -> tuple[list[Division], Fit | None]:
    """Return a method's division into as many segments as the challenger's, and its fit, if it finds any."""
    space, sample = challenger.space, challenger.sample
    most = min(METHODS[name].most_rows, settings.fit_accounts)
    if name == "tree":
        accounts = challenger.features
        names = [column for column in settings.tree_criteria if column != settings.tree_target]
        space = fit_space(accounts, dict.fromkeys(names, 1.0))
        sample = apply_space(accounts, space, sample.weights, read_groups(accounts))
        sample = dataclasses.replace(sample, target=read_target(accounts, settings.tree_target))
    if not criteria_of(space):
        return [], None
    if len(sample) > most:
        sample = sample.take(fit_rows(len(sample), most, seed))
    fit = with_options(name, settings, space)
    fits = fit_numbers(sample, fit, [challenger.n_segments], name, seed)
    if not fits:
        return [], None
    k, found = next(iter(fits.items()))
    stability = measure_stability(sample, fit, fits, PAIRS, seed, settings.bootstrap_accounts)[k]
    verdict = judge(sample, found, stability, seed)
    return [divide_by_fit(name, "fitted", space, found.model, features, stability.pairs, verdict)], found


def propose_all(
    features: pd.DataFrame, accepted: Accepted, challenger: Challenger, draws: Draws, settings: Any, seed: int
) -> pd.DataFrame:
    """Return table `segment_proposals`: merges and splits of the segments in force and of the challenger's.

    Parameters
    ----------
    features : DataFrame
        Today's slice with the criteria joined.
    draws : Draws
        Where accounts stand by the accepted model when their months are drawn anew: what is mixed there.
    """
    import pandas as pd

    sample, rows = challenger.sample, challenger.features
    segments = assign_segments(features, accepted.model).set_index("account_id")["segment_id"]
    own = segments.loc[rows["account_id"]].to_numpy(str)
    place = pd.Index(draws.accounts).get_indexer(rows["account_id"])
    counted = draws.counts[place] / draws.n_draws
    ids = [segment for segment in draws.segments.tolist() if segment not in BY_RULE]
    shares = counted[:, [draws.segments.tolist().index(segment) for segment in ids]]
    codes = pd.Index(ids).get_indexer(own)
    least, of_samples = settings.smallest_share, challenger.stability[challenger.n_segments].shares
    frames = [
        propose_changes(codes, ids, sample, rows, "accepted", seed, shares, least),
        propose_changes(
            challenger.chosen.labels, challenger.cluster_ids, sample, rows, "challenger", seed, of_samples, least
        ),
    ]
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else frames[0]
