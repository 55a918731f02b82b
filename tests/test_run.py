"""What a notebook holds in its hand, without a kernel."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest

from segkit import run as run_module
from segkit.engines import connect
from segkit.errors import UserError
from segkit.run import open_run

CHART = {"mark": "bar", "data": {"values": [{"a": 1}]}, "encoding": {"x": {"field": "a"}}, "title": "T"}


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "raw").mkdir()
    (tmp_path / "raw" / "invoices.csv").write_text("abc")
    text = "name: Muster\nlanguage: en\nsources:\n  invoices: {files: raw/invoices.csv, columns: {revenue: x}}\n"
    (tmp_path / "project.yml").write_text(text)
    return tmp_path


@pytest.fixture
def run(folder, monkeypatch):
    monkeypatch.setenv("SEGKIT_LIFE", "lab")
    return open_run(str(folder), "2024Q1")


@pytest.fixture
def shown(monkeypatch) -> list[str]:
    outputs: list[str] = []
    monkeypatch.setattr(run_module.kernel, "show_html", lambda html, plain: outputs.append(html))
    return outputs


def write_lines(run, n: int = 6) -> None:
    con = connect()
    con.execute(
        f"""CREATE TABLE lines AS SELECT 'A' || (i % 2) account_id, 'R' || i invoice_id, DATE '2024-01-05' invoice_date,
        'P1' product_id, 1 quantity, 10 revenue, NULL margin, NULL currency, NULL payer_id, NULL ship_to_id,
        NULL contact_id, 'sale' line_type, false is_repeated, 'f' source,
        i row_number FROM range({n}) t(i)"""
    )
    run.write("invoices", con.table("lines"))


def test_it_has_its_ten_members_and_no_more(run):
    members = {name for name in dir(run) if not name.startswith("_")}
    assert members == {"read", "write", "query", "settings", "decisions", "previous", "quarter", "as_of", "say", "show"}


def test_queries_see_the_tables_written_so_far(run):
    write_lines(run)
    orders = run.query("orders", as_of=dt.date(2024, 3, 31))
    assert len(orders) == 6 and orders["revenue"].sum() == 60
    write_lines(run, 4)
    assert len(run.query("orders", as_of=dt.date(2024, 3, 31))) == 4


def test_as_of_is_the_quarters_end_until_the_data_say_otherwise(run):
    assert run.as_of == dt.date(2024, 3, 31)
    period = {
        "quarter": "2024Q1",
        "start": dt.date(2024, 1, 1),
        "end": dt.date(2024, 3, 31),
        "as_of": dt.date(2024, 3, 2),
    }
    period |= {"first_money_date": dt.date(2023, 1, 1), "last_money_date": dt.date(2024, 3, 2), "is_complete": False}
    run.write("run_period", pd.DataFrame([period | {"money_source": "invoices", "history_days": 400}]))
    assert run.as_of == dt.date(2024, 3, 2)


def test_a_missing_table_names_the_notebook_that_writes_it(run):
    with pytest.raises(UserError, match="there is no segments yet; notebook 04 writes it"):
        run.read("segments")


def test_models_and_charts_come_back(run, shown):
    run.write("models/value", {"a": 0.8})
    run.write("size_chart", {"de": CHART, "en": CHART})
    assert run.read("models/value") == {"a": 0.8}
    run.show("size_chart")
    run.show("no_such_chart")
    assert "<svg" in shown[0] and "do not allow this chart" in shown[1]


def test_what_is_shown_is_escaped(run, shown):
    run.show(pd.DataFrame({"name": ["<script>alert(1)</script>"]}))
    assert "<script>" not in shown[0] and "&lt;script&gt;" in shown[0]


def test_without_a_project_or_run_it_says_what_to_do(folder, monkeypatch):
    monkeypatch.delenv("SEGKIT_PROJECT", raising=False)
    with pytest.raises(UserError, match="segkit lab DIR"):
        open_run()
    with pytest.raises(UserError, match="Muster has no run yet"):
        open_run(str(folder))
