"""Which currency a text names, and what one unit of it was worth on which day."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

from segkit.cleansing.rows import has_table, run_sql
from segkit.errors import Problems
from segkit.settings.exchange_rates import ExchangeRates

if TYPE_CHECKING:
    import duckdb

RATE_TYPE = "DECIMAL(18,12)"
ALWAYS = "0001-01-01"  # a rate without a day holds from the beginning
NAMES = {
    "EUR": ("€", "euro", "euros", "eur €"),
    "USD": ("$", "us$", "usd $", "us-dollar", "us dollar", "us-dollars", "us dollars", "dollar", "dollars"),
    "GBP": ("£", "gb£", "gbp £", "pfund", "pfund sterling", "pound", "pounds", "pound sterling", "britisches pfund"),
    "CHF": ("sfr", "sfr.", "fr.", "franken", "schweizer franken", "swiss franc", "swiss francs"),
    "JPY": ("¥", "yen"),
}
CODES = {name: code for code, names in NAMES.items() for name in names}


@functools.cache
def _iso_codes() -> frozenset[str]:
    from babel.localedata import load

    return frozenset(load("en")["currency_names"])


def name_currency(text: str) -> tuple[str, bool]:
    """Return the code that a text stands for, and whether it is a currency at all.

    Examples
    --------
    >>> name_currency(" usd"), name_currency("Euro"), name_currency("Stück")
    (('USD', True), ('EUR', True), ('Stück', False))
    """
    plain = re.sub(r"\s+", " ", text).strip()
    code = CODES.get(plain.casefold(), plain.upper())
    return (code, True) if code in _iso_codes() else (plain, False)


def match_codes(con: duckdb.DuckDBPyConnection, places: dict[str, str], currency: str) -> list[str]:
    """Create ``currency_codes`` (written, code, is_known) and return the tables that name more than the currency.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds the tables.
    places : dict
        Table → relation with the column currency.
    currency : str
        The project's.
    """
    delivered = {"exchange_rates": "rows_exchange_rates"} if has_table(con, "rows_exchange_rates") else {}
    texts = {
        table: {row[0] for row in run_sql(con, f"SELECT DISTINCT currency FROM {place} WHERE currency IS NOT NULL")}
        for table, place in (places | delivered).items()
    }
    found = sorted(set().union(*texts.values()))
    run_sql(con, "CREATE OR REPLACE TEMP TABLE currency_codes (written VARCHAR, code VARCHAR, is_known BOOLEAN)")
    if found:
        con.executemany("INSERT INTO currency_codes VALUES (?, ?, ?)", [[text, *name_currency(text)] for text in found])
    return [table for table in places if texts[table] - {currency}]


def collect_rates(con: duckdb.DuckDBPyConnection, currency: str, exchange_rates: ExchangeRates) -> None:
    """Create ``currency_rates`` (currency, rate_date, rate), one row per currency and day.

    Rates come from ``rows_exchange_rates`` and project.yml, which holds where both name a day. Of several deliveries
    the newest counts. A rate that is not above zero goes to quarantine (bad_rate).

    Raises
    ------
    UserError
        "exchange_rates: USD has two rates on 2025-01-01 (0.92 and 0.95). Keep one of them."
    """
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE currency_rates (currency VARCHAR, rate_date DATE, rate {RATE_TYPE})")
    if has_table(con, "rows_exchange_rates"):
        _add_delivered(con, currency)
    stated = [
        [code, day.isoformat() if day else ALWAYS, rate]
        for code, rates in exchange_rates.items()
        for day, rate in rates.items()
        if code != currency
    ]
    if stated:
        run_sql(con, "CREATE OR REPLACE TEMP TABLE stated_rates AS FROM currency_rates LIMIT 0")
        con.executemany("INSERT INTO stated_rates VALUES (?, ?, ?)", stated)
        run_sql(
            con,
            """DELETE FROM currency_rates
               WHERE (currency, rate_date) IN (SELECT (currency, rate_date) FROM stated_rates);
               INSERT INTO currency_rates FROM stated_rates; DROP TABLE stated_rates""",
        )


def _add_delivered(con: duckdb.DuckDBPyConnection, currency: str) -> None:
    run_sql(
        con,
        "UPDATE rows_exchange_rates SET step = 'quarantined_bad_rate' WHERE step IS NULL "
        "AND NOT (isfinite(rate) AND rate > 0 AND rate < 1000000)",
    )
    run_sql(
        con,
        f"""
        INSERT INTO currency_rates
        SELECT DISTINCT code, rate_date, round(rate, 12)::{RATE_TYPE}
        FROM (SELECT r.*, code FROM rows_exchange_rates r JOIN currency_codes ON r.currency = currency_codes.written
              WHERE step IS NULL AND code <> $currency
              QUALIFY delivery IS NOT DISTINCT FROM max(delivery) OVER (PARTITION BY code, rate_date))""",
        {"currency": currency},
    )
    problems = Problems()
    for code, day, rates in run_sql(
        con,
        """SELECT currency, rate_date, list(rate::DOUBLE ORDER BY rate) FROM currency_rates
           GROUP BY ALL HAVING count(*) > 1 ORDER BY ALL LIMIT 5""",
    ):
        told = " and ".join(f"{rate:.12g}" for rate in rates[:2])
        problems.add(
            f"exchange_rates: {code} has {len(rates)} rates on {day} ({told}). Keep one of them, such as those of one "
            "type of rate."
        )
    problems.raise_if_any()
