"""Leads are ranked by what was known on their day; what is missing is one sentence."""

import numpy as np
import pandas as pd
import pytest

from segkit import texts
from segkit.features.company_names import company_keys
from segkit.settings.value import Value
from segkit.tables import TABLES
from segkit.value.backtests.leaks import find_leaks
from segkit.value.leads.companies import add_companies
from segkit.value.leads.kept import CORRECTED, correct_chances, open_share
from segkit.value.leads.outcomes import add_outcomes
from segkit.value.leads.predictors import COUNTS, add_births, build_predictors, describe_leads, index_events
from segkit.value.leads.score import score_leads

QUICK = Value(backtest={"draws": 100, "origins": 3})
AS_OF = pd.Timestamp("2026-09-30")
RATES = {"Messe": 0.45, "Webseite": 0.15}


def period(is_complete=True):
    start = pd.Timestamp("2026-07-01")
    return pd.DataFrame({"start": [start], "as_of": [AS_OF if is_complete else start], "is_complete": [is_complete]})


TYPES = {"date": "datetime64[us]", "bool": "boolean", "int": "Int64", "float": "float64", "money": "float64"}


def empty(name):
    """The table as a run holds it where nobody delivered it."""
    columns = TABLES[name].columns.values()
    return pd.DataFrame({c.name: pd.Series(dtype=TYPES.get(c.type, "str")) for c in columns})


def tables(leads, **others):
    names = ("campaigns", "accounts", "engagements", "opportunities")
    return {"leads": leads} | {name: others.get(name, empty(name)) for name in names}


def score(leads, is_complete=True, **others):
    return score_leads(**tables(leads, **others), period=period(is_complete), settings=QUICK, seed=1)


def made(n=900, rates=RATES, seed=3):
    """Leads of two years: who converts does so in 20 days and gets a number then; every third company is known."""
    rng = np.random.default_rng(seed)
    source = rng.choice(list(rates), n)
    created = AS_OF - pd.to_timedelta(np.sort(rng.integers(0, 1100, n))[::-1], unit="D")
    day = created + pd.Timedelta(days=20)
    is_in = (rng.random(n) < pd.Series(source).map(rates)) & (day <= AS_OF)
    frame = pd.DataFrame(
        {
            "lead_id": [f"L{i:04d}" for i in range(n)],
            "account_id": np.where(is_in, [f"K{i}" for i in range(n)], None),
            "company": [f"Firma {i} GmbH" for i in range(n)],
            "created_date": created,
            "source_name": source,
            "campaign_id": None,
            "status": np.where(is_in, "converted", "neu"),
            "converted_date": pd.Series(day).where(is_in),
            "opportunity_id": np.where(is_in, [f"O{i}" for i in range(n)], None),
        }
    )
    return frame.astype({"created_date": "datetime64[us]", "converted_date": "datetime64[us]"})


def accounts_of(leads, days):
    """An account of each lead's company, made so many days after the lead."""
    frame = empty("accounts").reindex(range(len(leads)))
    return frame.assign(
        account_id=[f"K{i}" for i in range(len(leads))],
        name=leads["company"].str.upper().to_numpy(),
        created_date=(leads["created_date"] + pd.to_timedelta(days, unit="D")).to_numpy(),
        size_class="large",
    )


def keys(scored):
    return [f["key"] for section in ("answer", "trust") for f in scored.model["findings"][section]]


@pytest.fixture(scope="module")
def leads():
    return made()


@pytest.fixture(scope="module")
def scored(leads):
    return score(leads)


def test_the_better_source_stands_first_and_age_takes_the_chance(leads, scored):
    rows = scored.rows
    assert rows.columns.tolist() == [c for c in TABLES["lead_scores"].columns if c != "is_contactable"]
    assert rows["lead_rank"].tolist() == list(range(1, len(rows) + 1))
    assert rows["score"].is_monotonic_decreasing
    assert (rows["created_date"] > AS_OF - pd.Timedelta(days=180)).all()
    fresh = rows[rows["created_date"] > AS_OF - pd.Timedelta(days=15)]
    by_source = fresh.groupby("source_name")["score"].mean()
    assert by_source["Messe"] > 2 * by_source["Webseite"]
    assert by_source["Messe"] == pytest.approx(0.45, abs=0.1)
    late = rows[rows["created_date"] < AS_OF - pd.Timedelta(days=30)]
    assert (late["score"] < 0.02).all()
    assert set(late["reason"]) == {"leads.reason_age"}
    assert (late["reason_usual"] == 20).all()
    assert not scored.reasons.shape[0]


def test_it_is_tried_on_leads_that_came_later(scored):
    deciding = scored.cards[scored.cards["is_deciding"]].iloc[0]
    assert (deciding["model"], deciding["metric"], deciding["baseline_name"]) == ("leads", "auc", "leads.rule_source")
    assert deciding["used"] == "rule"  # nothing but the source is planted
    assert set(scored.rows["basis"]) == {"rule"}
    assert (scored.rows["score"] == scored.rows["rule_score"]).all()
    assert scored.calibration["n"].sum() == deciding["n"]
    assert {"leads.answer", "leads.sources", "leads.days", "leads.waited"} <= set(keys(scored))


def test_the_number_that_conversion_writes_is_not_looked_at(leads, scored):
    assert "leads.number_filled" in keys(scored)
    same = score(leads.assign(account_id=None))
    pd.testing.assert_series_equal(same.rows["score"], scored.rows["score"])
    accounts = accounts_of(leads, 20)  # of all, made when a lead would convert
    converted = leads["opportunity_id"].notna().to_numpy()
    with_accounts = score(leads, accounts=accounts[converted])
    pd.testing.assert_series_equal(with_accounts.rows["score"], scored.rows["score"])


def test_a_column_that_conversion_fills_is_left_out(leads):
    told = leads.assign(campaign_id=np.where(leads["opportunity_id"].notna(), "K1", None))
    campaigns = pd.DataFrame({"campaign_id": ["K1"], "channel": ["Messe"]})
    found = score(told, campaigns=campaigns)
    said = next(f for f in found.model["findings"]["trust"] if f["key"] == "leads.warn_filled")
    assert (said["column"], said["after"], said["before"]) == ("campaign_id", 1.0, 0.0)
    assert not [c for c in found.model["coefficients"] if c["predictor"] == "channel"]


def test_a_company_is_found_by_name_and_only_when_it_is_older(leads):
    accounts = accounts_of(leads, np.where(np.arange(len(leads)) % 3 == 0, -50, 20))
    known = add_companies(add_outcomes(leads, empty("opportunities")), tables(leads, accounts=accounts), False)
    assert known["account"].notna().all()
    assert known["is_known"].tolist() == [i % 3 == 0 for i in range(len(leads))]
    features = add_births(known, index_events(tables(leads, accounts=accounts)))
    assert (features["size"].eq("large") == known["is_known"]).all()
    by_number = add_companies(add_outcomes(leads, empty("opportunities")), tables(leads, accounts=accounts), True)
    assert by_number["account"].isna().equals(leads.set_index("lead_id")["account_id"].isna())


def test_names_without_case_and_legal_form():
    names = pd.Series(["Brenzholt Filter GmbH & Co. KG", "BRENZHOLT FILTER", "Brenzholt-Filter AG", "SE", None])
    assert company_keys(names).fillna("").tolist() == ["brenzholt filter"] * 3 + ["se", ""]


def test_a_planted_leak_is_caught(leads):
    accounts = accounts_of(leads, -50)
    visits = pd.DataFrame(
        {
            "account_id": np.repeat(accounts["account_id"].to_numpy(), 2),
            "engagement_date": np.tile([0, 120], len(leads)).astype("timedelta64[D]")
            + np.repeat(leads["created_date"].to_numpy() - np.timedelta64(5, "D"), 2),
            "engagement_type": "visit",
        }
    )
    given = tables(leads, accounts=accounts, engagements=visits)
    day = pd.Timestamp("2026-03-31")

    def honest(t, on):
        return build_predictors(t, on, 180, False)

    def leaking(t, on):
        waiting = honest(t, on)
        known = add_companies(add_outcomes(t["leads"], t["opportunities"]), t, False)
        events = index_events(t)
        later = describe_leads(add_births(known, events), events, known["created"].to_numpy() + 180)
        return waiting.assign(active_since=later["active_since"])

    assert find_leaks(honest, given, day, timeless=("accounts", "campaigns")) == []
    assert find_leaks(leaking, given, day, timeless=("accounts", "campaigns")) == ["active_since"]


def test_states_in_two_languages_and_in_free_text():
    states = {"Offen": True, "in Bearbeitung": True, "called twice": True, None: True, "open": True, "Neu": True,
              "Disqualifiziert": False, "Unqualified": False, "Closed - Not Converted": False, "kein Interesse": False,
              "Converted": False, "Qualified": False, "nicht qualifiziert": False, "umgewandelt": False}  # fmt: skip
    frame = made(len(states)).assign(status=list(states), converted_date=pd.NaT, opportunity_id=None)
    found = add_outcomes(frame, empty("opportunities"))
    assert found["is_open"].tolist() == list(states.values())
    undated = found.loc[found["is_undated"], "status"].tolist()
    assert undated == ["Converted", "Qualified", "umgewandelt"]


def test_what_nobody_closed_has_better_odds_by_hand():
    # of 100 leads of age 50, none expected to convert, 29 are open: (29 + 10) / 110; with the open one of age 60 it
    # would be 40 / 111 from age 45 on, but the share never rises
    ages = np.array([50.0] * 100 + [60.0])
    leads = pd.DataFrame({"created": 1000 - ages, "is_open": [True] * 29 + [False] * 71 + [True]})
    share = open_share(leads, pd.Series(np.zeros(101)), 1000, 180)
    assert share[[0, 20]].tolist() == [1, 1]
    assert share[[35, 50]].tolist() == pytest.approx([39 / 110] * 2)
    assert (np.diff(share) <= 0).all()
    same = {name: [0.2] for name in CORRECTED}
    assert correct_chances(pd.DataFrame(same), np.array([0.25]))["score"].tolist() == [0.5]  # odds 1:4 become 1:1


def test_the_opportunity_says_when_the_lead_does_not():
    frame = made(3).assign(converted_date=pd.NaT, opportunity_id=["A", None, "B"], status="offen")
    deals = pd.DataFrame({"opportunity_id": ["A"], "created_date": [AS_OF]})
    found = add_outcomes(frame, deals)
    assert found["converted"].notna().tolist() == [True, False, False]
    assert found["is_undated"].tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        (lambda f: f.iloc[:0], "leads.none"),
        (lambda f: f.assign(created_date=pd.NaT), "leads.no_dates"),
        (lambda f: f[f["converted_date"].notna()], "leads.all_converted"),
        (lambda f: f.assign(converted_date=pd.NaT, opportunity_id=None, status="neu"), "leads.none_converted"),
        (lambda f: f.tail(200), "leads.too_few"),
        (lambda f: f.assign(source_name="Messe"), "leads.one_source"),
        (lambda f: f.assign(source_name=None, company=None, account_id=None), "leads.no_company"),
        (lambda f: f.assign(status="disqualifiziert"), "leads.nobody_waits"),
    ],
)
def test_what_is_missing_is_one_sentence(leads, change, key):
    found = score(change(leads).reset_index(drop=True))
    assert key in keys(found)
    assert found.rows["lead_rank"].tolist() == list(range(1, len(found.rows) + 1))
    assert len(found.cards)


def test_an_incomplete_quarter_is_no_outcome(leads):
    part = score(leads, is_complete=False)
    last = part.cards.loc[part.cards["origin"] != "all", "origin"].max()
    assert pd.Timestamp(last) + pd.Timedelta(days=270) < pd.Timestamp("2026-07-01")


def test_same_bytes_whatever_the_order_of_the_rows(leads, scored):
    again = score(leads.sample(frac=1, random_state=1).reset_index(drop=True))
    pd.testing.assert_frame_equal(again.rows, scored.rows)
    pd.testing.assert_frame_equal(again.cards, scored.cards)


def test_every_reason_and_finding_has_words(leads, scored):
    accounts = accounts_of(leads, -50)
    others = [score(leads, accounts=accounts), scored]
    for found in others:
        for row in found.rows.itertuples():
            numbers = {"value": row.reason_value, "usual": row.reason_usual, "name": row.reason_name}
            assert texts.say(row.reason, "de", **numbers) != texts.say(row.reason, "en", **numbers)
        for finding in (f for part in found.model["findings"].values() for f in part):
            assert texts.say(**{"language": "de", **finding})
    kinds = {"source": ["", "no_"], "channel": ["", "no_"]}
    wanted = [f"reason_{word}{kind}" for kind, words in kinds.items() for word in words]
    wanted += [f"reason_standing_{c}" for c in ("unknown", "known", "customer")]
    wanted += [f"reason_size_{s}" for s in ("micro", "small", "medium", "large")]
    wanted += [f"reason_{few}{count}" for few in ("", "few_") for count in COUNTS]
    assert not [name for name in wanted if not texts.has(f"leads.{name}")]
