"""The sample company's goals have the verdict that its generator makes true, not one that was chosen by looking."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import yaml

import segkit.demo
from segkit.demo.demand import segments
from segkit.demo.parameters import QUARTERS
from segkit.demo.sample import Sample, simulate
from segkit.settings.goals import Goals
from segkit.statistics.intervals import wilson_interval

NOW = QUARTERS.index("2026Q3")


@pytest.fixture(scope="module")
def goals():
    from pydantic import TypeAdapter

    template = Path(segkit.demo.__file__).with_name("project_template.yml").read_text("utf-8")
    section = template[template.index("\ngoals:") : template.index("\ndata_owners:")]
    return {goal.id: goal for goal in TypeAdapter(Goals).validate_python(yaml.safe_load(section)["goals"])}


@pytest.fixture(scope="module")
def sample() -> Sample:
    return simulate()


def true_churn(sample: Sample, segment: str = "") -> tuple[float, int]:
    """Mean hazard, in the newest quarter, of those who were buying in the quarter before, and how many they are."""
    chosen = sample.demand.is_buying[:, NOW - 1]
    if segment:
        chosen = chosen & (segments(sample.demand)[:, NOW - 1] == segment)
    return float(sample.demand.hazard[chosen, NOW].mean()), int(chosen.sum())


def true_growth(sample: Sample) -> float:
    """What accounts want in twelve months, at the prices and in the season of these, against the twelve before."""
    months = sample.parameters.price_by_month() * sample.parameters.season_by_month()
    wanted = np.exp(sample.demand.spend) * sample.demand.is_buying * months.reshape(-1, 3).mean(axis=1)
    return float(wanted[:, NOW - 3 : NOW + 1].sum() / wanted[:, NOW - 7 : NOW - 3].sum() - 1)


def test_reached_far_below_what_is_held(sample, goals):
    rate, n = true_churn(sample)
    goal = goals["hold_customers"]
    assert goal.kpi == "logo_churn" and goal.deadline.isoformat() == "2026-09-30"
    assert wilson_interval(rate * n, n)[1] < goal.target


def test_missed_by_far(sample, goals):
    assert goals["leap_ahead"].kpi == "growth_12m"
    assert true_growth(sample) < goals["leap_ahead"].target / 2


def test_undecidable_because_there_are_too_few(sample, goals):
    """Whatever these accounts do, nobody leaving or as many as are likely to, the interval holds the target."""
    goal = goals["keep_core"]
    rate, n = true_churn(sample, goal.segment)
    for left in range(round(rate * n + 2 * np.sqrt(rate * n)) + 1):
        low, high = wilson_interval(left, n)
        assert low < goal.target < high


def test_on_track_while_growth_is_well_above_zero(sample, goals):
    assert goals["no_setback"].target == 0 and true_growth(sample) > 0.05


def test_goals_weigh_criteria_as_before(goals):
    """As many goals of either KPI: what each criterion serves is half, all or none of them."""
    kpis = [goal.kpi for goal in goals.values()]
    assert kpis.count("logo_churn") == kpis.count("growth_12m") == len(kpis) / 2
