from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from pydantic import ValidationError

from segkit import tables
from segkit.settings.value import Value
from segkit.value.account_value import join_parts, score_accounts

AS_OF = dt.date(2026, 9, 30)


def test_one_row_an_account_at_as_of_fit_for_the_table(make_accounts):
    now = make_accounts(
        revenue_12m=[60.0, 30.0, 6.0, -4.0], revenue_total=[100.0, 50.0, 20.0, 0.0], frequency=[4, 2, 1, 0]
    )
    before = now.assign(as_of=pd.Timestamp("2026-06-30"), revenue_12m=1.0)
    scored = score_accounts(pd.concat([before, now]), AS_OF, Value())
    value = tables.check(join_parts(scored).assign(is_contactable=True), "account_value")
    assert value["account_id"].tolist() == ["K0", "K1", "K2", "K3"]
    assert value["abc_class"].tolist() == ["A", "A", "B", "C"]
    assert value["monetary_value"].iloc[:3].tolist() == [25, 25, 20]
    assert pd.isna(value["monetary_value"].iloc[3])
    assert value["growth"].iloc[0] == pytest.approx(-0.4)
    assert value["xyz_class"].tolist() == ["X"] * 4


def test_cuts_are_settings(make_accounts):
    frame = make_accounts(revenue_12m=[60.0, 30.0, 10.0])
    strict = score_accounts(frame, AS_OF, Value(abc_a=0.5, abc_b=0.7, xyz_x=0.1, xyz_y=0.2))
    assert strict["abc_class"].tolist() == ["A", "B", "C"]
    assert strict["xyz_class"].tolist() == ["Z"] * 3


def test_order_of_rows_does_not_matter(make_accounts):
    frame = make_accounts(revenue_12m=[10.0, 10.0, 80.0, 5.0], days_since_last=[5, 5, 1, 9])
    shuffled = frame.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(score_accounts(frame, AS_OF, Value()), score_accounts(shuffled, AS_OF, Value()))


def test_three_accounts_and_one_with_everything(make_accounts):
    value = score_accounts(make_accounts(revenue_12m=[0.0, 5000.0, 0.0]), AS_OF, Value())
    assert value["abc_class"].tolist() == ["C", "A", "C"]
    assert value["cumulative_share"].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"abc_a": 0.95, "abc_b": 0.8}, "must be smaller"),
        ({"xyz_x": 2}, "must be smaller"),
        ({"abc_c": 0.5}, "Extra inputs"),
        ({"panel_quarters": 0}, "greater than or equal"),
    ],
)
def test_wrong_settings_are_refused(settings, message):
    with pytest.raises(ValidationError, match=message):
        Value(**settings)
