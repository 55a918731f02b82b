"""Verdicts and sentences made from the rows of model_cards."""

import pandas as pd
import pytest

from segkit.settings.backtest import Backtest
from segkit.texts import say
from segkit.value.backtests.cards import list_verdicts, name_verdicts, summarise_trust, trust_findings
from segkit.value.backtests.kinds import METRICS
from segkit.value.backtests.scores import compare

DRAWS = Backtest(draws=100)


@pytest.fixture(scope="module")
def cards(make_cases):
    churn, money = make_cases(), make_cases(kind="amount")
    return pd.concat(
        [
            compare(money, "amount", "lifetime", "lifetime.rule_a", "mae", 365, DRAWS, 1),
            compare(money.assign(baseline=money["prediction"]), "amount", "lifetime", "lifetime.rule_b", "mae", 365,
                    DRAWS, 1),
            compare(churn, "probability", "churn", "churn.rule", "auc", 182, DRAWS, 1),
            compare(churn.iloc[:0], "probability", "onboarding", "onboarding.rule", "auc", 182, DRAWS, 1),
        ]
    )  # fmt: skip


def test_one_row_per_model_and_rule_in_the_order_of_the_notebook(cards):
    found = list_verdicts(cards)
    assert found["model"].tolist() == ["lifetime", "lifetime", "churn", "onboarding"]
    assert found["used"].tolist() == ["rule", "rule", "model", "rule"]  # the second rule is as good as the model
    churn = found.iloc[2]
    assert (churn["n_origins"], churn["first_origin"], churn["last_origin"]) == (2, "2025-12-31", "2026-03-31")
    assert churn["relative"] == pytest.approx(churn["gain"] / churn["baseline"])


def test_the_sentences_hold_both_numbers_and_what_is_used(cards):
    measured, used = trust_findings(cards, "churn")
    assert (measured["key"], used["key"]) == ("cards.measured_auc_churn", "cards.used_model")
    row = list_verdicts(cards).iloc[2]
    assert (measured["value"], measured["baseline"]) == (row["value"], row["baseline"])
    measured, used = trust_findings(cards, "lifetime")
    assert measured["gain"] == 0 and used["key"] == "cards.used_rule_no_better"
    assert [f["key"] for f in trust_findings(cards, "onboarding")] == ["cards.used_rule_no_cases"]
    assert trust_findings(cards, "potential") == []


def test_the_top_of_the_page_counts_what_is_used_and_what_could_not_be_tried(cards):
    first, second = summarise_trust(cards)
    assert (first["n_models"], first["n_used"], first["n_rules"], second["n"]) == (2, 1, 1, 1)
    keys = {name: summarise_trust(cards[cards["model"] == name])[0]["key"] for name in ("churn", "lifetime")}
    assert keys == {"churn": "cards.summary_all", "lifetime": "cards.summary_rules"}
    assert summarise_trust(cards.iloc[:0]) == [{"key": "cards.summary_nothing"}]


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_metric_verdict_and_reason_has_its_words(cards, language):
    for metric in [m for kind in METRICS.values() for m in kind]:
        assert say(f"cards.metric_{metric}", language)
        figures = dict.fromkeys(["n", "value", "low", "high", "baseline"], 0.5)
        assert "–" not in say(f"cards.measured_{metric}", language, **figures)
    for finding in [*summarise_trust(cards), *(f for m in ("lifetime", "churn") for f in trust_findings(cards, m))]:
        assert "{" not in say(finding.pop("key"), language, **finding)
    for reason in ("few_accounts", "few_outcomes", "one_outcome", "constant", "no_cases", "no_better"):
        assert say(f"cards.{reason}", language) and say(f"cards.used_rule_{reason}", language, n=3)


def test_the_table_to_read_has_words_in_both_languages(cards):
    found = name_verdicts(list_verdicts(cards))
    row = found.iloc[2]
    assert (row["forecast_de"], row["forecast_en"]) == ("Abwanderung und Verlängerung", "Churn and renewal risk")
    assert (row["in_use_de"], row["in_use_en"]) == ("Modell gilt", "model in use")
    assert row["model_figure_en"].count("%") == 3 and row["beside_rule_en"] == "churn.rule"
    assert found.iloc[3]["model_figure_de"] == "–"
