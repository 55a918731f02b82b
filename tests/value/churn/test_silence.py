"""The own rhythm, and how unusual a silence is."""

import numpy as np
import pandas as pd
import pytest

from segkit.value.churn.silence import fit_silence, silence_chance, unusual_silence, usual_intervals

START = pd.Timestamp("2025-01-01")


def rows(accounts):
    """Accounts by (gaps, days of each gap)."""
    return pd.DataFrame(
        [(START, START + pd.Timedelta(days=gaps * each), gaps + 1) for gaps, each in accounts],
        columns=["first_sale_date", "last_sale_date", "n_sale_days"],
    )


def test_few_gaps_are_drawn_towards_the_rhythm_of_all_and_many_are_not():
    found = usual_intervals(rows([*[(40, 10)] * 20, *[(40, 90)] * 20, (1, 2), (0, 0)]))
    assert found[0] == pytest.approx(10, rel=0.1)
    assert found[20] == pytest.approx(90, rel=0.1)
    assert 3 < found[40] < 30  # two days once are no rhythm
    assert found[41] == pytest.approx(30, rel=0.15)  # a one-time buyer has that of all: √(10 · 90)


def test_without_a_sale_or_a_second_purchase_there_is_no_rhythm():
    assert usual_intervals(rows([(0, 0), (0, 0)])).isna().all()
    without = rows([(4, 10)] * 12).assign(last_sale_date=lambda f: f["last_sale_date"].where(f.index > 0))
    assert usual_intervals(without).isna().tolist() == [True, *[False] * 11]


def test_a_silence_that_one_in_a_hundred_reached():
    curve = fit_silence(np.array([*np.linspace(0, 2, 98), 3.0]))
    assert silence_chance(np.array([3.0, 50.0]), curve) == pytest.approx([0.01, 0.01])
    assert silence_chance(np.array([1.0]), curve) == pytest.approx([0.5], abs=0.02)
    assert np.isnan(silence_chance(np.array([np.nan]), curve)).all()
    assert 1.9 < unusual_silence(curve, 0.015) < 3


def test_nobody_bought_again():
    assert silence_chance(np.array([4.0]), fit_silence(np.array([]))) == pytest.approx([1.0])
