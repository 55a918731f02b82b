"""How much each account wants, quarter by quarter: levels, steps up and down, beginnings and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segkit.demo.parameters import KEY, N_QUARTERS, QUARTERS, A, B, C, Parameters

BURN_IN = 12  # quarters before the data begin, so that steps are already under way
LAST_CLOCK = 5  # a step shows in twelve months over twelve months from its 2nd to its 5th quarter

FIRST_TERM = 7  # a first agreement runs so many quarters without a step


@dataclass(frozen=True)
class Demand:
    """Latent state of every account (rows) in every quarter (columns).

    `level` 0–3 for A, B, C, KEY; `spend` natural log of what the account wants a year, at prices of the first month;
    `clock` quarters since the last step, positive after a step up, negative after one down, 0 when steady; `age`
    quarters since it began to buy (0 before; 99 when it began before the data); `gone` quarters since it stopped;
    `back` quarters since it came back; `hazard` chance to stop at the end of the quarter.
    """

    level: np.ndarray
    spend: np.ndarray
    clock: np.ndarray
    age: np.ndarray
    gone: np.ndarray
    back: np.ndarray
    hazard: np.ndarray

    @property
    def is_buying(self) -> np.ndarray:
        """Whether the account buys in the quarter."""
        return (self.age > 0) & (self.gone == 0)


def simulate_demand(level: np.ndarray, start: np.ndarray, risk: np.ndarray, p: Parameters, rng) -> Demand:
    """Return the latent states of all accounts.

    Parameters
    ----------
    level : array of int
        Level of each account (A, B, C, KEY) at the beginning.
    start : array of int
        Quarter (position) in which the account begins to buy; below 0: before the data begin; above 19: never.
    risk : array of float
        Log factor on the hazard of each account: its dissatisfaction.
    p : Parameters
        What the world is made of.
    rng : numpy Generator
        Source of randomness.
    """
    levels, spend, clock = _paths(level, start, p, rng)
    age, gone, back, hazard = _lives(levels, clock, start, risk, p, rng)
    return Demand(levels, spend, clock, age, gone, back, hazard)


def change_chance(quarter: int, p: Parameters) -> float:
    """Return the chance of a step at the beginning of a quarter (position in `QUARTERS`, below 0 before the data)."""
    return p.change_october if quarter % 4 == 0 else p.change_other  # the data begin with an October quarter


def chance_up(spend: np.ndarray, level: np.ndarray, p: Parameters) -> np.ndarray:
    """Return the chance that a step goes up: the further above its level's median, the rarer."""
    medians = np.log(p.level_median)
    return 1 / (1 + np.exp(p.pull_back * (spend - medians[level])))


def _paths(level: np.ndarray, start: np.ndarray, p: Parameters, rng) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    n, medians, spreads = len(level), np.log(p.level_median), np.array(p.level_spread)
    now_level, now_clock = level.copy(), np.zeros(n, int)
    now = rng.normal(medians[level], spreads[level])
    levels, spends, clocks = [], [], []
    for quarter in range(-BURN_IN, N_QUARTERS):
        steps = (rng.random(n) < change_chance(quarter, p)) & (now_level != KEY)
        steps &= (now_clock == 0) | (np.abs(now_clock) >= LAST_CLOCK - 1)
        steps &= (quarter < start) | (quarter >= start + FIRST_TERM) | (start < 0)
        up = rng.random(n) < chance_up(now, now_level, p)
        moves = steps & (rng.random(n) < np.array(p.change_of_level)[now_level])
        up = np.where(moves & (now_level == C), True, np.where(moves & (now_level == A), False, up))
        size = np.where(up, rng.normal(*p.up_step, n), rng.normal(*p.down_step, n))
        next_level = np.where(moves, now_level + np.where(up, -1, 1), now_level)
        fresh = rng.normal(medians[next_level], spreads[next_level])
        drift = np.where(now_level == KEY, 0.0, rng.normal(p.wobble_pull * (medians[now_level] - now), p.wobble))
        now = np.where(moves, fresh, np.where(steps, now + size, now + (drift if quarter % 4 == 0 else 0.0)))
        now_clock = np.where(steps, np.where(up, 1, -1), _tick(now_clock))
        now_level = next_level
        levels.append(now_level)
        spends.append(now)
        clocks.append(now_clock)
    return tuple(np.stack(part[BURN_IN:], axis=1) for part in (levels, spends, clocks))  # type: ignore[return-value]


def _tick(clock: np.ndarray) -> np.ndarray:
    ticked = clock + np.sign(clock)
    return np.where(np.abs(ticked) > LAST_CLOCK, 0, ticked)


def _lives(level, clock, start, risk, p: Parameters, rng) -> tuple[np.ndarray, ...]:
    n = len(start)
    gone_now, back_now = np.zeros(n, int), np.zeros(n, int)
    age, gone, back, hazards = [], [], [], []
    for quarter in range(N_QUARTERS):
        has_begun = start <= quarter
        age_now = np.where(start < 0, 99, np.where(has_begun, quarter - start + 1, 0))
        hazard = hazard_of(level[:, quarter], clock[:, quarter], risk, p)
        age.append(age_now)
        gone.append(gone_now)
        back.append(back_now)
        hazards.append(hazard)
        leaves = has_begun & (gone_now == 0) & (rng.random(n) < hazard)
        may_return = (gone_now >= p.return_after) & (gone_now < p.return_until)
        returns = may_return & (rng.random(n) < p.return_hazard)
        back_now = np.where(leaves, 0, np.where(returns, 1, np.where(back_now > 0, back_now + 1, 0)))
        gone_now = np.where(leaves, 1, np.where(returns, 0, np.where(gone_now > 0, gone_now + 1, 0)))
    return tuple(np.stack(part, axis=1) for part in (age, gone, back, hazards))


def hazard_of(level: np.ndarray, clock: np.ndarray, risk: np.ndarray, p: Parameters) -> np.ndarray:
    """Return the chance to stop buying at the end of a quarter."""
    factor = np.array(p.hazard_level)[level] * np.where(clock < 0, p.hazard_falling, 1.0) * np.exp(risk)
    return np.minimum(p.hazard * factor, p.hazard_cap)


def segment_of(level, clock, age, gone, back, quarter) -> np.ndarray:
    """Return the planted value segment; empty text before an account begins to buy.

    The change of a year over the year before is meant: a step counts from its second quarter (when half of the last
    twelve months lie after it) to its fifth (when most of the twelve months before still lie before it). An account in
    its second year, or back after a break, buys more than in the year before, and counts as growing.
    """
    level, clock, age, gone, back, quarter = np.broadcast_arrays(level, clock, age, gone, back, quarter)
    is_new = (age >= 1) & (age <= 4) & (quarter - age + 1 >= 4)
    growing = (clock >= 2) | ((age >= 5) & (age <= 7)) | ((back >= 1) & (back <= 7))
    falling = (clock <= -2) | (gone > 0)
    conditions = [
        age == 0,
        level == KEY,
        gone >= 8,
        gone >= 4,
        is_new,
        (level == A) & ~falling,
        (level != A) & growing & (gone == 0),
        (level != C) & falling,
        level == B,
    ]
    names = ["", "KEY", "DORMANT", "S6", "S5", "S1", "S2", "S4", "S3"]
    return np.select(conditions, names, default="S7")


def segments(demand: Demand) -> np.ndarray:
    """Return the planted segment of every account and quarter."""
    return segment_of(
        demand.level, demand.clock, demand.age, demand.gone, demand.back, np.arange(len(QUARTERS))[None, :]
    )
