import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from segkit.errors import UserError
from segkit.tables import TABLES, check, data_dictionary

OPENING = {"segmentation_id": ["value"] * 3, "account_id": ["b", "a", "c"], "segment_id": ["S1", "S2", "S3"]}


def test_rows_come_in_key_order_and_own_columns_come_first():
    checked = check(pd.DataFrame({"more": [1, 2, 3]} | OPENING), "opening_segments")
    assert list(checked.columns) == ["segmentation_id", "account_id", "segment_id", "more"]
    assert list(checked["account_id"]) == ["a", "b", "c"]


def test_missing_columns_are_named_all_at_once():
    with pytest.raises(UserError) as error:
        check(pd.DataFrame({"account_id": ["a"]}), "opening_segments")
    assert error.value.problems == [
        "opening_segments: column segmentation_id is missing.",
        "opening_segments: column segment_id is missing.",
    ]


def test_empty_values_are_counted_with_their_rows():
    frame = pd.DataFrame(OPENING | {"account_id": ["a", None, None]})
    with pytest.raises(UserError, match=r"opening_segments: 2 of 3 values of account_id are empty \(rows 1, 2"):
        check(frame, "opening_segments")


def test_types_are_those_of_the_table_and_statistics_are_rounded():
    period = {"quarter": ["2026Q3"], "start": [dt.date(2026, 7, 1)], "end": [dt.date(2026, 9, 30)]}
    period |= {"as_of": ["2026-09-30"], "first_money_date": ["2021-10-01"], "last_money_date": ["2026-09-30"]}
    period |= {"is_complete": [True], "money_source": ["invoices"], "history_days": [1825]}
    checked = check(pd.DataFrame(period), "run_period")
    assert checked["as_of"].iloc[0] == pd.Timestamp("2026-09-30") and str(checked["history_days"].dtype) == "Int64"
    stability = pd.DataFrame({"segmentation_id": ["v"], "method": ["kmeans"], "n_segments": [3], "segment_id": ["ALL"]})
    empty = dict.fromkeys(set(TABLES["segment_stability"].columns) - set(stability.columns))
    stability = stability.assign(**empty).assign(n_accounts=9, global_ari=0.1 + 0.2)
    assert check(stability, "segment_stability")["global_ari"].iloc[0] == 0.3


def test_every_key_and_required_column_exists():
    for table in TABLES.values():
        assert set(table.key) <= set(table.columns), table.name
        assert set(table.required) <= set(table.columns), table.name
        assert table.event_date is None or table.event_date in table.columns


def test_data_dictionary_names_every_column():
    text = data_dictionary()
    assert all(f"| {column} |" in text for table in TABLES.values() for column in table.columns)


def test_the_data_dictionary_in_docs_is_in_step():
    written = (Path(__file__).parents[1] / "docs" / "tables.md").read_text(encoding="utf-8")
    assert written == data_dictionary(), "run `python -m segkit.tables` to write docs/tables.md anew"
