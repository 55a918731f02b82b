"""Conditions are true or false whatever is missing, and mean in every system what they mean here."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.segments.typing.as_excel import LONGEST, case_formula
from segkit.segments.typing.as_sql import condition_sql, number, rule_sql
from segkit.segments.typing.conditions import apply_rule, holds

KINDS = {
    **{"employees": "number", "branch": "text", "last": "date", "now": "number", "before": "number", "flag": "flag"},
}
BRANCHES = ["Öl, Gas", 'O\'Neil "q"', "öl, gas", "21", "gmbh", "GmbH", "", None]
HARD = {
    "fields": KINDS,
    "otherwise": "UNSURE",
    "rules": [
        {
            "segment_id": "S1",
            "when": {
                "all": [
                    {"field": "employees", "is": ">=", "value": 50},
                    {
                        "any": [
                            {"field": "branch", "is": "in", "values": ["Öl, Gas", 'O\'Neil "q"']},
                            {"field": "branch", "is": "missing"},
                        ]
                    },
                ]
            },
        },
        {"segment_id": "S2", "when": {"not": {"field": "now", "is": ">=", "times": 1.25, "other": "before"}}},
        {"segment_id": "S3", "when": {"field": "last", "is": "<", "value": "2025-10-01"}},
        {"segment_id": "S4", "when": {"field": "flag", "is": "=", "value": 1.0}},
        {"segment_id": "S5", "when": {"any": []}},
        {"segment_id": "S6", "when": {"field": "branch", "is": "in", "values": ["21", "GmbH"]}},
        {"segment_id": "S7", "when": {"all": [{"not": {"field": "employees", "is": "missing"}}, {"all": []}]}},
    ],
}


def hard_rows(n: int = 400) -> pd.DataFrame:
    """Rows at and beside every border, with missing, empty, umlauts, quotes and numbers as text."""
    rng = np.random.default_rng(1)
    pick = {name: rng.integers(0, 99, n) for name in ("a", "b", "c", "d", "e", "f")}
    frame = pd.DataFrame({"account_id": [f"{i:04d}" for i in range(n)]})
    frame["employees"] = np.array([49.999, 50, 50.0001, np.nan, 0])[pick["a"] % 5]
    frame["branch"] = [BRANCHES[i % len(BRANCHES)] for i in pick["b"]]
    frame["last"] = pd.to_datetime([["2025-09-30", "2025-10-01", None][i % 3] for i in pick["c"]])
    frame["now"] = np.array([1.25, 125, 12.5, 12.4999, np.nan])[pick["d"] % 5]
    frame["before"] = np.array([1, 100, 10, np.nan])[pick["e"] % 4]
    return frame.assign(flag=pd.array([[True, False, None][i % 3] for i in pick["f"]], "boolean"))


def test_missing_fulfils_no_comparison_and_so_fulfils_its_opposite():
    frame = pd.DataFrame({"employees": [50, 49, None], "branch": ["a", "", None]})
    big = {"field": "employees", "is": ">=", "value": 50}
    kinds = {"employees": "number", "branch": "text"}
    assert holds(frame, big, kinds).tolist() == [True, False, False]
    assert holds(frame, {"not": big}, kinds).tolist() == [False, True, True]
    assert holds(frame, {"field": "branch", "is": "missing"}, kinds).tolist() == [False, True, True]
    assert holds(frame, {"field": "branch", "is": "in", "values": ["a"]}, kinds).tolist() == [True, False, False]


def test_long_texts_are_not_cut():
    frame = pd.DataFrame({"branch": [None, "a long name of a branch"]})
    wanted = {"field": "branch", "is": "in", "values": ["a long name of a branch"]}
    assert holds(frame, wanted, {"branch": "text"}).tolist() == [False, True]


def test_sql_gives_the_same_segment_in_duckdb():
    import duckdb

    frame = hard_rows()
    con = duckdb.connect()
    con.register("given", frame)
    con.execute("CREATE TABLE accounts AS SELECT * FROM given")
    told = con.execute(rule_sql(HARD) + ' ORDER BY "account_id"').df()["segment_id"].to_numpy(str)
    assert (told == apply_rule(frame, HARD)).all()
    assert set(told) == {"S1", "S2", "S3", "S4", "S6", "S7", "UNSURE"}


@pytest.mark.parametrize("dialect", ["postgres", "tsql", "mysql", "oracle", "snowflake", "bigquery", "spark"])
def test_sql_is_read_by_other_databases(dialect):
    import sqlglot

    written = sqlglot.transpile(rule_sql(HARD), read="duckdb", write=dialect)
    assert len(written) == 1 and sqlglot.parse_one(written[0], read=dialect) is not None


def test_sql_escapes_what_is_in_the_data():
    told = condition_sql({"field": 'a"b', "is": "in", "values": ["'; DROP TABLE x; --"]}, {'a"b': "text"})
    assert told == '("a""b" IS NOT NULL AND "a""b" IN (\'\'\'; DROP TABLE x; --\'))'
    assert (
        number(1e16) == "10000000000000000" and number(2666206.0975) == "2666206.0975" and number(1e-7) == "0.0000001"
    )


def test_a_formula_too_long_for_a_cell_is_not_written_as_one():
    long = {"field": "branch", "is": "in", "values": [f"branch {i:04d}" for i in range(400)]}
    assert case_formula([(long, '"S1"')], '"S2"', {"branch": "text"}, {"branch": "B2"}) is None
    short = {"field": "branch", "is": "in", "values": ["a"]}
    assert len(case_formula([(short, '"S1"')] * 50, '"S2"', {"branch": "text"}, {"branch": "B2"}) or "") < LONGEST
    assert case_formula([(short, '"S1"')] * 70, '"S2"', {"branch": "text"}, {"branch": "B2"}) is None
