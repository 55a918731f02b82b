"""What an external file offers for each account, what is taken of it, and what contradicts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.doubts import propose
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Cleansing

DATED = {"employees": "employees_date", "account_revenue": "revenue_date", "industry_code": "industry_date"}
"""Firmographic → the day on which it was known, as accounts have it."""
PLAIN = ("industry", "credit_rating", "legal_form", "vat_id", "register_id", "lei", "phone", "website")
"""Columns without a day of their own: filled where empty, never replaced."""
ADDRESS = ("street", "postal_code", "city")
"""Filled together and only where none is known: half an address of each would be one that nobody has."""
TWICE = 2.0
"""Numbers that differ by this factor contradict each other, however old one of them is: most companies take longer than
any limit of age to double."""
FEW_HEADS = 5
"""Two persons for one are a difference, but none that matters."""
CONTRADICTIONS = {
    "employees": f"greatest(a.employees, o.value) >= {TWICE} * least(a.employees, o.value)"
    f" AND abs(a.employees - o.value) >= {FEW_HEADS}",
    "account_revenue": f"greatest(a.account_revenue, o.value) >= {TWICE} * least(a.account_revenue, o.value)",
    "industry_code": "coalesce(left(a.industry_code, 2) <> left(o.value, 2), false)",
    "legal_form": "{bare_a} <> {bare_o}",
    "vat_id": "{bare_a} <> {bare_o}",
    "register_id": "{bare_a} <> {bare_o}",
    "lei": "{bare_a} <> {bare_o}",
}
"""Column → SQL that says whether account (a) and offer (o) contradict each other."""
RULE = "contradicts_external"
MOST, FEWEST = 0.5, 30
"""A column of the file that contradicts more than half of at least thirty accounts is another quantity or unit."""


def take_values(con: duckdb.DuckDBPyConnection, as_of: object, cleansing: Cleansing) -> None:
    """Fill and refresh firmographics of ``accounts`` from the linked companies, and propose what is contradicted.

    Of several companies of one account the one known last is asked; where two were known on the same day and differ,
    none. ``cleansing.refresh`` says what is taken: missing values; also stale ones that the file knows of a later day;
    or all that it knows of a later day. Where an account's value has no day, the day of its delivery stands for it:
    the value is at least as old. A value that contradicts the account's (`CONTRADICTIONS`) is proposed, never chosen.
    A column that contradicts most accounts is not used at all.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``accounts``, ``firmographic_links``, ``rows_firmographics``, ``account_lineage``, and what
        `segkit.cleansing.doubts` needs.
    as_of : datetime.date
        Day from which ages count.
    cleansing : Cleansing
        refresh, stale_after_months, switched_off.

    Notes
    -----
    Creates ``taken_values`` (account_id, column, source, row_number, source_id, old_value, new_value, known_date,
    rule). Rules: external_missing, external_stale, external_newer, external_accepted.
    """
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE taken_values (account_id VARCHAR, "column" VARCHAR, source VARCHAR,
               "row_number" BIGINT, source_id VARCHAR, old_value VARCHAR, new_value VARCHAR, known_date DATE,
               rule VARCHAR)""",
    )
    if not has_table(con, "rows_firmographics"):
        return
    unusable = {column for column in CONTRADICTIONS if _check(con, column)}
    for column in DATED:
        if column not in unusable:
            _take_dated(con, column, as_of, cleansing)
    for column in PLAIN:
        if column in unusable:
            continue
        _take(con, column, f"a.{column} IS NULL", "'external_missing'")
    nothing = " AND ".join(f"a.{column} IS NULL" for column in ADDRESS)
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE without_address AS SELECT account_id FROM accounts a WHERE {nothing}")
    for column in ADDRESS:
        _take(con, column, "a.account_id IN (SELECT account_id FROM without_address)", "'external_missing'")
    _note(con)
    for column in CONTRADICTIONS:
        if column not in unusable:
            _propose(con, column, RULE not in cleansing.switched_off)
    _note_accepted(con)


def _offers(column: str) -> str:
    """SQL of what the file offers for a column: account_id, value, known_date, source, row_number, record_id."""
    return f"""
        SELECT account_id, value, known_date, source, "row_number", external_id FROM (
            SELECT l.account_id, f.{column} AS value, coalesce(f.known_date, f.delivery) AS known_date, l.source,
                   l."row_number", l.external_id, l.probability,
                   max(coalesce(f.known_date, f.delivery)) OVER (PARTITION BY l.account_id) AS last_day
            FROM firmographic_links l
            JOIN rows_firmographics f ON f.source = l.source AND f."row_number" = l."row_number"
            WHERE f.{column} IS NOT NULL AND f.step = 'used')
        WHERE known_date IS NOT DISTINCT FROM last_day
        QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY probability DESC, external_id) = 1
            AND min(value) OVER (PARTITION BY account_id) = max(value) OVER (PARTITION BY account_id)"""


def _take_dated(con: duckdb.DuckDBPyConnection, column: str, as_of: object, cleansing: Cleansing) -> None:
    day = DATED[column]
    is_stale = stale(f"a.{day}", as_of, cleansing.stale_after_months.get(column))
    agrees = f"NOT ({CONTRADICTIONS[column]})"
    rules = {f"a.{column} IS NULL": "external_missing"}
    if cleansing.refresh != "missing":
        rules[f"{agrees} AND {is_stale} AND o.known_date > a.{day}"] = "external_stale"
    if cleansing.refresh == "newer":
        rules[f"{agrees} AND o.known_date > coalesce(a.{day}, origin.delivery)"] = "external_newer"
    cases = " ".join(f"WHEN {condition} THEN '{rule}'" for condition, rule in rules.items())
    _take(con, column, f"(CASE {cases} END) IS NOT NULL", f"CASE {cases} END", day)


def stale(day: str, as_of: object, months: int | None) -> str:
    """SQL: the day lies more than so many months before as-of; false where either is unknown."""
    if months is None:
        return "false"
    return f"coalesce({day} < DATE '{as_of}' - INTERVAL {months} MONTH, false)"


def _take(con: duckdb.DuckDBPyConnection, column: str, condition: str, rule: str, day: str | None = None) -> None:
    """Write an offered value into ``accounts`` where the condition holds, and remember it."""
    known = ", " + f"{day} = t.known_date" if day else ""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE taken_now AS
        SELECT a.account_id, o.source, o."row_number", o.external_id, a.{column}::VARCHAR AS old_value, o.value,
               o.known_date, {rule} AS rule
        FROM accounts a JOIN ({_offers(column)}) o USING (account_id)
        LEFT JOIN account_origins origin USING (account_id)
        WHERE {condition} ORDER BY a.account_id;
        UPDATE accounts SET {column} = t.value{known} FROM taken_now t WHERE t.account_id = accounts.account_id;
        INSERT INTO taken_values
        SELECT account_id, '{column}', source, "row_number", external_id, old_value, value::VARCHAR, known_date, rule
        FROM taken_now ORDER BY account_id""",
    )
    n_rows, n_taken = run_sql(con, f"SELECT (SELECT count(*) FROM ({_offers(column)})), count(*) FROM taken_now")[0]
    run_sql(
        con,
        "INSERT INTO cleaning_rules VALUES ('accounts', ?, 'external_values', 'safe', ?, ?, 0)",
        [column, n_rows, n_taken],
    )


def _note(con: duckdb.DuckDBPyConnection) -> None:
    """Log: filled values as a number for each file, replaced ones each with what stood there; and their lineage."""
    run_sql(
        con,
        """
        INSERT INTO refresh_log
        SELECT source, NULL, "column", NULL, NULL, rule, count(*) FROM taken_values
        WHERE old_value IS NULL GROUP BY source, "column", rule ORDER BY ALL;
        INSERT INTO refresh_log
        SELECT source, "row_number", "column", old_value, new_value, rule, 1 FROM taken_values
        WHERE old_value IS NOT NULL AND old_value <> new_value ORDER BY ALL;
        DELETE FROM account_lineage WHERE (account_id, "column") IN (SELECT account_id, "column" FROM taken_values);
        INSERT INTO account_lineage
        SELECT account_id, "column", new_value, source, source_id, rule, known_date,
               1 + (old_value IS NOT NULL AND old_value <> new_value)::INT,
               CASE WHEN old_value <> new_value THEN old_value END
        FROM taken_values ORDER BY 1, 2""",
    )


def _both(column: str) -> tuple[str, str]:
    """SQL of accounts (a) and offers (o) that both have a value, and of the condition that they contradict."""
    bare = {
        f"bare_{side}": f"upper(regexp_replace({side}.{name}, '[^A-Za-z0-9]', '', 'g'))"
        for side, name in (("a", column), ("o", "value"))
    }
    both = f"accounts a JOIN ({_offers(column)}) o USING (account_id) WHERE a.{column} IS NOT NULL"
    return both, CONTRADICTIONS[column].format(**bare)


def _check(con: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Count the accounts that the file contradicts; say whether these are so many that the column is of no use."""
    both, differs = _both(column)
    n_rows, n_bad, revenue = run_sql(
        con,
        f"""SELECT count(*), count(*) FILTER (is_bad), sum(money.revenue) FILTER (is_bad)
            FROM (SELECT account_id, {differs} AS is_bad FROM {both})
            LEFT JOIN account_money money USING (account_id)""",
    )[0]
    is_unusable = n_rows >= FEWEST and n_bad > MOST * n_rows
    run_sql(
        con,
        "INSERT INTO firmographic_checks VALUES ('accounts', ?, ?, ?, ?, ?)",
        [column, "external_column_unlike" if is_unusable else RULE, n_rows, n_bad, revenue],
    )
    return is_unusable


def _propose(con: duckdb.DuckDBPyConnection, column: str, is_on: bool) -> None:
    """Propose the file's value where the account's contradicts it."""
    both, differs = _both(column)
    n_rows = run_sql(con, f"SELECT count(*) FROM {both}")[0][0]
    doubts = f"SELECT account_id, o.value::VARCHAR AS proposed FROM {both} AND {differs}"
    propose(con, column, RULE, doubts, n_rows, is_on)


def _note_accepted(con: duckdb.DuckDBPyConnection) -> None:
    """A contradiction that a person settled for the file: the file's day and lineage count from now on."""
    for column in CONTRADICTIONS:
        accepted = f"""SELECT p.record_id AS account_id, o.source, o."row_number", o.external_id, p.old_value,
                              p.proposed_value, o.known_date
                       FROM proposals p JOIN ({_offers(column)}) o ON o.account_id = p.record_id
                       WHERE p."table" = 'accounts' AND p."column" = '{column}' AND p.rule = '{RULE}'
                         AND p.status = 'accepted' AND p.proposed_value = o.value::VARCHAR"""
        day = DATED.get(column)
        run_sql(
            con,
            f"""
            INSERT INTO account_lineage
            SELECT account_id, '{column}', proposed_value, source, external_id, 'external_accepted', known_date, 2,
                   old_value FROM ({accepted}) ORDER BY account_id;
            INSERT INTO taken_values
            SELECT account_id, '{column}', source, "row_number", external_id, old_value, proposed_value, known_date,
                   'external_accepted' FROM ({accepted}) ORDER BY account_id""",
        )
        if day:
            run_sql(
                con,
                f"""UPDATE accounts SET {day} = found.known_date FROM ({accepted}) found
                    WHERE found.account_id = accounts.account_id""",
            )
