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
