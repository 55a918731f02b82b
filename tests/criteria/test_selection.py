"""Which criteria are chosen: by weight, without doubles, as people decided, and with a reason each."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.criteria import findings, shaping
from segkit.criteria.catalogue import criteria_catalogue
from segkit.criteria.evidence import Evidence, list_values
from segkit.criteria.ratings import find_problems, rate_criteria, read_rating
from segkit.criteria.selection import GRID_USES, find_used, select_criteria, weigh_goals
from segkit.decisions import COLUMNS
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.criteria import CriteriaSettings
from segkit.settings.goals import Goal
from segkit.tables import check
from segkit.texts import LANGUAGES, say

SETTINGS = CriteriaSettings()
GOALS = [
    Goal(id=kpi, kpi=kpi, target=1.0, deadline="2027-12-31", owner="Head of sales", why="growth")
    for kpi in ("logo_churn", "growth_12m")
]


def decided(*rows: dict) -> pd.DataFrame:
    empty = dict.fromkeys(COLUMNS["criteria"], "")
    return pd.DataFrame(
        [{**empty, "author": "Erika Muster", **row} for row in rows], columns=COLUMNS["criteria"], dtype="str"
    )


def evidence_of(associations: dict[tuple[str, str], float] | None = None, **changes: dict) -> Evidence:
    """All criteria available and flawless, without power; `changes` by criterion, and pairs that go together."""
    names = list(criteria_catalogue())
    table = pd.DataFrame({"criterion_id": names, "is_available": True, "missing": None, "kind": "number"})
    table = table.assign(n_accounts=100, coverage=1.0, age_days=1.0, spread=1.0, redundancy=0.0, redundant_with=None)
    table = table.assign(power=np.nan, power_low=np.nan, power_high=np.nan, n_power=np.nan, is_small=False)
    table = table.assign(gain=np.nan, gain_low=np.nan, gain_high=np.nan, power_quarters=np.nan, stability=0.9)
    table = table.assign(power_as_of=pd.NaT, power_reason=None, proxy_for=None, proxy_association=np.nan)
    table = table.set_index("criterion_id").astype(
        {"missing": object, "proxy_for": object, "power_as_of": "datetime64[us]"}
    )
    for name, change in changes.items():
        for column, value in change.items():
            table.loc[name, column] = value
    matrix = pd.DataFrame(np.eye(len(names)), index=names, columns=names)
    for (one, other), strength in (associations or {}).items():
        matrix.loc[one, other] = matrix.loc[other, one] = strength
    return Evidence(table.reset_index(), matrix, pd.DataFrame())


def choose(evidence: Evidence | None = None, goals=(), decisions=None, settings=SETTINGS) -> pd.DataFrame:
    decisions = decided() if decisions is None else decisions
    return select_criteria(evidence or evidence_of(), settings, list(goals), decisions, GRID_USES).set_index(
        "criterion_id"
    )


def test_the_most_relevant_are_chosen_and_their_weights_sum_to_one():
    table = choose()
    chosen = table[table["is_selected"]]
    assert len(chosen) == 6 and (chosen["relevance"] == 5).sum() == 5
    assert chosen["weight"].sum() == pytest.approx(1) and (table.loc[~table["is_selected"], "weight"] == 0).all()
    assert set(table.loc[~table["is_selected"], "reason"]) == {"criteria.enough", "criteria.sensitive"}


def test_goals_give_weight_to_what_serves_them():
    with_goals, without = weigh_goals(GOALS), weigh_goals([])
    by_id = dict(zip(criteria_catalogue(), with_goals, strict=True))
    assert by_id["revenue_change"] == 0.5 and by_id["life_cycle"] == 0.5 and by_id["region"] == 0
    assert set(without) == {1.0}
    before, after = choose(), choose(goals=GOALS)
    assert before.loc["satisfaction", "score"] == before.loc["avg_order_value_12m", "score"] == 0.75
    assert after.loc["satisfaction", "score"] == 0.625 and after.loc["avg_order_value_12m", "score"] == 0.375


def test_score_is_the_mean_of_relevance_goals_and_power():
    table = choose(evidence_of(revenue_12m={"power_low": 0.6}), GOALS)
    assert table.loc["revenue_12m", "score"] == pytest.approx((1 + 0.5 + 0.6) / 3)
    assert table.loc["region", "score"] == pytest.approx((0.25 + 0 + 0) / 3)
    parts = SETTINGS.model_copy(update={"parts": SETTINGS.parts.model_copy(update={"power": 2.0, "goals": 0.0})})
    assert choose(evidence_of(revenue_12m={"power_low": 0.6}), GOALS, settings=parts).loc[
        "revenue_12m", "score"
    ] == pytest.approx((1 + 2 * 0.6) / 3)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"is_available": False}, "criteria.missing"),
        ({"coverage": 0.59}, "criteria.gaps"),
        ({"age_days": 1096.0}, "criteria.old"),
        ({"spread": 0.05}, "criteria.one_group"),
        ({"stability": 0.3}, "criteria.unstable"),
        ({"proxy_for": "country", "proxy_association": 0.9}, "criteria.proxy"),
        ({"stability": np.nan, "age_days": np.nan}, "criteria.chosen"),
    ],
)
def test_each_doubt_keeps_a_criterion_out_and_is_named(change, reason):
    table = choose(evidence_of(revenue_12m=change))
    assert table.loc["revenue_12m", "reason"] == reason
    assert table.loc["revenue_12m", "is_selected"] == (reason == "criteria.chosen")


def test_what_says_the_same_as_a_heavier_one_is_left_out_with_its_rival():
    table = choose(evidence_of({("revenue_12m", "top_need"): 0.81}))
    assert table.loc["top_need", "reason"] == "criteria.redundant" and table.loc["top_need", "rival"] == "revenue_12m"
    assert table.loc["top_need", "rival_association"] == 0.81
    assert choose(evidence_of({("revenue_12m", "top_need"): 0.8})).loc["top_need", "is_selected"]


def test_people_overrule_and_their_names_stand_beside_it():
    decisions = decided(
        {"criterion_id": "region", "choice": "in"},
        {"criterion_id": "revenue_12m", "choice": "out"},
        {"criterion_id": "tickets_12m", "relevance": "5", "ease": "5"},
    )
    table = choose(decisions=decisions)
    assert table.loc["region", "reason"] == "criteria.chosen_by_hand" and table.loc["region", "is_selected"]
    assert table.loc["revenue_12m", "reason"] == "criteria.out_by_hand"
    assert table.loc["tickets_12m", "is_selected"] and table.loc["tickets_12m", "is_rated"]
    assert table.loc["tickets_12m", "usage"] == criteria_catalogue()["tickets_12m"].usage
    assert (table["author"].dropna() == "Erika Muster").all() and table["author"].notna().sum() == 3


def test_people_cannot_choose_what_the_data_do_not_give():
    evidence = evidence_of(region={"is_available": False, "missing": "accounts.region"})
    table = choose(evidence, decisions=decided({"criterion_id": "region", "choice": "in"}))
    assert table.loc["region", "reason"] == "criteria.missing" and not table.loc["region", "is_selected"]


@pytest.mark.parametrize(
    ("text", "rating"), [("4", 4), ("4.0", 4), ("4,0", 4), ("6", None), ("0", None), ("4.5", None), ("x", None)]
)
def test_ratings_are_read_as_spreadsheets_write_them(text, rating):
    assert read_rating(text) == rating


def test_what_cannot_be_obeyed_is_said_and_leaves_the_rest_as_it_was():
    decisions = decided(
        {"criterion_id": "colour_of_door", "ease": "3"},
        {"criterion_id": "region", "ease": "9", "relevance": "4"},
        {"criterion_id": "employees", "choice": "maybe"},
        {"criterion_id": "n_sites", "choice": "in"},
        {"criterion_id": "country", "choice": "in"},
    )
    rated = rate_criteria(decisions)
    assert rated.loc["region", "ease"] == 5 and rated.loc["region", "relevance"] == 4
    problems = find_problems(decisions, set(criteria_catalogue()) - {"n_sites"})
    keys = ["unknown", "ease", "choice", "unavailable", "sensitive"]
    assert [problem["key"] for problem in problems] == [f"criteria.warn_{key}" for key in keys]
    for language in LANGUAGES:
        said = [say(problem["key"], language, **_numbers(problem)) for problem in problems]
        assert all("Erika Muster" in sentence for sentence in said) and "colour_of_door" in said[0] and "9" in said[1]


def test_nothing_at_all_is_available_and_the_page_says_so():
    nothing = {name: {"is_available": False, "missing": "accounts.x"} for name in criteria_catalogue()}
    table = choose(evidence_of(**nothing)).reset_index()
    assert not table["is_selected"].any() and (table["weight"] == 0).all()
    assert findings.describe_answer(table)[0]["key"] == "criteria.warn_none"
    assert findings.describe_power(table)[0]["key"] == "criteria.no_power"
    assert shaping.list_reasons(table, SETTINGS, chosen=True).empty


def test_too_few_accounts_for_an_interval_show_nothing():
    found = findings.describe_power(choose(evidence_of(revenue_12m={"power": 0.8, "n_power": 12.0})).reset_index())
    assert [finding["key"] for finding in found] == ["criteria.few_accounts"] and found[0]["n"] == 12


def test_the_table_is_as_the_dictionary_says():
    evidence = evidence_of(revenue_12m={"power": 0.5, "power_low": 0.4, "power_high": 0.6, "n_power": 90.0})
    table = choose(evidence, GOALS).reset_index()
    assert len(check(table, "criteria")) == len(table) > 0, "check raises where a column or type is not as written"


def test_every_reason_is_a_sentence_with_its_numbers_in_both_languages():
    evidence = evidence_of(
        {("revenue_12m", "top_need"): 0.9},
        revenue_12m={"power": 0.5, "power_low": 0.4, "power_high": 0.6},
        region={"coverage": 0.31},
        employees={"proxy_for": "country", "proxy_association": 0.7},
        n_sites={"is_available": False, "missing": "installed_base.site_id"},
    )
    table = choose(evidence, GOALS).reset_index()
    words = {}
    for chosen in (True, False):
        shown = shaping.list_reasons(table, SETTINGS, chosen)
        words |= dict(zip(shown["criterion_en"], zip(shown["reason_de"], shown["reason_en"], strict=True), strict=True))
    assert "40.0% to 60.0%" in words["Revenue of 12 months"][1] and "50,0" in words["Revenue of 12 months"][0]
    assert "„Umsatz 12 Monate“" in words["Benefit sought"][0] and "0.90" in words["Benefit sought"][1]
    assert "31.0%" in words["Region"][1] and "installed_base.site_id" in words["Number of sites"][1]
    assert "Country" in words["Employees"][1] and "Land" in words["Employees"][0]
    assert "goals" in words["Revenue of 12 months"][1]
    alone = shaping.list_reasons(choose(evidence).reset_index(), SETTINGS, chosen=True)
    assert not alone["reason_en"].str.contains("goals").any()


def test_findings_name_what_is_used_and_what_is_not():
    table = choose(evidence_of(), GOALS).reset_index()
    used = {finding["key"]: finding["names_en"] for finding in findings.describe_used(table)}
    chosen = set(table.loc[table["is_selected"], "name_en"])
    assert "Revenue of 12 months" in used["criteria.both"] and "Recency" in " ".join(used.values())
    assert set(used["criteria.only_chosen"].split(", ")) == chosen - set(used["criteria.both"].split(", "))


def test_findings_of_power_say_how_sure_and_against_what():
    told = {"power_as_of": pd.Timestamp("2025-06-30"), "power_quarters": 4.0, "n_power": 20.0, "is_small": True}
    evidence = evidence_of(
        revenue_12m={"power": 0.5, "power_low": 0.4, "power_high": 0.6, **told},
        life_cycle={
            "power": 0.7,
            "power_low": 0.6,
            "power_high": 0.8,
            "gain": 0.2,
            "gain_low": 0.1,
            "gain_high": 0.3,
            **told,
        },
        regularity={
            "power": 0.0,
            "power_low": -0.1,
            "power_high": 0.1,
            "gain": 0.0,
            "gain_low": -0.1,
            "gain_high": 0.1,
            **told,
        },
    )
    found = findings.describe_power(choose(evidence).reset_index())
    assert [finding["key"].removeprefix("criteria.") for finding in found] == [
        "power",
        "baseline",
        "gain",
        "untold",
        "small",
    ]
    assert found[0]["name_en"] == "Stage of life" and found[1]["value"] == 0.5 and found[2]["n"] == 1
    assert found[3]["n_silent"] == 1 and found[3]["n_told"] == 3
    for language in LANGUAGES:
        assert all(say(finding["key"], language, **_numbers(finding)) for finding in found)


def test_goals_are_listed_in_the_unit_of_their_kpi():
    shown = shaping.list_goals(
        [GOALS[0].model_copy(update={"baseline": 1.5}), GOALS[1].model_copy(update={"segment": "S1"})]
    )
    assert shown["target_de"].str.replace("\u00a0", " ").tolist() == ["100,0 %", "100,0 %"]
    assert shown["baseline_en"].tolist() == ["150.0%", "–"] and shown["whom_de"].tolist() == ["alle Kunden", "S1"]


def _numbers(finding: dict) -> dict:
    return {name: value for name, value in finding.items() if name != "key"}


def test_a_fitted_segmentation_says_which_criteria_it_uses():
    kmeans = AccountSegmentation(method="kmeans", criteria={"industry": 1.0})
    assert find_used(kmeans) == ("industry",) and find_used(AccountSegmentation()) == GRID_USES
    assert find_used(AccountSegmentation(method="mixture", criteria="chosen")) is None


def test_values_of_chosen_criteria_are_listed_and_gaps_have_no_row():
    values = pd.DataFrame({"employees": [5.0, np.nan], "region": ["Nord", "Süd"]}, index=["K1", "K2"])
    criteria = pd.DataFrame({"criterion_id": ["employees", "region"], "is_selected": [True, True]})
    listed = list_values(values, criteria)
    assert listed[["criterion_id", "account_id"]].values.tolist() == [
        ["employees", "K1"],
        ["region", "K1"],
        ["region", "K2"],
    ]
    assert listed["number"].iloc[0] == 5.0 and listed["category"].tolist()[1:] == ["Nord", "Süd"]
    assert list_values(values, criteria.assign(is_selected=False)).empty
