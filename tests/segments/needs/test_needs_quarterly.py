"""Needs of persons: planted ones come back, accounts may be mixed, needs keep their identity, bad input is told."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from unittest.mock import ANY

import numpy as np
import pandas as pd
import pytest

from segkit.segments.needs import findings
from segkit.segments.needs.quarterly import segment_persons
from segkit.segments.needs.roles import describe_mode
from segkit.segments.quarterly import Before
from segkit.statistics.clusterings import adjusted_rand
from segkit.tables import TABLES, check, no_rows
from segkit.texts import say

from .small_company import make_company, make_place, settings


def keys(model) -> set[str]:
    return {key for key, _ in model["notes"]}


def before_of(found, quarter) -> Before:
    return Before(quarter, found.model, found.tables["segments"], found.tables["segment_register"])


def test_planted_needs_come_back_with_their_names(found, company):
    persons, planted = found.tables["contact_segments"], company[1]
    answered = (persons["basis"] == "answers").to_numpy()
    assert answered.sum() == 150
    assert adjusted_rand(persons["segment_id"].to_numpy()[answered], planted[answered]) > 0.8
    register = found.tables["segment_register"].set_index("segment_id")
    assert sorted(register.index) == ["MIXED", "N1", "N2", "N3", "UNKNOWN"]
    assert {"Preis", "Ruhe und Zeit", "Rat und Netz"} == set(register.loc[["N1", "N2", "N3"], "name_de"])


def test_all_tables_fit_and_the_model_is_plain_json(found):
    json.loads(json.dumps(found.model))
    for name, frame in found.tables.items():
        wanted = list(TABLES[name].columns)
        shown = frame.assign(is_contactable=None) if name == "segments" else frame
        assert set(wanted) <= set(shown.columns), name
        check(shown[wanted], name)


def test_persons_without_answers_are_placed_by_attributes_or_not_at_all(found, company):
    persons, planted = found.tables["contact_segments"], company[1]
    guessed = (persons["basis"] == "attributes").to_numpy()
    assert guessed.sum() > 50
    assert (persons.loc[guessed, "confidence"] >= 0.6).all()
    assert adjusted_rand(persons["segment_id"].to_numpy()[guessed], planted[guessed]) > 0.3
    check_of = found.model["attributes"]["check"]
    assert check_of["accuracy"] > check_of["baseline"] + 0.2
    strict = segment_persons(company[0], settings(least_confidence=0.99), make_place())
    assert set(strict.tables["contact_segments"]["basis"]) == {"answers", "none"}


def test_account_has_the_need_of_most_or_mixed_or_nothing_known(found):
    persons = found.tables["contact_segments"]
    for row in found.tables["segments"].itertuples():
        mine = persons[persons["is_counted"] & (persons["basis"] != "none") & (persons["account_id"] == row.account_id)]
        shares = mine["segment_id"].value_counts(normalize=True)
        wanted = "UNKNOWN" if shares.empty else shares.index[0] if shares.iloc[0] >= 0.6 else "MIXED"
        assert row.segment_id == wanted
        assert np.isnan(row.confidence) == (wanted == "UNKNOWN")


def test_a_department_splits_only_beyond_errors_of_sorting(found):
    split = found.tables["need_departments"].drop_duplicates("department").set_index("department")
    assert split["is_split"].all()  # a fifth of each department wants what others want
    inputs, planted = make_company()
    pure = inputs.contacts.assign(department=np.array(["Einkauf", "Technik", "Labor"])[planted])
    found = segment_persons(replace(inputs, contacts=pure), settings(), make_place())
    assert not found.tables["need_departments"]["is_split"].any()


def test_candidates_are_rated_and_two_or_three_of_different_needs_begin(found):
    rated = found.tables["need_candidates"]
    assert rated["rank"].tolist() == list(range(1, len(rated) + 1)) and 3 <= len(rated) <= 12
    starts = rated[rated["is_start"]]
    assert 1 <= len(starts) <= 3 and starts["segment_id"].is_unique and (starts["n_reachable"] >= 20).all()
    assert rated["score"].is_monotonic_decreasing


def test_the_mode_changes_who_counts_and_not_the_needs(found, company):
    ends = ["A100", "A102", "A103"]  # A102 buys here, too; the dealer of A103 is not its dealer any more
    until = [pd.NaT, pd.NaT, pd.Timestamp("2026-05-31")]
    hierarchy = pd.DataFrame({"account_id": ends, "parent_id": "A101", "hierarchy_type": "Händler", "valid_to": until})
    buyers = company[0].features[~company[0].features["account_id"].isin(["A100", "A103"])]
    inputs = replace(company[0], hierarchy=hierarchy, features=buyers)
    design = segment_persons(inputs, settings(mode="business_design"), make_place())
    sold, made = found.tables["contact_segments"], design.tables["contact_segments"]
    assert sold["segment_id"].tolist() == made["segment_id"].tolist()
    buyers = (sold["role"] == "purchasing").to_numpy()
    assert sold["is_counted"][buyers].all() and not made["is_counted"][buyers].any()
    told = {"n": 1, "n_persons": int(made.loc[made["account_id"] == "A100", "is_counted"].sum()), "n_known": ANY}
    assert describe_mode(made, design.model)[-1] == ("needs.indirect", told)
    assert told["n_persons"] > 0
    selling = segment_persons(inputs, settings(), make_place()).tables["contact_segments"]
    at = selling.groupby("account_id")["is_counted"].any()
    assert not at["A100"] and at["A102"]
    assert set(selling.loc[selling["is_indirect"], "account_id"]) == {"A100"}


def test_examples_stand_for_their_need_and_are_never_named(found, company):
    persons = found.tables["contact_segments"]
    examples = persons[persons["is_example"]]
    assert examples["segment_id"].is_unique and examples["is_contactable"].all() and examples["is_counted"].all()
    told = findings.describe_examples(persons, company[0].contacts, company[0].accounts, found.tables["segment_sizes"])
    assert all("Menschen wie sie" in say(key, "de", **numbers) for key, numbers in told) and len(told) == 3


def test_needs_keep_their_ids_over_quarters_and_refits(found, company):
    place = make_place(quarter="2026Q4")
    kept = segment_persons(company[0], settings(), replace(place, before=before_of(found, place.quarter - 1)))
    assert kept.model["why"] == "kept" and kept.model["fit"] == found.model["fit"]
    assert kept.tables["segments"]["segment_id"].tolist() == found.tables["segments"]["segment_id"].tolist()
    assert set(kept.tables["segments"]["since_quarter"]) == {"2026Q3"}
    other, _ = make_company(n_answered=200)
    again = segment_persons(other, settings(refit="always"), replace(place, before=before_of(found, place.quarter - 1)))
    persons = again.tables["contact_segments"].merge(found.tables["contact_segments"], on="contact_id")
    both = persons[(persons["basis_x"] == "answers") & (persons["basis_y"] == "answers")]
    assert again.model["why"] == "always" and (both["segment_id_x"] == both["segment_id_y"]).mean() > 0.95


def test_people_decide_names_and_moves(company):
    names = [("needs", "N1", "Sparer", "Savers")]
    moves = [("needs", "A105", "N2", "2026Q3", "Vertrieb", "2026-09-01", "kennt den Kunden")]
    found = segment_persons(company[0], settings(), make_place(names=names, moves=moves))
    register = found.tables["segment_register"].set_index("segment_id")
    moved = found.tables["segments"].set_index("account_id").loc["A105"]
    assert register.at["N1", "name_de"] == "Sparer"
    assert moved["segment_id"] == "N2" and moved["is_manual"] and np.isnan(moved["confidence"])


def test_an_adopted_model_holds_once(found, company):
    two = segment_persons(company[0], settings(n_segments=2), make_place()).challenger_model
    told = dict.fromkeys(("quarter", "source", "by", "date", "note"), "x") | {"adoption_id": "a1", "model": two}
    place = make_place(before_of(found, make_place().quarter), quarter="2026Q4")
    taken = segment_persons(replace(company[0], adopted=told), settings(), place)
    assert taken.model["why"] == "adopted" and taken.model["adoption_id"] == "a1" and len(taken.model["segments"]) == 2
    after = replace(place, before=before_of(taken, place.quarter))
    assert segment_persons(replace(company[0], adopted=told), settings(), after).model["why"] == "kept"


def test_twelve_answers_are_no_segmentation_and_the_page_says_so(company):
    few = company[0].surveys.head(60)
    found = segment_persons(replace(company[0], surveys=few), settings(), make_place())
    assert found.model["why_not"] == ["needs.why_not_few", {"n": 12, "n_needed": 50}]
    assert set(found.tables["segments"]["segment_id"]) == {"UNKNOWN"}
    assert set(found.tables["contact_segments"]["basis"]) == {"none"} and found.tables["need_search"].empty
    told = findings.describe_needs(found.tables["contact_segments"], found.model)
    told += findings.describe_certainty(found.tables["need_search"], found.model)
    told += findings.describe_candidates(found.tables["need_candidates"], found.tables["segment_sizes"])
    assert all(say(key, language, **numbers) for key, numbers in told for language in ("de", "en"))


@pytest.mark.parametrize("which", ["surveys", "contacts", "both"])
def test_nothing_delivered_leaves_every_need_unknown(company, which):
    empty = {name: no_rows(name) for name in ("surveys", "contacts") if which in (name, "both")}
    found = segment_persons(replace(company[0], **empty), settings(), make_place())
    assert set(found.tables["segments"]["segment_id"]) == {"UNKNOWN"}
    assert findings.describe_needs(found.tables["contact_segments"], found.model)


def test_bad_answers_are_left_out_and_told(company):
    inputs = company[0]
    bad = inputs.surveys.copy()
    bad.loc[bad.index[:3], "answer"] = [77, -1, 9]
    alike = bad[bad["question"] == "Bedarf: Rat"].assign(question="Bedarf: Luft", answer=5.0)
    strangers = bad.head(5).assign(contact_id="P1")
    later = bad.head(50).assign(survey_date=pd.Timestamp("2026-12-01"), answer=1.0)
    people = inputs.contacts.assign(account_id=inputs.contacts["account_id"].where(inputs.contacts.index > 5))
    surveys = pd.concat([bad, alike, strangers, later])
    found = segment_persons(replace(inputs, surveys=surveys, contacts=people), settings(), make_place())
    wanted = {"needs.left_off_scale", "needs.left_alike", "needs.left_unknown_person", "needs.no_account"}
    assert wanted <= keys(found.model)
    assert [item["question"] for item in found.model["space"]["items"]] == [
        "Bedarf: Netz", "Bedarf: Preis", "Bedarf: Rat", "Bedarf: Ruhe", "Bedarf: Zeit",
    ]  # fmt: skip


def test_a_pattern_without_questions_names_the_nearest(company):
    found = segment_persons(company[0], settings(questions=["Bedrf: *"]), make_place())
    ((key, numbers),) = found.model["notes"]
    assert key == "needs.no_question" and numbers["nearest"].startswith("Bedarf")


def test_as_of_hides_later_answers_and_the_latest_counts(company):
    early = segment_persons(company[0], settings(), replace(make_place(), as_of=dt.date(2026, 5, 3)))
    assert early.model["why_not"]
    changed = company[0].surveys.head(5).assign(survey_date=pd.Timestamp("2026-06-01"), answer=[1.0, 1, 1, 7, 7])
    both = pd.concat([changed, company[0].surveys])
    found = segment_persons(replace(company[0], surveys=both), settings(), make_place())
    alone = segment_persons(
        replace(company[0], surveys=pd.concat([company[0].surveys, changed])), settings(), make_place()
    )
    assert found.model == alone.model and found.model["fit"] != segment_persons(*_plain(company)).model["fit"]


def _plain(company):
    return company[0], settings(), make_place()


def test_picked_items_are_categories_and_unpicked_ones_are_zero():
    rng = np.random.default_rng(3)
    inputs, planted = make_company(n_answered=240)
    chance = np.array([[0.9, 0.8, 0.1, 0.1, 0.1], [0.1, 0.2, 0.9, 0.8, 0.1], [0.1, 0.1, 0.2, 0.1, 0.9]])
    picked = rng.random((240, 5)) < chance[planted]
    person, item = np.nonzero(picked)
    surveys = pd.DataFrame(
        {
            "survey_id": "U1",
            "contact_id": inputs.contacts["contact_id"].to_numpy()[person],
            "survey_date": pd.Timestamp("2026-05-04"),
            "question": np.array(["Job: A", "Job: B", "Job: C", "Job: D", "Job: E"])[item],
            "answer": 1.0,
        }
    )
    found = segment_persons(replace(inputs, surveys=surveys), settings(), make_place())
    assert {entry["kind"] for entry in found.model["space"]["items"]} == {"pick"}
    persons = found.tables["contact_segments"]
    answered = (persons["basis"] == "answers").to_numpy()
    assert adjusted_rand(persons["segment_id"].to_numpy()[answered], planted[answered]) > 0.5
    shares = found.tables["need_profiles"]["estimate"]
    assert shares.between(0, 1).all() and found.tables["need_profiles"]["low"].min() >= 0


def test_same_input_same_tables(found, company):
    inputs = company[0]
    mixed = replace(inputs, contacts=inputs.contacts.sample(frac=1, random_state=1), surveys=inputs.surveys[::-1])
    again = segment_persons(mixed, settings(), make_place())
    assert again.model == found.model
    for name, frame in found.tables.items():
        pd.testing.assert_frame_equal(frame, again.tables[name])


def test_groups_of_chance_are_called_blurred(company):
    rng = np.random.default_rng(5)
    surveys = company[0].surveys
    chance = surveys.assign(answer=rng.integers(1, 8, len(surveys)).astype(float))
    found = segment_persons(replace(company[0], surveys=chance), settings(), make_place())
    told = findings.describe_needs(found.tables["contact_segments"], found.model)
    assert "needs.warn_blurred" in [key for key, _ in told]
