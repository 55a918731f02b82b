"""Apache Spark as the engine of the queries: it looks like a DuckDB connection and speaks the same SQL."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.errors import UserError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from pyspark.sql import SparkSession

CREATES = re.compile(r"create temp table (\w+) as\s", re.IGNORECASE)
DROPS = re.compile(r"drop table (?:if exists )?(\w+)", re.IGNORECASE)
CLUSTER = "PYSPARK_SUBMIT_ARGS"
"""Spark's variable for how it is started: ``--master spark://host:7077 pyspark-shell``."""
SETTINGS = {
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.ansi.enabled": "true",  # an overflow is an error, as in DuckDB, not an empty value
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.log.level": "ERROR",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.maxResultSize": "0",
}
LOCAL = {"spark.driver.memory": "2g", "spark.sql.shuffle.partitions": "8"}
"""On one machine 200 parts of every grouping, Spark's default, would cost more than the groupings."""


def check_spark() -> None:
    """Refuse to start where Spark cannot run, and say what to install.

    Raises
    ------
    UserError
        pyspark or a Java runtime is missing.
    """
    import importlib.util

    if importlib.util.find_spec("pyspark") is None:
        raise UserError(
            "The engine spark needs the package pyspark, which is not installed. Install it by "
            "`pip install --require-hashes -r requirements-extras.lock`, or leave out --engine spark: DuckDB gives the "
            "same results."
        )
    if not _has_java():
        raise UserError(
            "The engine spark needs a Java runtime (17 or newer), and none was found: install one (Debian: "
            "`apt install openjdk-17-jre-headless`) or set JAVA_HOME, or leave out --engine spark: DuckDB gives the "
            "same results."
        )


def _has_java() -> bool:
    home = os.environ.get("JAVA_HOME", "")
    return bool(shutil.which("java") or (home and shutil.which("java", path=str(Path(home) / "bin"))))


class SparkConnection:
    """What `features.queries.query` needs of an engine, on a Spark session of this process.

    Holds the session, and of each table made on the way its frame, so that it is computed once and can be let go.
    """

    def __init__(self) -> None:
        check_spark()
        self._session = _session()
        self._made: dict[str, Any] = {}

    def register(self, name: str, frame: pd.DataFrame) -> None:
        """Make a frame a view of that name."""
        import pyarrow as pa

        table = _plain(pa.Table.from_pandas(frame, preserve_index=False))
        with warnings.catch_warnings():
            # pyspark speaks of pandas 3 although the frame goes to it as an Arrow table
            warnings.simplefilter("ignore", FutureWarning)
            self._session.createDataFrame(table).createOrReplaceTempView(name)

    def unregister(self, name: str) -> None:
        """Take the view of a frame away."""
        self._session.catalog.dropTempView(name)

    def view_parquet(self, name: str, path: Path) -> None:
        """Make a Parquet file a view of that name; its types are those of the file."""
        self._session.read.parquet(str(path)).createOrReplaceTempView(name)

    def execute(self, sql: str, values: dict[str, Any] | None = None) -> SparkResult:
        """Run one statement of DuckDB's dialect: `create temp table … as`, `drop table …`, or a select.

        Parameters
        ----------
        sql : str
            With ``$name`` for values.
        values : dict, optional
            A value for each ``$name``.
        """
        if dropped := DROPS.match(sql):
            if (frame := self._made.pop(dropped[1], None)) is not None:
                frame.unpersist()
                self._session.catalog.dropTempView(dropped[1])
            return SparkResult(None)
        made = CREATES.match(sql)
        found = self._session.sql(to_spark(sql[made.end() :] if made else sql), args=values or {})
        if made is not None:
            self._made[made[1]] = found.persist()
            found.createOrReplaceTempView(made[1])
        return SparkResult(found)

    def close(self) -> None:
        """End the session; its Java process ends with this one."""
        self._session.stop()


class SparkResult:
    """The result of a select; nothing is computed before it is asked for."""

    def __init__(self, frame: Any):
        self._frame = frame

    def df(self) -> pd.DataFrame:
        """Return the rows in the types in which DuckDB returns them: it makes the frame, so that no digit differs."""
        from segkit.engines import connect

        return connect().from_arrow(self._frame.toArrow()).df()


def to_spark(sql: str) -> str:
    """Return a select of DuckDB's dialect in Spark's; ``$name`` becomes ``:name``."""
    import sqlglot

    return sqlglot.transpile(sql, read="duckdb", write="spark")[0]


def _session() -> SparkSession:
    """Return the session of this process, on this machine unless Spark's own variable names a cluster.

    There is one for all connections: a second one need not wait for Java again.
    """
    from pyspark.sql import SparkSession

    builder, wanted = SparkSession.builder.appName("segkit"), dict(SETTINGS)
    if CLUSTER not in os.environ:
        os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        builder, wanted = builder.master("local[*]"), wanted | LOCAL
    folder = str(Path(tempfile.gettempdir()) / f"segkit_{getattr(os, 'getuid', int)()}_spark")
    places = {"spark.local.dir": folder, "spark.sql.warehouse.dir": f"{folder}/warehouse"}
    for key, value in (wanted | places).items():
        builder = builder.config(key, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("ERROR")
    return session


def _plain(table: pa.Table) -> pa.Table:
    """Return a table with the types that Spark knows: moments in microseconds UTC, short strings."""
    import pyarrow as pa

    types = {pa.large_string(): pa.string()}
    fields = []
    for field in table.schema:
        known = pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else types.get(field.type, field.type)
        fields.append(pa.field(field.name, known))
    return table.replace_schema_metadata(None).cast(pa.schema(fields))
