import tempfile
from pathlib import Path

import pytest

from segkit import engines


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(engines, "MEMORY", "60MB")
    return tmp_path


def test_a_table_larger_than_the_memory_goes_to_files_that_vanish(folder: Path):
    con = engines.connect(threads=1)
    con.execute("CREATE TABLE lines AS SELECT i, md5(CAST(i AS VARCHAR)) AS text FROM range(2000000) t(i)").fetchall()
    assert list(folder.glob("segkit_*"))
    assert con.execute("SELECT count(DISTINCT i), max(i) FROM lines").fetchall() == [(2_000_000, 1_999_999)]
    con.close()
    assert not [path for path in folder.rglob("*") if path.is_file()]


def test_small_tables_leave_the_disk_alone(folder: Path):
    engines.connect().execute("CREATE TABLE lines AS FROM range(1000)").fetchall()
    assert not list(folder.iterdir())
