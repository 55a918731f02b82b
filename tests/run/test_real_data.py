"""Real and sample exports as they lie there, through `segkit init` and `segkit run` as a user types them."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import tiny

from segkit.demo.catalogue import PRODUCT_GROUPS, TEAMS

# What these tests are about does not depend on how often clusters are tried; Northwind keeps a new project's settings.
QUICK = """
segmentations:
  value: {compare: [], bootstrap_pairs: 4, k_max: 5, confidence_draws: 20}
"""
WON, NORTHWIND = 10_005_534, 1_265_793.04


def table(folder: Path, quarter: str, name: str) -> pd.DataFrame:
    return pd.read_parquet(folder / "runs" / quarter / "tables" / f"{name}.parquet")


def money_in(folder: Path, quarter: str) -> float:
    sums = table(folder, quarter, "reconciliation").groupby("step")["revenue"].sum().astype(float)
    assert sums.drop("in").sum() == pytest.approx(sums["in"], abs=0.005), "money in is not money accounted for"
    return float(sums["in"])


def started(folder: Path, *files: Path, more: str = QUICK) -> Path:
    answer = tiny.segkit("init", folder, *files)
    assert answer.code == 0, answer.text
    with (folder / "project.yml").open("a", encoding="utf-8") as file:
        file.write(more)
    return folder


def ran(folder: Path, *arguments: str) -> str:
    answer = tiny.segkit("run", folder, *arguments)
    assert answer.code == 0, answer.text
    return answer.text


@pytest.fixture(scope="module")
def northwind(real_data, tmp_path_factory) -> Path:
    files = sorted((real_data / "northwind").glob("*.csv"))
    folder = started(tmp_path_factory.mktemp("northwind") / "northwind", *files, more="")
    ran(folder)
    return folder


def test_orders_and_their_lines_make_invoices(northwind):
    folder = northwind
    assert round(money_in(folder, "1998Q1"), 2) == NORTHWIND
    assert table(folder, "1998Q1", "run_period")["is_complete"].all()
    assert len(table(folder, "1998Q1", "accounts")) == 91
    names = table(folder, "1998Q1", "accounts").set_index("account_id")["name"]
    assert names["ALFKI"] == "Alfreds Futterkiste"


def test_won_opportunities_stand_in_for_invoices_and_the_pages_say_so(real_data, tmp_path):
    folder = started(tmp_path / "maven", *sorted((real_data / "maven_crm").glob("*.csv")))
    ran(folder)
    assert table(folder, "2017Q4", "invoices")["revenue"].astype(float).sum() == WON
    assert set(table(folder, "2017Q4", "run_period")["money_source"]) == {"opportunities"}
    kpis = table(folder, "2017Q4", "kpis").query("segment_id == 'ALL'").set_index(["kpi_id", "quarter"])
    rate = kpis.loc["win_rate"].dropna(subset="value")
    assert rate["n"].sum() == 4238 + 2473 and round((rate["value"] * rate["n"]).sum()) == 4238
    assert kpis.loc[("sales_cycle", "2017Q4"), "n"] == 4238 + 2473 and kpis.loc[("retention", "2017Q4"), "value"] > 0
    for page in (folder / "reports" / "2017Q4").glob("0*.html"):
        assert "Gewonnene" in page.read_text(encoding="utf-8"), page.name


def test_one_file_with_four_columns_is_enough(tmp_path):
    rows = [";".join(row.split(";")[i] for i in (0, 1, 2, 5)) for row in tiny.invoice_rows()]
    export = tmp_path / "umsätze.csv"
    export.write_text("\n".join(["Kunde;Beleg;Datum;Betrag (€)", *rows]), encoding="cp1252")
    folder = started(tmp_path / "four", export)
    ran(folder)
    total = sum(float(row.rsplit(";", 1)[1].replace(",", ".")) for row in rows)
    assert money_in(folder, "2026Q1") == pytest.approx(total, abs=0.005)
    segments = table(folder, "2026Q1", "segments")
    assert len(segments) == 12 and segments["segment_id"].notna().all()
    kpis = table(folder, "2026Q1", "kpis").set_index(["quarter", "segment_id", "kpi_id"])
    assert kpis.loc[("2026Q1", "ALL", "margin"), "reason"] == "kpis.reason_no_margin"


@pytest.fixture(scope="module")
def online_retail(real_data, tmp_path_factory) -> Path:
    folder = started(tmp_path_factory.mktemp("real") / "online_retail", real_data / "online_retail")
    ran(folder, "--from-quarter", "2011Q3", "--quarter", "2011Q4")
    return folder


def test_overlapping_deliveries_count_once(online_retail):
    money = table(online_retail, "2011Q4", "reconciliation")
    rows = money[money["table"] == "invoices"].groupby("step")["n_rows"].sum()
    assert rows["in"] - rows["excluded_duplicate"] == 1_044_847
    assert rows["quarantined_no_account"] == 235_287 == len(table(online_retail, "2011Q4", "quarantine"))
    assert rows["in"] == rows.drop("in").sum()
    money_in(online_retail, "2011Q4")
    assert len(table(online_retail, "2011Q4", "account_value")) == 5_942


def test_published_activity_retention_and_churn(online_retail):
    kpis = table(online_retail, "2011Q3", "kpis")
    overall = kpis[(kpis["quarter"] == "2011Q3") & (kpis["segment_id"] == "ALL")].set_index("kpi_id")["value"]
    assert overall["n_active_accounts"] == 2161
    assert (round(overall["retention"], 4), round(overall["revenue_churn"], 4)) == (0.6082, 0.2162)


def test_growth_adds_up_to_the_cent_in_every_segment(online_retail):
    parts = table(online_retail, "2011Q3", "growth_parts")
    newest = parts[parts["quarter"] == "2011Q3"]
    assert set(newest["compared_quarter"]) == {"2010Q3"} and newest["segment_id"].nunique() > 5
    lines = table(online_retail, "2011Q3", "invoices")
    quarter = pd.to_datetime(lines["invoice_date"]).dt.to_period("Q").astype(str)
    revenue = lines["revenue"].groupby([quarter, lines["account_id"]]).sum()  # decimals: exact
    now, past = table(online_retail, "2011Q3", "segments"), table(online_retail, "2011Q3", "past_segments")
    members = {"2011Q3": now, "2010Q3": past[past["quarter"] == "2010Q3"]}
    sums = {
        label: revenue[label].groupby(of.set_index("account_id")["segment_id"].reindex(revenue[label].index)).sum()
        for label, of in members.items()
    }
    found = newest.groupby("segment_id")["amount"].sum()
    for segment_id in set(sums["2011Q3"].index) | set(sums["2010Q3"].index):
        difference = sums["2011Q3"].get(segment_id, 0) - sums["2010Q3"].get(segment_id, 0)
        assert found[segment_id] == pytest.approx(float(difference), abs=0.004), segment_id
    assert found["ALL"] == pytest.approx(float(revenue["2011Q3"].sum() - revenue["2010Q3"].sum()), abs=0.004)


def test_an_incomplete_quarter_says_so_and_feeds_no_rate(online_retail):
    period = table(online_retail, "2011Q4", "run_period").iloc[0]
    assert not period["is_complete"] and str(period["as_of"])[:10] == "2011-12-09"
    kpis = table(online_retail, "2011Q4", "kpis")
    own = kpis[kpis["quarter"] == "2011Q4"].set_index(["segment_id", "kpi_id"])
    assert own.loc[("ALL", "n_active_accounts"), "value"] == 2560
    assert pd.isna(own.loc[("ALL", "retention"), "value"])
    assert own.loc[("ALL", "retention"), "reason"] == "kpis.reason_incomplete"
    for page in (online_retail / "reports" / "2011Q4").glob("0*.html"):
        assert "unvollständig" in page.read_text(encoding="utf-8").lower(), page.name


def test_nobody_moves_because_of_a_refit(online_retail):
    segments = table(online_retail, "2011Q4", "segments")
    kept = segments[segments["kept_segment_id"].notna()]
    assert len(kept) > 5_000
    assert (kept["kept_segment_id"] == kept["segment_id"]).all()


def test_an_unchanged_quarter_is_not_computed_again(online_retail):
    assert "unchanged" in ran(online_retail, "--quarter", "2011Q4")


def telling_names(folder: Path, quarter: str) -> set[str]:
    """Names that say more than the segment's short name."""
    cards = table(folder, quarter, "segment_cards")
    return set(cards["telling_de"][cards["telling_de"] != cards["name_de"]])


def test_telling_names_differ_and_hold_no_word_of_the_sample_company(northwind, online_retail):
    first, second = telling_names(northwind, "1998Q1"), telling_names(online_retail, "2011Q3")
    assert len(first) >= 3 and len(second) >= 6
    assert not first & second
    own_words = {*(name for name, *_ in PRODUCT_GROUPS), *TEAMS.values(), "Pumpen", "Filter", "Quellbrunn"}
    assert not [word for word in own_words for name in first | second if word in name]


def test_moves_of_real_accounts_add_up(online_retail):
    """Every account of both runs once, the same accounts and money on both margins."""
    moves, now = table(online_retail, "2011Q4", "migration"), table(online_retail, "2011Q4", "segments")
    before = table(online_retail, "2011Q3", "segments")
    assert moves["account_id"].is_unique and set(moves["account_id"]) == set(now["account_id"]) | set(
        before["account_id"]
    )
    assert moves["to_segment_id"].value_counts().to_dict() == now["segment_id"].value_counts().to_dict()
    assert moves["from_segment_id"].value_counts().to_dict() == before["segment_id"].value_counts().to_dict()
    value = table(online_retail, "2011Q4", "account_value")["revenue_12m"].astype(float).sum()
    assert moves["revenue_12m"].astype(float).sum() == pytest.approx(value, abs=0.005)
    assert not table(online_retail, "2011Q4", "migration_flows")["is_above_noise"].any(), "no alarm when incomplete"
