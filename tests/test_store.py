from pathlib import Path

import pandas as pd
import pytest

from segkit.engines import connect
from segkit.errors import UserError
from segkit.store import read_frame, read_json, sha256_of, write_frame, write_json, write_relation, written_whole


def lines(con, n: int):
    con.execute(
        f"""CREATE OR REPLACE TABLE lines AS SELECT (i % 97)::VARCHAR account_id, i::VARCHAR invoice_id,
        DATE '2020-01-01' + (i % 300)::INT invoice_date, NULL product_id, 1 quantity, i * 0.13 revenue, NULL margin,
        NULL currency, NULL payer_id, NULL ship_to_id, NULL contact_id,
        'sale' line_type, false is_repeated, 'f.csv' source, i row_number FROM range({n}) t(i)"""
    )
    return con.table("lines")


def test_lines_have_the_same_bytes_on_one_thread_and_on_two(tmp_path: Path):
    shas = []
    for threads in (1, 2):
        write_relation(tmp_path / "invoices.parquet", lines(connect(threads), 300_000), "invoices")
        shas.append(sha256_of(tmp_path / "invoices.parquet"))
    assert shas[0] == shas[1]


def test_lines_come_back_in_key_order_with_money_as_numbers(tmp_path: Path):
    assert write_relation(tmp_path / "invoices.parquet", lines(connect(), 1000), "invoices") == 1000
    frame = read_frame(tmp_path / "invoices.parquet")
    assert frame["revenue"].sum() == pytest.approx(0.13 * 999 * 1000 / 2)
    assert frame["account_id"].is_monotonic_increasing and str(frame["invoice_date"].dtype) == "datetime64[us]"


def test_empty_values_in_lines_are_refused(tmp_path: Path):
    con = connect()
    lines(con, 10)
    con.execute("UPDATE lines SET account_id = NULL WHERE row_number < 3")
    with pytest.raises(UserError, match="invoices: 3 values of account_id are empty"):
        write_relation(tmp_path / "invoices.parquet", con.table("lines"), "invoices")
    assert list(tmp_path.iterdir()) == []


def test_a_frame_comes_back_as_it_went(tmp_path: Path):
    frame = pd.DataFrame({"segmentation_id": ["v"], "account_id": ["Müller <b>"], "segment_id": ["S1"]})
    write_frame(tmp_path / "t.parquet", frame, "opening_segments")
    pd.testing.assert_frame_equal(read_frame(tmp_path / "t.parquet"), frame)


def test_a_failed_write_leaves_the_old_file(tmp_path: Path):
    path = tmp_path / "x.json"
    write_json(path, {"a": 1})
    with pytest.raises(RuntimeError), written_whole(path) as temporary:
        temporary.write_text("half")
        raise RuntimeError
    assert read_json(path) == {"a": 1} and len(list(tmp_path.iterdir())) == 1
