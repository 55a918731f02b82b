"""Figures of a kit: what they are made of, and whether their intervals hold on accounts that nobody has seen."""

from __future__ import annotations

import numpy as np
import pytest

from segkit.segments.typing.conditions import first_that_holds
from segkit.segments.typing.kit import Kit, Told, fit_kit
from segkit.segments.typing.quality import measure_kit
from segkit.segments.typing.stated import (
    _surest,
    error_of,
    held_back,
    money_interval,
    next_interval,
    share_interval,
    state,
)
from segkit.statistics.intervals import wilson_interval
from tests.segments.typing.companies import FAST, accounts_of

IDS = ["C1", "C2", "C3"]
FIELDS = {"employees": "number", "industry_division": "text", "region": "text"}


def is_right(codes, told):
    return (codes == told).astype(float)


def plain_kit(n: int = 200) -> Kit:
    """A rule that tells the same whatever it was made from: nothing is too good, so held back is the whole truth."""
    rng = np.random.default_rng(3)
    codes, folds = rng.integers(0, 2, n), np.arange(n) % 5
    told = np.where(rng.random(n) < 0.8, codes, 1 - codes)
    chance = np.where(np.arange(n) % 4 == 0, 0.9, 0.6)
    rounds = [Told(np.tile(told, (5, 1)), np.tile(chance, (5, 1)), folds)]
    own = Told(told[None], chance[None], np.full(n, -1))
    return Kit({"threshold": 0.8}, None, codes, np.arange(n), rounds, np.eye(2)[told], own, chance >= 0.8)


def test_a_rule_that_learned_nothing_is_stated_as_it_is():
    kit = plain_kit()
    hits = is_right(kit.codes, kit.own.told[0])
    every, placed = state(kit, is_right, False), state(kit, is_right, True)
    assert every.value == pytest.approx(hits.mean()) and every.n == 200
    assert placed.value == pytest.approx(hits[kit.is_placed].mean()) and placed.n == 50
    assert every.error == pytest.approx(np.sqrt(4 / 3 * hits.var(ddof=1) / 200))
    assert (held_back(kit)[1] == kit.is_placed).all()


def test_nobody_placed_has_no_figure():
    kit = plain_kit()
    nobody = Kit(kit.model, None, kit.codes, kit.units, kit.rounds, kit.shares, kit.own, np.zeros(200, bool))
    assert np.isnan(state(nobody, is_right, True).value) and state(nobody, is_right, True).n == 0


def test_the_last_case_counts_in_part():
    chance = np.array([0.9, 0.9, 0.6, 0.6, 0.6, 0.6, 0.3, 0.3, 0.3, 0.3])
    weights = _surest(chance, 0.4, chance)
    assert weights.tolist() == [1, 1, 0.5, 0.5, 0.5, 0.5, 0, 0, 0, 0] and weights.sum() == 4
    assert _surest(chance, 1.0, chance).tolist() == [1.0] * 10


def test_persons_of_one_company_are_one_witness():
    parts = np.repeat([1.0, -1.0, 0.5, -0.5], 5)
    apart, together = error_of(parts, np.arange(20)), error_of(parts, np.repeat(np.arange(4), 5))
    assert together > 2 * apart


def test_limits_of_shares_and_of_the_next_ones():
    low, high = share_interval(0.7, np.sqrt(0.21 / 100), 1000)
    assert (low, high) == pytest.approx([x[0] for x in wilson_interval([70], [100])])
    assert share_interval(1.0, 0.0, 50)[0] == pytest.approx(wilson_interval([50], [50])[0][0])
    soon = next_interval(0.7, low, high, 100)
    assert soon[0] < low and soon[1] > high and next_interval(0.99, 0.9, 1.0, 10)[1] == 1.0
    assert next_interval(0.7, low, high, 10**9) == pytest.approx((low, high), abs=1e-4)


def test_limits_of_money_hold_the_dearest_mistake_that_did_not_happen():
    low, high = money_interval(0.0, 0.0, 300.0)
    assert low == 0 and high > 3 * 300  # of events never seen, up to 3.7 may be usual
    low, high = money_interval(1000.0, 400.0, 100.0)
    assert 0 < low < 1000 < high and high - 1000 > 1000 - low


def test_stated_intervals_hold_on_further_accounts():
    """A little of benchmarks/typing_kits.py: five companies of 300 accounts; each figure is met by at least four."""
    held = {"accuracy": 0, "share_abstained": 0, "error_cost": 0}
    values = np.array([1e3, 1e4, 1e5])
    for seed in range(500, 505):
        known, told = accounts_of(300, seed)
        kit = fit_kit(known, np.searchsorted(IDS, told), IDS, FIELDS, {}, FAST)
        stated = {row["metric"]: row for row in measure_kit(kit, kit.codes, values)}
        further, truth = accounts_of(6_000, seed + 10_000)
        codes, position = np.searchsorted(IDS, truth), first_that_holds(further, kit.model)
        rules = kit.model["rules"]
        likely = np.searchsorted(IDS, [*(rule["segment_id"] for rule in rules), kit.model["likely"]])[position]
        chance = np.array([*(rule["confidence"] for rule in rules), 0.0])[position]
        is_placed = chance >= kit.model["threshold"]
        met = {"accuracy": (likely == codes).mean(), "share_abstained": 1 - is_placed.mean()}
        met["error_cost"] = np.abs(values[codes] - values[likely])[is_placed].mean() if is_placed.any() else np.nan
        for name in held:
            row = stated[name]
            held[name] += bool(np.isnan(row["value"]) or row["low"] - 0.005 <= met[name] <= row["high"] * 1.005)
    assert min(held.values()) >= 4, held
