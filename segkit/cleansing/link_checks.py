"""What known keys could not settle, as rows of ``data_quality``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.known_keys import Key, Links, Record
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

CHECKS = (
    *("link_checks", "people_checks", "match_checks"),
    *("repair_checks", "firmographic_checks", "unit_checks"),
)
"""Tables of checks that other steps have made, in the columns of data_quality."""


def note_checks(con: duckdb.DuckDBPyConnection, links: Links, records: dict[Key, Record]) -> None:
    """Create ``link_checks`` (columns of data_quality) and ``link_doubts`` (system, source_id, check).

    Checks on external ids are there only where an account has one; equal ids are looked for where several systems
    deliver accounts. An external id that nobody bears is a fault only where the other system delivered its accounts.
    """
    run_sql(
        con,
        'CREATE OR REPLACE TEMP TABLE link_checks ("table" VARCHAR, "column" VARCHAR, "check" VARCHAR, n_rows BIGINT, '
        "n_bad BIGINT, revenue DECIMAL(18,4))",
    )
    run_sql(con, 'CREATE OR REPLACE TEMP TABLE link_doubts (system VARCHAR, source_id VARCHAR, "check" VARCHAR)')
    n_external = sum(bool(record.external_id) for record in records.values())
    systems = {record.system for record in records.values() if record.is_delivered}
    checks: list[tuple[str, str, int, set[Key]]] = []
    if n_external:
        unmatched = links.unmatched if len(systems) > 1 else set()
        checks += [
            ("external_id", "unmatched_external_id", n_external, unmatched),
            ("external_id", "ambiguous_external_id", n_external, links.ambiguous),
            ("external_id", "shared_external_id", n_external, links.shared),
        ]
    if len(systems) > 1:
        checks.append(("account_id", "same_id_in_systems", len(records), links.overlapping))
        checks.append(("account_id", "id_of_another_system", len(records), links.renamed))
    for column, check, n_rows, keys in checks:
        run_sql(
            con, "INSERT INTO link_checks VALUES ('accounts', ?, ?, ?, ?, NULL)", [column, check, n_rows, len(keys)]
        )
        if keys:
            con.executemany("INSERT INTO link_doubts VALUES (?, ?, ?)", [[*key, check] for key in sorted(keys)])


def add_checks(con: duckdb.DuckDBPyConnection) -> None:
    """Add to ``data_quality`` what finding the customers could not settle."""
    for name in CHECKS:
        if has_table(con, name):
            run_sql(con, f"INSERT INTO data_quality BY NAME FROM {name}")
