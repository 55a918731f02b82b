"""The page of the old and the new ABC class."""

import re

import pandas as pd
import pytest

from segkit.reports.abc_comparison import write_abc_comparison
from segkit.settings import Settings
from segkit.store import write_frame
from segkit.tables import TABLES
from segkit.value.abc_comparison import compare_classes

STATE = {
    "project": "Probe", "quarter": "2026Q3", "created": "2026-10-02T08:00:00", "as_of": "2026-09-30",
    "is_complete": True, "money_source": "invoices", "is_draft": True, "scenario": None, "stages": [],
}  # fmt: skip


def full(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    return rows.reindex(columns=[*TABLES[name].columns])


@pytest.fixture
def page(tmp_path):
    value = pd.DataFrame(
        [("K1", "A", 700.0, 650.0), ("K2", "A", 200.0, 10.0), ("K3", "B", 60.0, 700.0), ("K4", "C", 40.0, 20.0)],
        columns=["account_id", "abc_class", "revenue_12m", "revenue_prev_12m"],
    )
    accounts = pd.DataFrame(
        [("K1", "Eins AG", "A"), ("K2", "<b>Zwei</b>", "C"), ("K3", None, "A"), ("K4", "Vier", None)],
        columns=["account_id", "name", "source_abc_class"],
    )
    tables = tmp_path / "run" / "tables"
    compared = compare_classes(value, accounts).assign(is_contactable=True)
    write_frame(tables / "abc_comparison.parquet", compared, "abc_comparison")
    for name, rows in (("account_value", value), ("accounts", accounts)):
        tables.mkdir(parents=True, exist_ok=True)
        rows.to_parquet(tables / f"{name}.parquet")
    settings = Settings.model_validate({"name": "Probe", "sources": {"invoices": {"files": "a.csv"}}})
    write_abc_comparison(tmp_path / "run", tmp_path / "abc_comparison.html", "de", STATE, settings)
    return (tmp_path / "abc_comparison.html").read_text(encoding="utf-8")


def text(page: str) -> str:
    body = re.sub(r"<(style|script).*?</\1>", "", page, flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("\u00a0", " ").split())


def test_the_page_says_how_far_the_classes_agree_in_both_languages(page):
    assert "1 von 3 Kunden mit beiden Klassen" in text(page)
    assert "1 of 3 accounts with both classes" in text(page)


def test_the_page_names_who_stands_elsewhere_with_money_and_reason(page):
    shown = text(page)
    assert re.search(r"K2 .*Zwei.* C → A 200,00 € 10,00 € 2 im Vorjahr noch [BC]", shown)
    assert re.search(r"K3 A → B 60,00 € 700,00 € 3 im Vorjahr noch A", shown)
    assert re.search(r"K4 Vier C 40,00 €", shown)


def test_names_are_text_and_a_draft_says_so(page):
    assert "<b>Zwei</b>" not in page
    assert "&lt;b&gt;Zwei" in page
    assert 'class="watermark"' in page
    assert "Entwurf" in page
