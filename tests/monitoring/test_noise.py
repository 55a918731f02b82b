"""The noise floor: unchanged buyers stay below it, a real change does not; and its parts by hand."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import nbinom

from segkit.monitoring.flows import add_noise, holm
from segkit.quarters import Quarter
from segkit.segments.grid import assign_grid
from segkit.segments.membership import take_slice
from segkit.segments.redraws import COLUMNS, draw_urn, fill_months, redraw_moves, return_rates, season_of

from .market import MODEL, build_panel, months_before, simulate_lines

QUARTERS = [Quarter.parse(q) for q in ("2026Q1", "2026Q2", "2026Q3")]


def cells_of(lines: pd.DataFrame, quarters: list[Quarter], draws: int = 40) -> pd.DataFrame:
    """Moves and their floor in every cell off the diagonal that accounts or draws reach, quarter by quarter."""
    panel, con = build_panel(lines, str(quarters[-1]))
    found = []
    for quarter in quarters:
        start = quarter - 1
        then, now = (assign_grid(take_slice(panel, q.end), MODEL) for q in (start, quarter))
        redraws = redraw_moves(panel, months_before(con, start), then, MODEL, start, quarter, draws, 1)
        both = then.merge(now, on="account_id", suffixes=("_then", "_now"))
        moved = both[both["segment_id_then"] != both["segment_id_now"]]
        counts = moved.groupby(["segment_id_then", "segment_id_now"]).size().rename("n_accounts")
        cells = redraws.set_index(["from_segment_id", "to_segment_id"]).index.union(counts.index)
        cells = cells[cells.get_level_values(0) != cells.get_level_values(1)]
        flows = (
            counts.reindex(cells).fillna(0).astype(int).rename_axis(["from_segment_id", "to_segment_id"]).reset_index()
        )
        found.append(add_noise(flows.assign(cause="customer"), redraws).assign(quarter=str(quarter)))
    con.close()
    return pd.concat(found, ignore_index=True)


def test_unchanged_irregular_buyers_stay_below_the_floor():
    cells = pd.concat([cells_of(simulate_lines(seed, 500, "2026-09-30"), QUARTERS) for seed in (1, 2)])
    exceeded = (cells["n_accounts"] > cells["noise_high"]).mean()
    assert len(cells) > 100
    assert exceeded <= 0.08, f"{exceeded:.3f} of the cells exceed what 5 % should"
    assert not cells["is_above_noise"].any(), "an alarm although nobody changed"
    assert cells["n_noise"].sum() == pytest.approx(cells["n_accounts"].sum(), rel=0.10), "the floor is no guess"


def test_a_real_change_rises_above_the_floor():
    lines = simulate_lines(3, 700, "2026-09-30", change=(np.arange(450), "2026-07-01", 0.0))
    cells = cells_of(lines, QUARTERS[-1:])
    above = cells[cells["is_above_noise"].astype(bool)]
    assert set(above["to_segment_id"]) >= {"S4"}, cells
    assert (above["n_accounts"] > above["noise_high"]).all()


def test_floor_of_a_cell_by_hand():
    redraws = pd.DataFrame([("value", "S1", "S3", 2.5, 40), ("value", "S1", "S1", 90.0, 40)], columns=COLUMNS)
    flows = pd.DataFrame(
        [
            ("S1", "S3", "customer", 9),
            ("S1", "S3", "manual", 9),
            ("S1", "S4", "customer", 1),
            ("S1", "S1", "stayed", 80),
        ],
        columns=["from_segment_id", "to_segment_id", "cause", "n_accounts"],
    )
    found = add_noise(flows, redraws)
    assert found["n_noise"].tolist()[::2][:2] == [2.5, 0.0] and found["n_noise"].isna().tolist() == [
        False,
        True,
        False,
        True,
    ]
    assert found["noise_high"][0] == nbinom.ppf(0.95, 100.5, 40 / 41) == 5
    # two cells in all: 9 where 2.5 are expected is 2 · P(X ≥ 9) = .003; a single move never drawn is 2 · .012
    p = 2 * nbinom.sf(8, 100.5, 40 / 41), nbinom.sf(0, 0.5, 40 / 41)
    assert p[0] < 0.05 and p[1] == pytest.approx(1 - (40 / 41) ** 0.5)
    assert found["is_above_noise"].tolist()[0] and pd.isna(found["is_above_noise"][1])


def test_a_handful_of_accounts_is_no_alarm():
    redraws = pd.DataFrame([("value", "S7", "S1", 0.025, 40)], columns=COLUMNS)
    flows = pd.DataFrame({"from_segment_id": ["S7"], "to_segment_id": ["S1"], "cause": ["customer"], "n_accounts": [4]})
    assert not add_noise(flows, redraws)["is_above_noise"][0]
    assert add_noise(flows, redraws, min_moves=4)["is_above_noise"][0]


def test_holm_by_hand():
    assert holm(np.array([0.01, 0.04, 0.03]), 4).tolist() == pytest.approx([0.04, 0.09, 0.09])
    assert holm(np.array([0.9]), 3).tolist() == [1.0]


def test_without_redraws_nothing_is_called_above_or_below():
    flows = pd.DataFrame(
        {"from_segment_id": ["S1"], "to_segment_id": ["S3"], "cause": ["customer"], "n_accounts": [99]}
    )
    found = add_noise(flows, pd.DataFrame(columns=COLUMNS))
    assert found[["n_noise", "noise_high", "is_above_noise"]].isna().all(axis=None)


def test_the_urn_draws_known_months_only_and_comes_back_to_them():
    rng = np.random.default_rng(1)
    drawn = draw_urn(np.repeat([1, 6, 24], 4000), 3, rng)
    assert (drawn[:4000] == 23).all() and drawn[4000:8000].min() == 18 and drawn[8000:].min() == 0
    # of 24 months the second is the first again with probability 1/25 + 24/25 · 1/24 = 2/25
    assert (drawn[8000:, 1] == drawn[8000:, 0]).mean() == pytest.approx(2 / 25, abs=0.02)


def test_months_stand_in_their_place_and_the_calendar_is_common_to_all():
    features = pd.DataFrame({"account_id": ["a", "b"]})
    months = pd.DataFrame(
        {
            "account_id": ["b", "a", "x"],
            "month": ["2024-07-01", "2026-06-01", "2026-06-01"],
            "revenue": [5.0, 7, 9],
            "n_orders": 1,
        }
    )
    filled = fill_months(months, features, Quarter.parse("2026Q2"))
    assert filled.revenue[1, 0] == 5 and filled.revenue[0, -1] == 7 and filled.revenue.sum() == 12
    course = np.tile([2.0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], 2)
    assert season_of(np.outer(np.arange(1, 41), course))[:2].tolist() == pytest.approx([24 / 13, 12 / 13])
    assert season_of(np.outer(np.arange(1, 10), course)).tolist() == [1.0] * 12, "too few accounts to tell a season"


def test_return_rates_come_from_earlier_quarters():
    def at(day: str, silent: list[int], active: list[bool]) -> pd.DataFrame:
        ids = [f"{i}" for i in range(len(silent))]
        return pd.DataFrame(
            {"account_id": ids, "as_of": pd.Timestamp(day), "days_since_last": silent, "is_active_q": active}
        )

    panel = pd.concat(
        [
            at("2026-03-31", [400, 400, 800, 10], [False] * 4),
            at("2026-06-30", [10, 491, 891, 5], [True, False, False, True]),
        ]
    )
    assert return_rates(panel, Quarter.parse("2026Q2")) == pytest.approx((1.5 / 3, 0.5 / 2))


def test_no_floor_for_incomplete_quarters_first_quarters_and_hands():
    panel, con = build_panel(simulate_lines(1, 40, "2026-09-30", 30), "2026Q3")
    start, end = QUARTERS[-2:]
    then = assign_grid(take_slice(panel, start.end), MODEL)
    options = (MODEL, start, end, 20, 1)
    months = months_before(con, start)
    assert redraw_moves(panel, months, then, *options, is_complete=False).empty
    assert redraw_moves(panel, months, then[:0], *options).empty
    held = then.assign(is_manual=then["account_id"] < "0010")
    assert redraw_moves(panel, months, held, *options)["n_accounts"].sum() == pytest.approx((~held["is_manual"]).sum())
    again = redraw_moves(panel, months, then, *options)
    pd.testing.assert_frame_equal(again, redraw_moves(panel, months, then, *options))
