"""Decisions on pairs hold in every quarter, whatever the ids are called by then; nothing of them is lost."""

import pandas as pd

from segkit.cleansing.pair_decisions import kept_pairs, pair_of, read_pairs


def decisions(*rows):
    return pd.DataFrame(rows, columns=["account_id_a", "account_id_b", "choice"])


def links(*rows):
    columns = ["source", "source_id", "account_id", "how", "probability"]
    return pd.DataFrame([(*row, "own", 1.0)[:5] if len(row) == 3 else row for row in rows], columns=columns)


NOW = links(("sap", "A", "A"), ("sap", "B", "B"), ("sap", "C", "C"), ("crm", "881", "A", "key", 1.0))


def test_both_orders_of_ids_are_one_pair_and_the_last_row_holds():
    found = read_pairs(decisions(("A", "B", "same"), ("B", "A", "different"), ("B", "C", " Same ")), NOW)
    assert (found.same, found.different) == ({("B", "C")}, {("A", "B")})
    assert not read_pairs(decisions(("A", "B", "same"), ("B", "A", "")), NOW).same


def test_a_number_of_another_system_names_its_record():
    assert read_pairs(decisions(("881", "B", "different")), NOW).different == {("A", "B")}


def test_an_account_of_the_previous_run_names_the_record_that_bore_its_id():
    before = links(("sap", "B", "Z", "match", 0.995))
    assert read_pairs(decisions(("Z", "C", "different")), NOW, before).different == {("B", "C")}


def test_what_cannot_be_obeyed_is_said():
    found = read_pairs(decisions(("A", "gone", "same"), ("A", "B", "maybe"), ("881", "A", "same"), ("x", "y", "")), NOW)
    assert (found.gone, found.unclear) == (["gone"], ["maybe"])
    assert not found.same


def test_what_the_previous_run_merged_is_kept_until_somebody_decides():
    before = links(("sap", "A", "A"), ("sap", "B", "A", "match", 0.993), ("sap", "C", "C"))
    assert kept_pairs(NOW, before, read_pairs(None, NOW)) == {("A", "B"): 0.993}
    assert kept_pairs(NOW, before, read_pairs(decisions(("B", "A", "same")), NOW)) == {}
    assert kept_pairs(NOW, None, read_pairs(None, NOW)) == {}


def test_records_of_an_account_whose_own_record_is_gone_hang_together():
    before = links(("sap", "B", "Z", "match", 0.993), ("sap", "C", "Z", "match", 0.999))
    assert kept_pairs(NOW, before, read_pairs(None, NOW)) == {("B", "C"): 0.999}


def test_a_merge_by_decision_lasts_as_long_as_the_decision():
    before = links(("sap", "A", "A"), ("sap", "B", "A", "decision", 1.0))
    assert kept_pairs(NOW, before, read_pairs(None, NOW)) == {}


def test_a_known_key_of_the_previous_run_keeps_nothing():
    before = links(("sap", "A", "C", "key", 1.0), ("sap", "C", "C"))
    assert kept_pairs(NOW, before, read_pairs(None, NOW)) == {}


def test_pairs_are_ordered():
    assert pair_of("b", "a") == ("a", "b") == pair_of("a", "b")
