"""Checks on what was delivered: ``data_quality``, one row per table, column and check, also where nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.hierarchy import SEVERAL_CLASSES
from segkit.cleansing.period import Period
from segkit.cleansing.roles import CENTRAL_PAYER
from segkit.cleansing.rows import MONEY, columns_of, delivered, has_column, has_table, make_empty, run_sql
from segkit.settings.cleansing import Cleansing
from segkit.tables import TABLES

if TYPE_CHECKING:
    import duckdb

DOMINANT_SHARE = 0.5  # of revenue: one account with as much makes every average meaningless
FEW_ACCOUNTS = 30  # fewer than this: statistics per segment say nothing
SHAPE_SHARE = 0.5  # of the accounts: an id shape must be that usual before others count as different
OLDEST_YEAR = 1990
MANY_LINES = 1000  # a file of so many lines without a single credit is worth a question
WHOLE_TABLE = "-"

MAY_BE_EMPTY = {  # empty as long as nothing has happened, for most rows by nature, or where a system has no such field
    "accounts": {
        *("parent_id", "source_abc_class", "external_id", "is_inactive", "register_id", "lei", "credit_rating"),
        *("industry_date", "revenue_date", "do_not_contact"),
    },
    "contacts": {"do_not_contact"},
    "engagements": {"campaign_id", "duration_seconds", "email"},
    "hierarchy": {"hierarchy_type", "valid_from", "valid_to"},
    "firmographics": {"account_id", "lei", "parent_id", "credit_rating", "known_date"},
    "invoices": {"currency", "payer_id", "ship_to_id", "contact_id"},
    "leads": {"converted_date", "opportunity_id", "account_id", "rating"},
    "opportunities": {"close_date", "is_closed", "is_won", "currency"},
    "orders": {"order_type", "currency", "quote_id", "is_rejected"},
    "partners": {"sales_org"},
    "sales_areas": {"currency", "is_blocked", "source_abc_class", "customer_group", "district"},
    "surveys": {"comment"},
    "tickets": {"closed_date", "complaint_reason"},
}

REFERENCES = ("account_id", "product_id", "contact_id", "campaign_id", "opportunity_id")
OWNERS = {"account_id": "accounts", "product_id": "products", "contact_id": "contacts", "campaign_id": "campaigns",
          "opportunity_id": "opportunities"}  # fmt: skip


def write_quality(
    con: duckdb.DuckDBPyConnection, period: Period, cleansing: Cleansing, unused_patterns: list[str]
) -> None:
    """Create ``data_quality``: table, column, check, n_rows, n_bad, revenue (of the bad lines; empty without money).

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T``, ``unreadable_T``, the cleansed tables and ``added_accounts``.
    period : Period
        Dates after its today are from the future.
    cleansing : Cleansing
        Prefix of cancellations.
    unused_patterns : list of str
        Patterns under scope.excluded_accounts that fit no account.
    """
    make_empty(con, "data_quality")
    for table in [name for name in delivered(con) if period.money_source != "none" or name != "invoices"]:
        checks = [_missing(con, table), _unreadable(con, table), _duplicates(table), _future(table)]
        checks += [*_unknown(con, table), *_without_rate(con, table)]
        _add(con, table, [check for check in checks if check], {"today": period.today})
    if period.money_source != "none":
        _add(con, "invoices", [LINES], {"prefix": cleansing.cancellation_prefix})
        _add(con, "invoices", [_shapes("invoices"), CONFLICTS, DOMINANT, FEW, NO_CREDITS])
    if has_table(con, "payers"):
        _add(con, "invoices", [CENTRAL_PAYER])
    if has_table(con, "sales_areas"):
        _add(con, "sales_areas", [SEVERAL_CLASSES])
    if has_table(con, "rows_accounts"):
        _add(con, "accounts", [_shapes("accounts"), ADDED])
    for pattern in unused_patterns:
        run_sql(con, "INSERT INTO data_quality VALUES ('accounts', ?, 'scope_without_match', 1, 1, NULL)", [pattern])


def _add(con: duckdb.DuckDBPyConnection, table: str, checks: list[str], parameters: dict | None = None) -> None:
    """Run checks that give column, check, n_rows, n_bad, revenue."""
    for check in checks:
        used = {name: value for name, value in (parameters or {}).items() if f"${name}" in check}
        run_sql(
            con,
            f"INSERT INTO data_quality SELECT '{table}', * FROM ({check}) AS "
            'checked("column", "check", n_rows, n_bad, revenue)',
            used,
        )


def _money(table: str) -> str:
    return "revenue" if table == "invoices" else "NULL::DECIMAL(18,4)"


def _missing(con: duckdb.DuckDBPyConnection, table: str) -> str:
    """Empty values per column, over rows that are not later than as-of and no repetition."""
    columns = [c for c in columns_of(table) if c not in MAY_BE_EMPTY.get(table, set())]
    written = {a: f"coalesce({a}, written_{a})" for a in MONEY.get(table, ())}  # no rate is not the same as no amount
    written = written if has_column(con, f"rows_{table}", "currency_rate") else {}
    counts = ", ".join(f"count(*) - count({written.get(c, c)}) AS {c}" for c in columns)
    money = ", ".join(f"sum({_money(table)}) FILTER ({c} IS NULL) AS {c}_money" for c in columns)
    rows = " UNION ALL ".join(f"SELECT '{c}', 'missing', n_rows, {c}, {c}_money FROM counted" for c in columns)
    return f"""WITH counted AS (SELECT count(*) AS n_rows, {counts}, {money} FROM rows_{table}
                                WHERE step NOT IN ('later', 'excluded_duplicate')) {rows}"""


def _unreadable(con: duckdb.DuckDBPyConnection, table: str) -> str:
    if not has_table(con, f"unreadable_{table}"):
        return ""
    return f"""SELECT '{WHOLE_TABLE}', 'unreadable_' || reason,
                      count(*) + (SELECT count(*) FROM rows_{table}), count(*), sum({_money(table)})
               FROM unreadable_{table} GROUP BY reason"""


def _duplicates(table: str) -> str:
    return f"""SELECT '{WHOLE_TABLE}', 'duplicate', count(*), count(*) FILTER (step = 'excluded_duplicate'),
                      sum({_money(table)}) FILTER (step = 'excluded_duplicate')
               FROM rows_{table} WHERE step <> 'later'"""


def _future(table: str) -> str:
    day = TABLES[table].event_date
    if not day:
        return ""
    return f"""SELECT '{day}', 'future_date', count(*), count(*) FILTER ({day} > $today),
                      sum({_money(table)}) FILTER ({day} > $today) FROM rows_{table}
               UNION ALL
               SELECT '{day}', 'old_date', count(*), count(*) FILTER (year({day}) < {OLDEST_YEAR}),
                      sum({_money(table)}) FILTER (year({day}) < {OLDEST_YEAR}) FROM rows_{table}"""


def _without_rate(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Amounts of other currencies that could not be converted; their money has no value in the project's."""
    if not has_column(con, f"rows_{table}", "no_rate"):
        return []
    return [
        f"""SELECT 'currency', '{check}', count(*), count(*) FILTER (step = 'quarantined_{check}'), NULL::DECIMAL(18,4)
            FROM rows_{table} WHERE step <> 'later'"""
        for check in ("no_rate", "unknown_currency")
    ]


def _unknown(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """References to rows that no delivered table has; accounts of invoices are a check of their own (not_delivered)."""
    checks = []
    for column in set(columns_of(table)) & set(REFERENCES):
        owner = OWNERS[column]
        is_own_check = table == "invoices" and column == "account_id"
        if owner == table or is_own_check or not has_table(con, f"raw_{owner}"):
            continue
        bad = f"{column} IS NOT NULL AND {column} NOT IN (SELECT {column} FROM raw_{owner} WHERE {column} IS NOT NULL)"
        if table == "invoices" and column == "product_id":
            bad += " AND line_type <> 'charge'"
        checks.append(f"""SELECT '{column}', 'unknown_reference', count({column}), count(*) FILTER ({bad}),
                                 sum({_money(table)}) FILTER ({bad}) FROM rows_{table} WHERE step = 'used'""")
    return sorted(checks)


def _shapes(table: str) -> str:
    """Ids that look unlike most: other signs than digits and letters usually stand there, or lost leading zeros."""
    return f"""
        WITH ids AS (SELECT account_id, sum({_money(table)}) AS revenue FROM rows_{table}
                     WHERE step = 'used' AND account_id IS NOT NULL GROUP BY account_id),
        shapes AS (SELECT *, regexp_matches(account_id, '^[0-9]+$') AS is_number, length(account_id) AS n_signs,
                          regexp_replace(regexp_replace(account_id, '[[:alpha:]]+', 'A', 'g'), '[0-9]+', '9', 'g')
                          AS shape FROM ids),
        usual AS (SELECT shape, count(*) AS n FROM shapes GROUP BY shape ORDER BY n DESC, shape LIMIT 1),
        zeros AS (SELECT max(n_signs) FILTER (is_number AND starts_with(account_id, '0')) AS n_longest FROM shapes)
        SELECT 'account_id', 'mixed_shape', count(*), count(*) FILTER (is_odd), sum(revenue) FILTER (is_odd)
        FROM (SELECT shapes.*, (shapes.shape <> usual.shape AND usual.n >= {SHAPE_SHARE} * count(*) OVER ())
                               OR coalesce(is_number AND n_signs < n_longest, false) AS is_odd
              FROM shapes, usual, zeros)"""


LINES = """
    WITH lines AS (
        SELECT *, $prefix <> '' AND starts_with(upper(invoice_id), upper($prefix)) AS is_cancelled
        FROM rows_invoices WHERE step = 'used'),
    checks AS (SELECT unnest([
        {'column': 'revenue', 'name': 'zero_price', 'bad': quantity > 0 AND revenue = 0},
        {'column': 'revenue', 'name': 'negative_price', 'bad': quantity > 0 AND revenue < 0},
        {'column': 'quantity', 'name': 'signs_disagree', 'bad': quantity < 0 AND revenue > 0},
        {'column': 'invoice_id', 'name': 'cancellation_positive', 'bad': is_cancelled AND revenue > 0},
        {'column': 'line_type', 'name': 'charge', 'bad': line_type = 'charge'},
        {'column': '-', 'name': 'identical_in_delivery', 'bad': is_repeated}]) AS one, revenue FROM lines)
    SELECT one.column, one.name, count(*), count(*) FILTER (one.bad), sum(revenue) FILTER (one.bad)
    FROM checks GROUP BY ALL"""

CONFLICTS = """
    SELECT 'invoice_id', 'differs_between_deliveries', count(*), count(*) FILTER (n_files > 1),
           sum(revenue) FILTER (n_files > 1)
    FROM (SELECT invoice_id, count(DISTINCT source) AS n_files, sum(revenue) AS revenue
          FROM rows_invoices WHERE step = 'used' AND invoice_id IS NOT NULL GROUP BY invoice_id)"""

DOMINANT = f"""
    SELECT 'account_id', 'dominant_account', count(*), count(*) FILTER (revenue >= {DOMINANT_SHARE} * total),
           sum(revenue) FILTER (revenue >= {DOMINANT_SHARE} * total)
    FROM (SELECT sum(revenue) AS revenue, sum(sum(revenue)) OVER () AS total FROM invoices GROUP BY account_id)
    WHERE total > 0"""

FEW = f"""
    SELECT 'account_id', 'few_accounts', n, CASE WHEN n < {FEW_ACCOUNTS} THEN n ELSE 0 END, NULL::DECIMAL(18,4)
    FROM (SELECT count(DISTINCT account_id) AS n FROM invoices)"""

NO_CREDITS = f"""
    SELECT 'revenue', 'no_credits', count(*), count(*) FILTER (n_lines >= {MANY_LINES} AND n_credits = 0),
           NULL::DECIMAL(18,4)
    FROM (SELECT count(*) AS n_lines, count(*) FILTER (revenue < 0) AS n_credits FROM rows_invoices
          WHERE step = 'used' AND (SELECT money_source FROM run_period) = 'invoices' GROUP BY source)
    HAVING count(*) FILTER (n_lines >= {MANY_LINES} AND n_credits = 0) > 0"""

ADDED = """
    SELECT 'account_id', 'not_delivered', (SELECT count(*) FROM companies), count(DISTINCT account_id), sum(revenue)
    FROM rows_invoices SEMI JOIN added_accounts USING (account_id) WHERE step = 'used'"""
