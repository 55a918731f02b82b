"""The best possible answer: an observer who knows every distribution of the generator, but sees only the invoices.

For each account a filter runs over its quarterly revenue: the state is (level, spend, quarters since the last step or
since the account stopped), spend on a grid; after each quarter the state's probabilities are multiplied by the density
of what was invoiced and moved on by the generator's own chances. The segment is the one with the largest posterior.
The density of a quarter's revenue is a gamma distribution with the generator's mean and variance; the account's order
rate, which scales that variance, is read from its own orders.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.demand import FIRST_TERM, LAST_CLOCK, chance_up, change_chance, segment_of
from segkit.demo.parameters import N_QUARTERS, QUARTERS, SEGMENTS, Parameters, quarter_of
from segkit.demo.sample import Sample

GRID = np.arange(np.log(350.0), np.log(5_500_000.0), 0.125)
UP, DOWN, GONE = 1, 1 + LAST_CLOCK, 1 + 2 * LAST_CLOCK
N_STATES = GONE + 8  # steady; 1–5 quarters since a step up; since a step down; 1–8 quarters since it stopped
OUTLIER = 1e-4
CHUNK = 128  # accounts at a time, so that their states stay in the processor's cache


def oracle_segments(sample: Sample, quarter: int) -> pd.DataFrame:
    """Return account_id, segment_id of every customer number seen up to a quarter (position), by largest posterior."""
    p = sample.parameters
    seen = quarterly(sample.lines, quarter)
    n = len(seen["account_id"])
    moves = _moves(p)
    parts = [{name: values[i : i + CHUNK] for name, values in seen.items()} for i in range(0, n, CHUNK)]
    levels = np.concatenate([_filter(part, quarter, moves, p) for part in parts])
    segment = _labels(seen, quarter)
    posterior = np.zeros((len(segment), len(SEGMENTS)))
    for position in range(len(SEGMENTS)):
        posterior[:, position] = np.where(segment == position, levels, 0.0).sum(axis=(1, 2))
    best = np.array(SEGMENTS)[posterior.argmax(axis=1)]
    return pd.DataFrame({"account_id": seen["account_id"], "segment_id": best})


def quarterly(lines: pd.DataFrame, quarter: int) -> dict[str, np.ndarray]:
    """Return what is seen: account_id, revenue (accounts × quarters, no freight), orders a quarter, first quarter."""
    seen = lines[(quarter_of(lines["invoice_date"]) <= quarter) & (lines["kind"] != "freight")]
    ids, account = np.unique(seen["booked_id"].to_numpy(dtype=str), return_inverse=True)
    place = (account, quarter_of(seen["invoice_date"]))
    revenue = np.zeros((len(ids), quarter + 1))
    np.add.at(revenue, place, seen["revenue_cents"].to_numpy() / 100)
    sales = (seen["kind"] == "sale").to_numpy()
    orders = np.zeros_like(revenue)
    first = ~pd.Series(seen["invoice"].to_numpy()).duplicated().to_numpy() & sales
    np.add.at(orders, (account[first], place[1][first]), 1)
    with_order = orders > 0
    start = with_order.argmax(axis=1)
    last = quarter - with_order[:, ::-1].argmax(axis=1)
    rate = orders.sum(axis=1) / np.maximum(last - start + 1, 1)
    return {"account_id": ids, "revenue": revenue, "rate": np.maximum(rate, 0.5), "start": start}


def adjusted_rand(truth: pd.Series, found: pd.Series) -> float:
    """Return the adjusted Rand index of two partitions (Hubert and Arabie 1985)."""
    table = pd.crosstab(truth.to_numpy(), found.to_numpy()).to_numpy()
    pairs = [np.sum(n * (n - 1) / 2) for n in (table, table.sum(axis=1), table.sum(axis=0), table.sum())]
    chance = pairs[1] * pairs[2] / pairs[3]
    return float((pairs[0] - chance) / ((pairs[1] + pairs[2]) / 2 - chance))


def area_under_curve(score: np.ndarray, outcome: np.ndarray) -> float:
    """Return the chance that an account which left had the higher score (Mann and Whitney)."""
    ranks = pd.Series(score).rank().to_numpy()
    n_bad = int(outcome.sum())
    return float((ranks[outcome].sum() - n_bad * (n_bad + 1) / 2) / (n_bad * (len(outcome) - n_bad)))


def churn_oracle(sample: Sample, quarter: int) -> float:
    """Return the area under the curve of the true hazard at a quarter, for leaving within the next four quarters."""
    demand = sample.demand
    buying = demand.is_buying[:, quarter]
    leaves = (demand.gone[:, quarter + 1 : quarter + 5] == 1).any(axis=1)
    return area_under_curve(demand.hazard[buying, quarter], leaves[buying])


def _filter(seen: dict[str, np.ndarray], quarter: int, moves: dict[str, np.ndarray], p: Parameters) -> np.ndarray:
    """Return the posterior (accounts × 4 levels × states) at the end of a quarter."""
    belief = _prior(len(seen["account_id"]), p)
    for now in range(quarter + 1):
        bound = (seen["start"] > 0) & (now < seen["start"] + FIRST_TERM)
        stepped = _step(belief, now, bound, moves, p) if now else belief
        age = np.maximum(now - seen["start"] + 1, 0)
        known = _weigh(stepped, seen, now, age, p)
        belief = np.where((age > 0)[:, None, None, None], known, belief)
    return belief.sum(axis=3)


def _prior(n: int, p: Parameters) -> np.ndarray:
    """Return accounts × levels × states × grid before any invoice: steady, at their level's spend."""
    shares = np.array([*p.level_shares, p.key_share])
    spread = np.array(p.level_spread) * np.array([1.25, 1.35, 1.35, 1.0])  # steps widen what the draw began with
    density = np.exp(-0.5 * ((GRID - np.log(p.level_median)[:, None]) / spread[:, None]) ** 2)
    density *= (shares / shares.sum())[:, None] / density.sum(axis=1, keepdims=True)
    states = np.zeros(N_STATES)
    states[0] = 1.0
    return np.broadcast_to(density[:, None, :] * states[:, None], (n, 4, N_STATES, len(GRID))).astype(np.float32)


def _moves(p: Parameters) -> dict[str, np.ndarray]:
    """Return where spend goes at a step up or down (grid × grid)."""
    gap = GRID[None, :] - GRID[:, None]
    kernels = {}
    for name, (mean, spread) in (("up", p.up_step), ("down", p.down_step)):
        kernel = np.exp(-0.5 * ((gap - mean) / spread) ** 2)
        kernels[name] = (kernel / np.maximum(kernel.sum(axis=1, keepdims=True), 1e-12)).astype(np.float32)
    medians, spreads = np.log(p.level_median)[:, None], np.array(p.level_spread)[:, None]
    fresh = np.exp(-0.5 * ((GRID - medians) / spreads) ** 2)
    kernels["fresh"] = (fresh / fresh.sum(axis=1, keepdims=True)).astype(np.float32)
    drift = (
        np.exp(-0.5 * ((gap - p.wobble_pull * (median - GRID[:, None])) / p.wobble) ** 2) for median in medians[:3]
    )
    kernels["drift"] = [(part / part.sum(axis=1, keepdims=True)).astype(np.float32) for part in drift]
    chances = [chance_up(GRID, np.full(len(GRID), level), p) for level in range(4)]
    kernels["chance_up"] = np.stack(chances).astype(np.float32)
    return kernels


def _step(
    belief: np.ndarray, quarter: int, bound: np.ndarray, moves: dict[str, np.ndarray], p: Parameters
) -> np.ndarray:
    """Return the state's probabilities at the beginning of the next quarter."""
    after = np.zeros_like(belief)
    alive = belief[:, :, :GONE]
    hazard = np.minimum(p.hazard * np.array(p.hazard_level), p.hazard_cap)[None, :, None, None].astype(np.float32)
    falling = np.ones(GONE, np.float32)
    falling[DOWN:] = p.hazard_falling
    leave = np.minimum(hazard * falling[None, None, :, None], p.hazard_cap)
    after[:, :, GONE] = (alive * leave).sum(axis=2)
    after[:, :, GONE + 1 : N_STATES] = belief[:, :, GONE : N_STATES - 1]
    after[:, :, N_STATES - 1] += belief[:, :, N_STATES - 1]
    back = belief[:, :, GONE + p.return_after - 1 :].sum(axis=2) * p.return_hazard
    stay = alive * (1 - leave)
    chance = np.where(bound, 0.0, change_chance(quarter, p)).astype(np.float32)[:, None, None]
    chance = chance * np.array([1, 1, 1, 0], np.float32)[None, :, None]
    free = stay[:, :, [0, LAST_CLOCK - 1, LAST_CLOCK, DOWN + LAST_CLOCK - 2, DOWN + LAST_CLOCK - 1]].sum(axis=2)
    stepping = free * chance
    keep = stay.copy()
    for state in (0, LAST_CLOCK - 1, LAST_CLOCK, DOWN + LAST_CLOCK - 2, DOWN + LAST_CLOCK - 1):
        keep[:, :, state] *= 1 - chance
    if quarter % 4 == 0:
        for level, kernel in enumerate(moves["drift"]):
            keep[:, level] = keep[:, level] @ kernel
    after[:, :, 0] = keep[:, :, 0] + keep[:, :, LAST_CLOCK] + keep[:, :, DOWN + LAST_CLOCK - 1] + back
    after[:, :, UP + 1 : DOWN] = keep[:, :, UP : DOWN - 1]
    after[:, :, DOWN + 1 : GONE] = keep[:, :, DOWN : GONE - 1]
    upward = stepping * moves["chance_up"][None]
    within = (1 - np.array(p.change_of_level, np.float32))[None, :, None]
    moved_up, moved_down = upward * within, (stepping - upward) * within
    after[:, :, UP] = moved_up @ moves["up"]
    after[:, :, DOWN] = moved_down @ moves["down"]
    _change_level(after, stepping, upward, moves, p)
    return after


def _change_level(after, stepping, upward, moves, p: Parameters) -> None:
    """Add to the probabilities those steps that lead to the next level up or down."""
    total, up = (part.sum(axis=2) * np.array(p.change_of_level, np.float32) for part in (stepping, upward))
    fresh = moves["fresh"]
    after[:, 1, UP] += total[:, 2, None] * fresh[1]
    after[:, 0, UP] += up[:, 1, None] * fresh[0]
    after[:, 2, DOWN] += (total - up)[:, 1, None] * fresh[2]
    after[:, 1, DOWN] += total[:, 0, None] * fresh[1]


def _weigh(belief: np.ndarray, seen: dict[str, np.ndarray], quarter: int, age: np.ndarray, p: Parameters) -> np.ndarray:
    """Return the probabilities after what was invoiced in the quarter; they sum to 1."""
    from scipy.stats import gamma

    revenue = seen["revenue"][:, quarter]
    season = p.season_by_month()[3 * quarter : 3 * quarter + 3].mean()
    price = p.price_by_month()[3 * quarter]
    young = (seen["start"] > 0)[:, None]
    ramp = np.where(
        young & (age[:, None] <= len(p.ramp)), np.take(np.array([1, *p.ramp]), np.clip(age, 0, len(p.ramp)))[:, None], 1
    )
    rate = seen["rate"][:, None] * season
    variance = (1 / p.order_size_shape + 1 / 3 / p.rhythm_shape + 0.02) / rate + 1 / 6 / rate**2 + 0.004
    mean = np.exp(GRID)[None, :] / 4 * season * price * ramp * (1 - 0.6 * p.return_share)
    density = gamma.pdf(np.maximum(revenue, 1.0)[:, None], 1 / variance, scale=mean * variance) * mean
    nothing = np.maximum(1 - rate, 0) * 0.8 + 0.4 * np.exp(-2.4 * rate)
    alive = np.where((revenue > 0)[:, None], density * (1 - nothing) + OUTLIER, nothing + OUTLIER)
    weighed = belief.copy()
    weighed[:, :, :GONE] *= alive[:, None, None, :]
    weighed[:, :, GONE:] *= np.where(revenue > 0, 1e-9, 1.0)[:, None, None, None]
    return weighed / np.maximum(weighed.sum(axis=(1, 2, 3), keepdims=True), 1e-30)


def _labels(seen: dict[str, np.ndarray], quarter: int) -> np.ndarray:
    """Return the position in `SEGMENTS` of each account, level and state."""
    states = np.arange(N_STATES)
    clock = np.where(states < DOWN, states, np.where(states < GONE, -(states - DOWN + 1), 0))
    gone = np.where(states >= GONE, states - GONE + 1, 0)
    age = np.where(seen["start"] == 0, 99, quarter - seen["start"] + 1)[:, None, None]
    back = _back(seen["revenue"])[:, None, None]
    names = segment_of(np.arange(4)[None, :, None], clock[None, None, :], age, gone[None, None, :], back, quarter)
    return pd.Categorical(names.ravel(), categories=list(SEGMENTS)).codes.reshape(names.shape)


def _back(revenue: np.ndarray) -> np.ndarray:
    """Return quarters since an account bought again after a year or more without an invoice; 0 for none."""
    n_quarters = revenue.shape[1]
    back, silent, bought = np.zeros(len(revenue), int), np.zeros(len(revenue), int), np.zeros(len(revenue), bool)
    for quarter in range(n_quarters):
        buys = revenue[:, quarter] > 0
        back = np.where(buys & bought & (silent >= 4), 1, np.where(back > 0, back + 1, 0))
        silent = np.where(buys, 0, silent + 1)
        bought |= buys
    return back


def score(sample: Sample, quarter: int = N_QUARTERS - 1) -> float:
    """Return the adjusted Rand index of the oracle against the planted segments at a quarter."""
    found = oracle_segments(sample, quarter)
    return agreement(sample, found, quarter)


def agreement(sample: Sample, found: pd.DataFrame, quarter: int = N_QUARTERS - 1) -> float:
    """Return the adjusted Rand index of any segments (account_id, segment_id) against the planted ones at a quarter."""
    truth = sample.segments()
    truth = truth[truth["quarter"] == QUARTERS[quarter]]
    both = truth.merge(found, on="account_id", suffixes=("_true", "_found"))
    return adjusted_rand(both["segment_id_true"], both["segment_id_found"])
