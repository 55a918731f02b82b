"""Money of other currencies: converted with the rate of its day, or in quarantine where none is known."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from segkit.cleansing.rates import collect_rates, match_codes
from segkit.cleansing.rows import MONEY, has_column, has_table, make_empty, run_sql
from segkit.errors import UserError
from segkit.settings.exchange_rates import ExchangeRates

if TYPE_CHECKING:
    import duckdb

PLACES = {"invoices": "raw_invoices", "orders": "rows_orders", "opportunities": "rows_opportunities"}
DAYS = {
    "invoices": "invoice_date",
    "orders": "order_date",
    "opportunities": "CASE WHEN is_closed THEN coalesce(close_date, created_date) "
    "ELSE coalesce(created_date, close_date) END",
}


def convert_money(
    con: duckdb.DuckDBPyConnection, currency: str = "EUR", exchange_rates: ExchangeRates | None = None
) -> None:
    """Convert what is not in the project's currency, with the latest rate up to the day of each row.

    Amounts are exact decimals, rounded half away from zero to four digits. A row whose currency has no rate on its day
    keeps no amount and goes to quarantine as ``no_rate``, or as ``unknown_currency`` where the text names none.
    Unreadable rows of a file with several currencies lose their amount, because nobody knows which it is in. A
    currency is recognised in any case, by its sign (€, $, £) and by its German or English name.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds those of ``raw_invoices``, ``rows_orders``, ``rows_opportunities`` (is_closed filled) and
        ``rows_exchange_rates`` that were delivered.
    currency : str
        ISO code of the project's currency; rows without a currency are in it.
    exchange_rates : dict, optional
        The section of project.yml; it holds where the table names the same day.

    Notes
    -----
    New columns of a table with other currencies: written_<amount> (what stood there), currency_rate, no_rate (why it
    could not be converted). Other tables stay as they are.

    Raises
    ------
    UserError
        "exchange_rates: USD has two rates on 2025-01-01 (0.92 and 0.95). Keep one of them."
        "invoices: not one row is in EUR, the project's currency, or has a rate: 1,200 rows are in USD. …"
    """
    present = {table: place for table, place in PLACES.items() if has_column(con, place, "currency")}
    tables = match_codes(con, present, currency)
    if not tables:
        return
    collect_rates(con, currency, exchange_rates or {})
    for table in tables:
        _convert(con, table, currency)
    money = next((table for table in ("invoices", "opportunities") if has_table(con, PLACES[table])), None)
    if money:
        _refuse_if_nothing(con, money, currency)


def _convert(con: duckdb.DuckDBPyConnection, table: str, currency: str) -> None:
    """Replace the table by one whose amounts are in the project's currency."""
    place, amounts = PLACES[table], MONEY[table]
    converted = ", ".join(
        f"CASE WHEN is_foreign THEN round({a}::DECIMAL(38,4) * rate.rate::DECIMAL(38,12), 4)::DECIMAL(18,4) "
        f"ELSE {a} END AS {a}"
        for a in amounts
    )
    written = ", ".join(f"CASE WHEN is_foreign THEN {a} END AS written_{a}" for a in amounts)
    has_amount = " OR ".join(f"{a} IS NOT NULL" for a in amounts)
    step = ", coalesce(step, 'quarantined_' || no_rate) AS step" if place.startswith("rows_") else ""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE converted AS
        SELECT line.* EXCLUDE (code, is_known, is_foreign, money_day)
                      REPLACE ({converted}, coalesce(code, line.currency) AS currency),
               {written}, rate.rate AS currency_rate,
               CASE WHEN is_foreign AND rate.rate IS NULL AND ({has_amount})
                    THEN CASE WHEN is_known THEN 'no_rate' ELSE 'unknown_currency' END END AS no_rate
        FROM (SELECT t.*, code, is_known, coalesce(code <> $currency, false) AS is_foreign, {DAYS[table]} AS money_day
              FROM {place} t LEFT JOIN currency_codes ON t.currency = currency_codes.written) line
        ASOF LEFT JOIN currency_rates rate ON rate.currency = line.code AND rate.rate_date <= line.money_day""",
        {"currency": currency},
    )
    if run_sql(con, "SELECT count(*) FROM duckdb_tables() WHERE table_name = ? AND NOT temporary", [place])[0][0]:
        run_sql(con, f"DROP TABLE {place}")
    columns = f"* REPLACE ({step.lstrip(', ')})" if step else "*"
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE {place} AS SELECT {columns} FROM converted; DROP TABLE converted")
    if table == "invoices" and has_table(con, "unreadable_invoices"):  # which currency they are in is not known
        run_sql(
            con,
            f"""UPDATE unreadable_invoices SET revenue = NULL WHERE source IN
                (SELECT source FROM {place} WHERE written_revenue IS NOT NULL)""",
        )


def _refuse_if_nothing(con: duckdb.DuckDBPyConnection, table: str, currency: str) -> None:
    """Refuse a table of money of which nothing is left: that is a setting forgotten, not dirt."""
    place, amount = PLACES[table], MONEY[table][0]
    if not has_column(con, place, "no_rate") or run_sql(con, f"SELECT count({amount}) FROM {place}")[0][0]:
        return
    lost = run_sql(
        con, f"SELECT currency, count(*) FROM {place} WHERE no_rate IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 3"
    )
    if lost:
        told = ", ".join(f"{n} rows are in {code}" for code, n in lost)
        raise UserError(
            f"{table}: not one row is in {currency}, the project's currency, or has a rate on its day: {told}. Set "
            f"currency: {lost[0][0]} in project.yml if that is the project's own, or give the rates under "
            f"exchange_rates, such as {{{lost[0][0]}: 0.92}}."
        )


def write_currencies(con: duckdb.DuckDBPyConnection, as_of: dt.date) -> None:
    """Create ``currencies``: what was converted, at which rates, and what has no rate, up to as-of.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_T`` with the columns of `convert_money`, where there was anything to convert.
    as_of : datetime.date
        Later rows do not count.
    """
    make_empty(con, "currencies")
    for table, place in PLACES.items():
        rows = place.replace("raw_", "rows_")
        if not has_column(con, rows, "currency_rate"):
            continue
        amount, left_out = MONEY[table][0], "no_rate IS NOT NULL AND step LIKE 'quarantined_%'"
        run_sql(
            con,
            f"""
            INSERT INTO currencies BY NAME
            SELECT '{table}' AS "table", currency, count(currency_rate) AS n_rows,
                   coalesce(sum(written_{amount}) FILTER (currency_rate IS NOT NULL), 0) AS amount,
                   sum({amount}) FILTER (currency_rate IS NOT NULL) AS revenue,
                   min(currency_rate)::DOUBLE AS lowest_rate, max(currency_rate)::DOUBLE AS highest_rate,
                   count(*) FILTER ({left_out}) AS n_without_rate,
                   coalesce(sum(written_{amount}) FILTER ({left_out}), 0) AS amount_without_rate,
                   min({DAYS[table]}) FILTER ({left_out}) AS first_without_rate,
                   max({DAYS[table]}) FILTER ({left_out}) AS last_without_rate,
                   coalesce(bool_and(no_rate IS DISTINCT FROM 'unknown_currency'), true) AS is_known
            FROM {rows}
            WHERE (currency_rate IS NOT NULL OR no_rate IS NOT NULL)
              AND step <> 'later' AND step <> 'excluded_duplicate' AND coalesce({DAYS[table]} <= $as_of, true)
            GROUP BY currency ORDER BY currency""",
            {"as_of": as_of},
        )
