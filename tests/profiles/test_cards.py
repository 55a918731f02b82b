"""Tables of a quarter, what the cards say, and the sentences of the notebook."""

import re

import numpy as np
import pandas as pd
import pytest

from segkit.features.contactable import add_contactable
from segkit.profiles import findings
from segkit.profiles.cards import Earlier
from segkit.profiles.quarterly import describe_segments
from segkit.reports.cards import cards_html
from segkit.tables import check
from segkit.texts import LANGUAGES, say

from .conftest import AS_OF, MODEL, NO_NAMES, company


def quarter(found, name="2026Q3", earlier=None, is_complete=True, names=NO_NAMES):
    tables = {
        "account_value": found.value,
        "accounts": found.accounts,
        "segments": found.segments,
        "segment_sizes": found.sizes,
    }
    made = describe_segments(found.features, AS_OF, name, is_complete, MODEL, tables, None, names, earlier)
    flags = found.accounts.assign(is_contactable=True)
    return {table: check(add_contactable(frame, flags, table), table) for table, frame in made.items()}


def sentences(tables, is_complete=True):
    cards, profiles = tables["segment_cards"], tables["profiles"]
    told = findings.describe_answer(cards, profiles) + findings.describe_rules(profiles)
    told += findings.describe_limits(cards, profiles) + findings.describe_categories(cards, profiles)
    told += findings.describe_changes(cards, is_complete) + findings.describe_names(cards)
    return told + findings.describe_next(cards)


@pytest.mark.parametrize("sizes", [(("S1", 60), ("S3", 80), ("S7", 100)), (("S1", 5), ("S3", 7)), (("S1", 1),)])
def test_companies_of_any_size_have_cards_and_sentences(sizes):
    tables = quarter(company(sizes=sizes))
    cards = tables["segment_cards"]
    assert cards["n_accounts"].tolist() == [n for _, n in sizes]
    assert cards["is_small"].tolist() == [n < 10 for _, n in sizes]
    for key, numbers in sentences(tables):
        for language in LANGUAGES:
            assert "{" not in say(key, language, **numbers) and "–" not in say(key, language, **numbers)
    assert set(cards_html(cards, tables["segment_traits"], tables["segment_examples"])) == set(LANGUAGES)


def test_money_and_shares_are_those_of_the_accounts(planted):
    cards = quarter(planted)["segment_cards"].set_index("segment_id")
    top = planted.features[planted.segments["segment_id"] == "S1"]
    assert float(cards.loc["S1", "revenue"]) == pytest.approx(top["revenue_12m"].sum())
    assert cards.loc["S1", "margin_rate"] == pytest.approx(0.4)
    assert float(cards.loc["S1", "median_revenue"]) == pytest.approx(top["revenue_12m"].median())


def test_changes_count_who_came_and_who_left(planted):
    then = planted.segments.copy()
    then.loc[0, "segment_id"] = "S3"  # came into S1
    then.loc[[100, 101], "segment_id"] = "S1"  # left S1 for S3
    then = then.iloc[:-1]  # the last account of S7 is new
    sizes = planted.sizes.assign(n_accounts=[61, 79, 99], revenue_12m=planted.sizes["revenue_12m"] - 10)
    cards = quarter(planted, earlier=Earlier("2026Q2", then, sizes, None))["segment_cards"].set_index("segment_id")
    assert cards[["n_joined", "n_left", "change_accounts"]].astype(int).values.tolist() == [
        [1, 2, -1],
        [2, 1, 1],
        [1, 0, 1],
    ]
    assert cards["change_revenue"].astype(float).tolist() == pytest.approx([10, 10, 10])
    assert (cards["compared_with"] == "2026Q2").all()


def test_incomplete_quarters_and_first_runs_are_not_compared(planted):
    earlier = Earlier("2026Q2", planted.segments, planted.sizes, None)
    for tables in (quarter(planted), quarter(planted, earlier=earlier, is_complete=False)):
        cards = tables["segment_cards"]
        assert cards[["compared_with", "change_accounts", "change_revenue", "n_joined", "n_left"]].isna().all(axis=None)
        assert "Kein Vergleich" in cards_html(cards, tables["segment_traits"], tables["segment_examples"])["de"]
    keys = [key for key, _ in findings.describe_changes(cards, False)]
    assert keys == ["profiles.changed_incomplete"]


def test_typical_accounts_lie_in_the_middle_and_the_largest_lead(planted):
    examples = quarter(planted)["segment_examples"]
    top = planted.features[planted.segments["segment_id"] == "S1"].set_index("account_id")
    largest = examples[(examples["segment_id"] == "S1") & (examples["role"] == "largest")].sort_values("rank")
    assert largest["account_id"].tolist() == top["revenue_12m"].nlargest(3).index.tolist()
    typical = examples[(examples["segment_id"] == "S1") & (examples["role"] == "typical")]["account_id"]
    middle = top["avg_order_value_12m"].rank(pct=True)[typical]
    assert middle.between(0.15, 0.85).all() and len(typical) == 3


def test_each_trait_tells_the_numbers_of_its_row(planted):
    traits = quarter(planted)["segment_traits"]
    assert traits.groupby("segment_id").size().between(3, 5).all()
    facts = traits[traits["is_fact"]]
    assert facts["reason"].str.startswith("profiles.fact_").all()
    top = traits[traits["segment_id"] == "S1"]
    assert not top["is_fact"].all() and not set(top["variable"]) & {"revenue_12m", "days_since_last", "tenure_days"}


def test_cards_escape_names_and_have_one_anchor_each():
    hostile = company()
    hostile.accounts["name"] = '<script>alert("x")</script>'
    tables = quarter(hostile)
    html = cards_html(tables["segment_cards"], tables["segment_traits"], tables["segment_examples"], "EUR", "2026Q3")
    assert "<script>" not in html["de"] and "&lt;script&gt;" in html["de"]
    assert sorted(re.findall(r' id="([^"]+)"', html["de"])) == ["segment-S1", "segment-S3", "segment-S7"]
    assert sorted(re.findall(r' id="([^"]+)"', html["en"])) == ["en-segment-S1", "en-segment-S3", "en-segment-S7"]
    assert 'data-segment="S1"' in html["en"] and "Segmentkarten Q3 2026" in html["de"]


def test_without_margins_the_card_tells_none(planted):
    found = company()
    found.features["margin_12m"] = np.nan
    found.sizes["margin_12m"] = np.nan
    tables = quarter(found)
    html = cards_html(tables["segment_cards"], tables["segment_traits"], tables["segment_examples"])
    assert "DB I<" not in html["de"] and "Margin I<" not in html["en"]
    missing = [numbers["missing_en"] for key, numbers in sentences(tables) if key == "profiles.missing"]
    assert "Margin I rate" in missing[0] and "Employees" in missing[0]


def test_an_account_never_seen_in_the_customer_master_has_its_id_as_name():
    found = company(sizes=(("S1", 5),))
    found.accounts = found.accounts.iloc[:0]
    assert set(quarter(found)["segment_examples"]["name"]) <= set(found.features["account_id"])


def test_same_input_same_bytes(planted):
    one, other = (quarter(company()) for _ in range(2))
    shuffled = company()
    shuffled.features = shuffled.features.sample(frac=1, random_state=1)
    shuffled.segments = shuffled.segments.sample(frac=1, random_state=2)
    for name, frame in quarter(shuffled).items():
        pd.testing.assert_frame_equal(frame, one[name])
        assert frame.to_csv() == other[name].to_csv()
