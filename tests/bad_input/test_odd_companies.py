"""Companies at the edge of what can be segmented: the run ends well and says what it cannot know."""

from __future__ import annotations

import pandas as pd
import tiny


def tables_of(folder, *names):
    answer = tiny.segkit("run", folder)
    assert answer.code == 0, answer.text
    return [pd.read_parquet(folder / "runs/2026Q1/tables" / f"{name}.parquet") for name in names]


def test_three_accounts(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny", lines=tiny.invoice_rows(accounts=3))
    segments, kpis = tables_of(folder, "segments", "kpis")
    assert sorted(segments.query("segmentation_id == 'value'")["account_id"]) == ["K100", "K101", "K102"]
    assert segments["segment_id"].notna().all()
    per_segment = kpis.query("segment_id != 'ALL' and n > 0")
    assert per_segment["is_small"].all(), "three accounts are too few for any sure number"


def test_one_account_with_all_revenue(tmp_path):
    crumbs = [";".join([*row.split(";")[:5], "0,01"]) for row in tiny.invoice_rows()]
    giant = [row.replace("0,01", "900000,00") if row.startswith("K104") else row for row in crumbs]
    folder = tiny.write_project(tmp_path / "tiny", lines=giant)
    segments, value = tables_of(folder, "segments", "account_value")
    by_account = segments.query("segmentation_id == 'value'").set_index("account_id")["segment_id"]
    assert by_account["K104"] == "KEY"
    assert (by_account.drop("K104") != "KEY").all()
    assert len(by_account) == 12
    assert value.set_index("account_id").loc["K104", "revenue_share"] > 0.99


def test_lists_without_money_run_data_cleansing_alone(tmp_path):
    """The run ends well and says what it left out; status, release and diff work, serve says why it cannot."""
    folder = tmp_path / "stations"
    (folder / "raw").mkdir(parents=True)
    header = "Betreiber;Standort;Art der Ladeeinrichtung"
    for day, rows in (("2017-12-31", 3), ("2018-03-31", 8)):
        lines = [f"Stadtwerke {i // 2};Markt {i};Normal" for i in range(rows)]
        (folder / f"raw/register__{day}.csv").write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    assert tiny.segkit_here("init", folder, folder / "raw").code == 0

    answer = tiny.segkit("run", folder)
    assert answer.code == 0, answer.text
    assert "2018Q1  is the quarter of the last delivery" in answer.text
    assert "02, 03, 04, 05, 08 and 09 were left out: they need a table of money" in answer.text
    tables = folder / "runs/2018Q1/tables"
    assert len(pd.read_parquet(tables / "accounts.parquet")) == 4
    assert len(pd.read_parquet(tables / "installed_base.parquet")) == 8
    pages = {path.name for path in (folder / "reports/2018Q1").glob("*.html")}
    assert pages == {"index.html", "01_data_cleansing.html"}

    assert "01_data_cleansing" in tiny.segkit_here("status", folder).text
    served = tiny.segkit_here("serve", folder, "--no-browser")
    assert served.code == 2 and "no table of money" in served.text
    released = tiny.segkit_here("release", folder, "--quarter", "2018Q1", "--by", "A", "--note", "looked at")
    assert released.code == 0, released.text
    compared = tiny.segkit_here("diff", folder, "2018Q1", "2018Q1@released")
    assert compared.code == 0 and "no table of money" in compared.text
