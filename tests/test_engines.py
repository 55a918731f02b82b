import tempfile
from pathlib import Path

import pytest
from tiny import write_project
from typer.testing import CliRunner

from segkit import engines, spark
from segkit.cli import app
from segkit.errors import UserError


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


def test_the_command_line_overrides_the_project(monkeypatch):
    monkeypatch.delenv(engines.ENGINE, raising=False)
    assert engines.chosen_engine("duckdb") == "duckdb"
    monkeypatch.setenv(engines.ENGINE, "polars")
    with pytest.raises(UserError, match="no engine 'polars'. Choose duckdb or spark"):
        engines.chosen_engine("duckdb")


@pytest.mark.parametrize(("missing", "remedy"), [("pyspark", "requirements-extras.lock"), ("java", "JAVA_HOME")])
def test_what_spark_lacks_is_named_with_its_remedy(monkeypatch, missing, remedy):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == missing else object())
    monkeypatch.setattr(spark, "_has_java", lambda: missing != "java")
    with pytest.raises(UserError, match=remedy):
        engines.chosen_engine("spark")


def test_spark_is_refused_before_anything_is_written(tmp_path, monkeypatch):
    monkeypatch.setattr(spark, "_has_java", lambda: False)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setenv(engines.ENGINE, "")
    project = write_project(tmp_path / "tiny")
    before = sorted(path.name for path in project.rglob("*"))
    asked = CliRunner().invoke(app, ["run", str(project), "--engine", "spark"])
    assert (asked.exit_code, "leave out --engine spark" in asked.stderr) == (2, True)
    assert sorted(path.name for path in project.rglob("*")) == before
