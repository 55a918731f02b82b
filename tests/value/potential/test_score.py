"""Potential of whole companies: lawful ones, odd ones, and such of which hardly anything is known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit import texts
from segkit.tables import TABLES
from segkit.value.potential.diamonds import select_diamonds
from segkit.value.potential.score import COLUMNS


def said(scored) -> list[str]:
    """Return the keys of all findings; each has a sentence in both languages."""
    found = [finding for section in scored.model["findings"].values() for finding in section]
    for finding in found:
        numbers = {name: number for name, number in finding.items() if name != "key"}
        assert all("{" not in texts.say(finding["key"], language, **numbers) for language in texts.LANGUAGES)
    return [finding["key"] for finding in found]


def test_a_lawful_company_gets_the_models_limits(score, lawful):
    revenue, known = lawful
    scored = score(revenue, known=known)
    rows = scored.rows
    assert list(rows) == COLUMNS and set(COLUMNS) <= set(TABLES["account_value"].columns)
    assert scored.model["basis"] == "model" and rows["potential_basis"].eq("model").all()
    assert (rows["potential"] >= revenue).all() and (rows["share_of_wallet"] <= 1).all()
    assert ((rows["potential_low"] <= rows["potential"]) & (rows["potential"] <= rows["potential_high"])).all()
    assert scored.model["coefficients"]["industry_28"] > scored.model["coefficients"]["industry_43"]
    card = scored.cards[scored.cards["origin"] == "all"].set_index("metric")
    assert card.loc["coverage", "value"] == pytest.approx(0.9, abs=0.03) and card.loc["pinball", "gain_low"] > 0
    assert said(scored)[0] == "potential.answer" and "potential.trust_model" in said(scored)
    top = scored.reasons[scored.reasons["reason_rank"] == 1]
    assert len(top) == 300 and (top["reason"] == "potential.reason_employees").mean() > 0.6
    assert list(scored.reasons) == [c for c in TABLES["account_reasons"].columns if c != "is_contactable"]


def test_the_same_seed_gives_the_same_rows_whatever_the_order(score, lawful):
    revenue, known = lawful
    tables = {"installed_base": pd.DataFrame({"account_id": ["K001", "K001", "K002"], "site_id": "1", "machine": "m"})}
    first, second = score(revenue, known=known, **tables), score(revenue, known=known, **tables)
    pd.testing.assert_frame_equal(first.rows, second.rows)
    pd.testing.assert_frame_equal(first.cards, second.cards)


def test_an_account_of_which_nothing_is_known_is_compared_with_all(score, lawful):
    revenue, known = lawful
    known = {name: [None, *values[1:]] for name, values in known.items()}
    row = score(revenue, known=known).rows.iloc[0]
    assert (row["potential_basis"], row["n_peers"]) == ("peers", 300) and pd.isna(row["peer_industry"])


def test_where_the_model_cannot_see_it_the_count_among_peers_holds(score):
    """Small firms buy much in one industry and little in the other: effects that add up cannot say that."""
    rng = np.random.default_rng(2)
    division, size = rng.choice(["28", "43"], 400), rng.choice(["small", "large"], 400)
    heads = np.where(size == "small", 20, 500)
    revenue = np.where((division == "28") == (size == "small"), 1e5, 1e3) * np.exp(rng.normal(0, 0.2, 400))
    known = {"employees": heads, "industry_division": division, "industry": division, "size_class": size}
    scored = score(revenue.tolist(), known=known)
    assert scored.model["basis"] == "peers" and "potential.trust_rule" in said(scored)
    assert scored.rows["potential_basis"].eq("peers").all()
    assert scored.reasons["reason"].eq("potential.reason_peers").all()
    limit = scored.rows[["peer_revenue"]].assign(own=revenue).max(axis=1)
    assert scored.rows["potential"].to_numpy() == pytest.approx(limit, abs=1e-3)


@pytest.mark.parametrize(
    ("revenue", "key"),
    [([100.0], "too_few"), ([-5.0, 0.0] * 40, "too_few"), ([100.0] * 40, "no_firmographics"), ([], "too_few")],
)
def test_without_comparison_potential_is_empty_and_one_sentence_says_why(score, revenue, key):
    scored = score(revenue)
    assert said(scored) == [f"potential.{key}"] and scored.rows["potential"].isna().all()
    assert list(scored.rows) == COLUMNS and len(scored.rows) == len(revenue)
    assert scored.cards["n"].eq(0).all() and scored.reasons.empty and scored.calibration.empty
    value = scored.rows.assign(revenue_12m=revenue, abc_class="C")
    assert select_diamonds(value, pd.DataFrame(columns=["account_id", "owner_id"])).empty


def test_what_market_competitors_and_owners_say_stays_without_a_comparison(score):
    tables = {
        "sectors": pd.DataFrame(
            {"industry_code": ["28"], "period": ["2025"], "market_size": [1e6], "employees": [100]}
        ),
        "competitors": pd.DataFrame({"account_id": ["K000"], "competitor": ["X"], "share": [0.75]}),
        "estimates": pd.DataFrame({"account_id": ["K000", "K9"], "potential": ["500", "1"]}),
    }
    scored = score([100.0], known={"employees": [3], "industry_division": ["28"]}, **tables)
    row = scored.rows.iloc[0]
    figures = row[["potential_top_down", "potential_known", "potential_estimate"]]
    assert figures.tolist() == [30_000.0, 400.0, 500.0]
    assert said(scored) == ["potential.too_few", "potential.warn_estimates"] and pd.isna(row["potential"])


@pytest.mark.parametrize("revenue", [[100.0] * 60, [100.0] * 59 + [1e12], [50.0] * 40 + [-1e6] * 20, [1e-4] * 60])
def test_odd_money_has_limits_that_make_sense(score, revenue):
    known = {"employees": list(range(1, 61)), "size_class": ["small"] * 60, "industry_division": ["28"] * 60}
    scored = score(revenue, known=known)
    assert (scored.rows["potential"] >= pd.Series(revenue)).all() and (scored.rows["potential"] > 0).all()
    assert scored.rows["share_of_wallet"].between(0, 1).all()
    assert "potential.answer" in said(scored)
    if len(set(revenue)) == 1:
        assert scored.rows["potential"].to_numpy() == pytest.approx(revenue, rel=0.05)
