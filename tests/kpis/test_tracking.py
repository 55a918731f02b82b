"""KPIs of a quarter, worked out by hand: levels by the closing segment, rates by the opening one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from kpis.company import BOUGHT, CLOSING, OPENING, A, D, E, panel, period, segments

from segkit.kpis.inputs import KpiInputs
from segkit.kpis.tracking import COLUMNS, KEY, complete_quarters, quarter_of, score_all, score_kpis
from segkit.settings.kpis import KpiSettings
from segkit.tables import check

SETTINGS = KpiSettings(min_accounts=3, draws=200)


def kpis_of(bought=None, closing=CLOSING, opening=OPENING, previous=None, **of_period) -> pd.DataFrame:
    inputs = KpiInputs(panel(bought), period(**of_period))
    return score_kpis(inputs, segments(closing), segments(opening), SETTINGS, seed=1, previous=previous)


def figure(kpis: pd.DataFrame, segment_id: str, kpi_id: str, column: str = "value", quarter: str = "2026Q2"):
    rows = kpis[(kpis["quarter"] == quarter) & (kpis["segment_id"] == segment_id) & (kpis["kpi_id"] == kpi_id)]
    assert len(rows) == 1
    return rows[column].iloc[0]


@pytest.mark.parametrize(
    ("kpi_id", "big", "small", "overall"),
    [
        ("revenue", 400, 20, 420),
        ("margin", 110, 4, 114),
        ("margin_rate", 110 / 400, 4 / 20, 114 / 420),
        ("n_active_accounts", 2, 1, 3),
        ("order_frequency", 4 / 2, 2 / 1, 6 / 3),
        ("avg_order_value", 400 / 4, 30 / 2, 430 / 6),
        ("revenue_share", 400 / 420, 20 / 420, 1),
        ("account_share", 3 / 5, 2 / 5, 1),
        ("growth", 300 / 200 - 1, 90 / 50 - 1, 420 / 250 - 1),  # C bought 100 and opened small; E opened nowhere
        ("retention", 1 / 2, 1 / 2, 2 / 4),
        ("logo_churn", 1 / 2, 1 / 2, 2 / 4),
        ("revenue_churn", 100 / 300, 50 / 100, 150 / 400),
        ("revenue_lost", 100, 50, 150),
    ],
)
def test_values_by_hand(kpi_id, big, small, overall):
    kpis = kpis_of()
    values = [figure(kpis, segment, kpi_id) for segment in ("BIG", "SMALL", "ALL")]
    assert values == pytest.approx([big, small, overall], abs=1e-4)


def test_table_is_that_of_the_contract():
    kpis = kpis_of()
    assert list(kpis.columns) == COLUMNS
    pd.testing.assert_frame_equal(kpis, kpis.sort_values(KEY, ignore_index=True))
    assert not kpis.duplicated(KEY).any()
    checked = check(kpis, "kpis")
    assert len(checked) == len(kpis)
    assert set(kpis["base"]) == {"opening", "closing", "year_ago", "before"}
    assert (kpis["value"].isna() == kpis["reason"].notna()).all()
    assert kpis.loc[kpis["value"].isna(), ["low", "high"]].isna().all().all()


def test_n_counts_the_base_and_small_ones_are_marked():
    kpis = kpis_of()
    assert figure(kpis, "BIG", "retention", "n") == 2 and figure(kpis, "ALL", "retention", "n") == 4
    assert figure(kpis, "BIG", "revenue", "n") == 2 and figure(kpis, "ALL", "revenue", "n") == 4
    assert figure(kpis, "BIG", "retention", "is_small") and figure(kpis, "ALL", "retention", "is_small")


def test_below_the_smallest_number_there_is_no_interval():
    kpis = kpis_of()
    assert np.isnan(figure(kpis, "BIG", "retention", "low")) and np.isnan(figure(kpis, "BIG", "revenue", "low"))
    many = {f"A{i:03}": (100, 1, 30) for i in range(60)}
    lost = dict.fromkeys(list(many)[:6], (0, 0, None))
    known = pd.concat([panel({"2026Q1": {A: (1, 1, 1)}})[:0], wide(many, {**many, **lost})])
    kpis = score_kpis(
        KpiInputs(known, period()), segments(dict.fromkeys(many, "BIG")), segments(dict.fromkeys(many, "BIG")), SETTINGS
    )
    low, high = (figure(kpis, "BIG", "retention", side) for side in ("low", "high"))
    assert (low, high) == pytest.approx((0.7985, 0.9534), abs=1e-4)  # Wilson, 54 of 60


def wide(before: dict, now: dict) -> pd.DataFrame:
    """A panel of two quarters with as many accounts as wanted."""
    rows = [
        [account, pd.Timestamp(day), quarter, float(r), float(r), n, m, r > 0, float(r), float("nan")]
        for quarter, day, bought in (("2026Q1", "2026-03-31", before), ("2026Q2", "2026-06-30", now))
        for account, (r, n, m) in bought.items()
    ]
    return pd.DataFrame(rows, columns=panel().columns).astype({"margin_q": "float64"})


def reasons(kpis: pd.DataFrame, kpi_id: str, quarter: str = "2026Q2") -> dict[str, str]:
    rows = kpis[(kpis["quarter"] == quarter) & (kpis["kpi_id"] == kpi_id) & kpis["reason"].notna()]
    return dict(zip(rows["segment_id"], rows["reason"].str.removeprefix("kpis.reason_"), strict=True))


RATES = ["growth", "growth_12m", "retention", "logo_churn", "revenue_churn", "revenue_lost"]


def everywhere(reason: str) -> dict[str, str]:
    return dict.fromkeys(["ALL", "BIG", "SMALL"], reason)


@pytest.mark.parametrize("kpi_id", RATES)
def test_an_incomplete_quarter_has_no_rates_but_levels(kpi_id):
    kpis = kpis_of(is_complete=False, last="2026-05-20")
    assert reasons(kpis, kpi_id) == everywhere("incomplete")
    assert figure(kpis, "ALL", "revenue") == 420 and not figure(kpis, "ALL", "revenue", "is_complete")


def test_an_incomplete_base_has_no_rates():
    kpis = kpis_of(first="2025-06-01")  # the year-ago quarter holds June only
    assert reasons(kpis, "growth") == everywhere("base_incomplete")
    assert reasons(kpis, "retention") == {}


def test_a_quarter_in_which_nobody_bought_counts_as_incomplete():
    kpis = kpis_of({**BOUGHT, "2026Q1": {}})
    assert reasons(kpis, "retention") == everywhere("base_incomplete")


def test_the_first_quarter_has_nothing_to_compare_with():
    assert reasons(kpis_of(), "retention", "2025Q2") == {"ALL": "no_base_quarter"}


def test_growth_of_twelve_months_needs_two_years():
    assert reasons(kpis_of(), "growth_12m") == everywhere("short_history")
    known = panel().assign(revenue_12m=220.0, revenue_prev_12m=200.0)
    gap = score_kpis(KpiInputs(known, period()), segments(CLOSING), segments(OPENING), SETTINGS)
    assert reasons(gap, "growth_12m") == everywhere("gap"), "nobody bought in 2025Q3"
    known = known[known["quarter"] >= "2026Q1"]
    kpis = score_kpis(KpiInputs(known, period()), segments(CLOSING), segments(OPENING), SETTINGS)
    assert figure(kpis, "BIG", "growth_12m") == pytest.approx(0.1)


def test_without_margins_margin_is_said_to_be_missing():
    without = {q: {a: (r, o, None) for a, (r, o, _) in accounts.items()} for q, accounts in BOUGHT.items()}
    kpis = kpis_of(without)
    assert reasons(kpis, "margin") == reasons(kpis, "margin_rate") == everywhere("no_margin")


def test_margins_with_gaps_are_not_told_where_the_gaps_are():
    gaps = {**BOUGHT, "2026Q2": {**BOUGHT["2026Q2"], E: (30, 2, None)}}
    assert reasons(kpis_of(gaps), "margin") == {"SMALL": "margin_gaps", "ALL": "margin_gaps"}
    small = {**BOUGHT, "2026Q2": {**BOUGHT["2026Q2"], A: (3000, 3, 900), E: (30, 2, None)}}
    kpis = kpis_of(small)
    assert reasons(kpis, "margin_rate") == {"SMALL": "margin_gaps"}
    assert figure(kpis, "ALL", "margin_rate") == pytest.approx((900 + 20 - 2) / (3000 + 100 - 10))


def test_nothing_to_divide_by():
    silent = {**BOUGHT, "2025Q2": {A: (100, 1, 1), D: (-5, 0, 0)}, "2026Q1": {A: (200, 2, 1)}}
    kpis = kpis_of(silent)
    assert reasons(kpis, "growth") == {"SMALL": "zero"}, "a negative base is none"
    assert reasons(kpis, "retention") == reasons(kpis, "revenue_churn") == {"SMALL": "zero"}
    assert figure(kpis, "SMALL", "revenue_lost") == 0


def test_segments_without_accounts_and_without_opening_say_so():
    kpis = kpis_of(closing={**CLOSING, E: "NEW"})
    assert reasons(kpis, "retention") == {"NEW": "no_accounts"}
    kpis = kpis_of(opening={})
    assert reasons(kpis, "retention") == {"BIG": "no_opening", "SMALL": "no_opening"}
    assert figure(kpis, "ALL", "retention") == 0.5


def test_only_the_chosen_segmentation_counts():
    both = pd.concat([segments(CLOSING), segments(dict.fromkeys(CLOSING, "X"), "service")])
    kpis = score_kpis(KpiInputs(panel(), period()), both, segments(OPENING), SETTINGS)
    assert set(kpis["segment_id"]) == {"ALL", "BIG", "SMALL"}


def test_history_of_the_first_run_is_told_overall():
    kpis = kpis_of()
    assert sorted(kpis["quarter"].unique()) == ["2025Q2", "2025Q3", "2025Q4", "2026Q1", "2026Q2"]
    assert set(kpis.loc[kpis["quarter"] < "2026Q2", "segment_id"]) == {"ALL"}
    assert figure(kpis, "ALL", "revenue", quarter="2026Q1") == 400


def test_the_previous_run_is_kept_as_it_was_and_gaps_are_filled():
    first = kpis_of()
    told = first[first["quarter"].isin(["2025Q2", "2025Q3"])].assign(value=-1.0, reason=None)
    later = first[first["quarter"] == "2026Q2"].assign(value=-2.0)
    second = kpis_of(previous=pd.concat([told, later]))
    assert (second.loc[second["quarter"].isin(["2025Q2", "2025Q3"]), "value"] == -1).all()
    for quarter in ("2025Q4", "2026Q1", "2026Q2"):
        pd.testing.assert_frame_equal(*(k[k["quarter"] == quarter].reset_index(drop=True) for k in (first, second)))


def test_order_of_rows_and_repetition_change_nothing():
    kpis = kpis_of()
    shuffled = [frame.sample(frac=1, random_state=4) for frame in (panel(), segments(CLOSING), segments(OPENING))]
    again = score_kpis(KpiInputs(shuffled[0], period()), *shuffled[1:], SETTINGS, seed=1)
    assert kpis.to_csv() == again.to_csv()


def test_fiscal_years_move_the_quarters():
    fiscal = period().assign(quarter="2026Q4", start=pd.Timestamp("2026-04-01"))
    assert quarter_of(fiscal).start.isoformat() == "2026-04-01"
    assert quarter_of(fiscal).first_month == 7
    assert quarter_of(period()).first_month == 1


def test_complete_quarters_are_those_that_money_covers():
    covered = complete_quarters(panel(), period(first="2025-04-05", last="2026-06-28"))
    assert covered == {"2025Q2", "2026Q1", "2026Q2"}, "nobody bought in the two between"
    assert complete_quarters(panel(), period(is_complete=False)) == {"2025Q2", "2026Q1"}


def test_every_segmentation_has_its_own_segments_and_the_same_figures_of_all():
    one, other = segments(CLOSING), segments(CLOSING).assign(segmentation_id="service", segment_id="S1")
    opened = segments(OPENING), segments(OPENING).assign(segmentation_id="service", segment_id="S1")
    frames = KpiInputs(panel(), period()), pd.concat([one, other]), pd.concat(opened)
    kpis = score_all(*frames, SETTINGS, 1, segmentation_ids=["value", "service", "nobody"])
    value, service = (kpis[kpis["segmentation_id"] == name].reset_index(drop=True) for name in ("value", "service"))
    assert len(check(kpis, "kpis")) == len(value) + len(service)
    pd.testing.assert_frame_equal(value, kpis_of())
    assert set(service["segment_id"]) == {"ALL", "S1"}
    assert figure(service, "S1", "revenue") == figure(service, "ALL", "revenue") == figure(value, "ALL", "revenue")
    overall = [rows[rows["segment_id"] == "ALL"].drop(columns="segmentation_id") for rows in (value, service)]
    pd.testing.assert_frame_equal(*(rows.reset_index(drop=True) for rows in overall))


def test_a_run_of_an_older_version_names_no_segmentation_and_is_that_of_the_settings():
    earlier = kpis_of().assign(quarter="2026Q1").drop(columns="segmentation_id")
    frames = KpiInputs(panel(), period()), segments(CLOSING), segments(OPENING)
    kpis = score_all(*frames, SETTINGS, 1, earlier, segmentation_ids=["value"])
    assert set(kpis["segmentation_id"]) == {"value"}
    assert figure(kpis, "BIG", "revenue", quarter="2026Q1") == figure(kpis, "BIG", "revenue")


def test_a_previous_run_of_an_older_version_lacks_columns():
    first = kpis_of()
    older = first[first["quarter"] < "2026Q2"].drop(columns=["median", "p_adjusted", "is_back_cast", "segmentation_id"])
    second = kpis_of(previous=older)
    kept = second[second["quarter"] < "2026Q2"]
    assert len(kept) == len(older) and kept["median"].isna().all() and not kept["is_back_cast"].any()
    check(second, "kpis")
