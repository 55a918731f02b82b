"""Does the 95 % interval of an account's trend hold its promise? Planted trends, and real months in random order.

    python benchmarks/trend_coverage.py FOLDER [--write]

FOLDER holds both deliveries of UCI's Online Retail data (502 and 352). Prints Markdown; --write puts it into
trend_coverage.md beside this file. The script ends with an error if an interval covers less than it promises.
"""

from __future__ import annotations

import argparse
import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.engines import connect
from segkit.statistics.resampling import generator
from segkit.value.behaviour.season import month_grid, season_indices
from segkit.value.behaviour.trend import fit_trends

ACCOUNTS = 4000
SHUFFLES = 10
LEAST = 0.945
AS_OF = dt.date(2026, 9, 30)
SEASON = np.array([0.9, 1, 1.2, 1, 1, 1.1, 1, 0.5, 1.1, 1.1, 1.5, 0.6])
SHAPES = [(0.0, "count", 0.0), (-0.3, "count", 0.0), (0.4, "size", 0.0), (0.0, "count", 0.4)]
HEAD = """# Trend of single accounts: does the interval hold?

*Planted*: {accounts} accounts each, orders by chance at a mean rate per month (Poisson), order values log-normal with a
spread (standard deviation of the logarithm), a season as strong as 1 : 3, a yearly trend in the number or in the size
of orders, months known before the last; *alike* is the correlation of a hidden level (spread .5) from month to month,
which the model does not know. *Covered* is how many 95 % intervals hold the planted trend; *named* how many accounts
are said to rise or fall (of all together at most 5 % wrongly, Benjamini-Hochberg).
"""
MIDDLE = """
*Real months in random order*: Online Retail up to 30 November 2011 (24 whole months), the months of each account
shuffled after the season is taken out, {shuffles} times. There is no trend then: 95 % of the intervals must hold 0.
"""


def draw_company(months: int, rate: float, spread: float, shape: tuple[float, str, float]) -> pd.DataFrame:
    """Return the money of accounts × months (columns: first days) with a planted yearly trend."""
    growth, kind, alike = shape
    rng = generator(1, "trend", months, str(rate), str(spread), *map(str, shape))
    days = pd.period_range(pd.Period(AS_OF, "M") - (months - 1), pd.Period(AS_OF, "M"), freq="M")
    trend = np.exp(np.log1p(growth) * np.arange(months) / 12)
    level = rng.normal(size=(ACCOUNTS, months))
    for j in range(1, months):
        level[:, j] = alike * level[:, j - 1] + np.sqrt(1 - alike**2) * level[:, j]
    mean = rate * (SEASON / SEASON.mean())[days.month - 1] * (np.exp(0.5 * level) if alike else 1.0)
    orders = rng.poisson(mean * (trend if kind == "count" else 1.0) * np.ones((ACCOUNTS, 1)))
    money = np.zeros(orders.shape)
    for j in range(orders.max()):
        money += (orders > j) * np.exp(rng.normal(scale=spread, size=orders.shape))
    return pd.DataFrame(money * (1.0 if kind == "count" else trend), columns=days.to_timestamp())


def find_trends(money: pd.DataFrame, as_of: dt.date) -> pd.DataFrame:
    """Return the trends of a company given as accounts × months."""
    values = money.to_numpy()
    rows, at = np.nonzero(values)
    ids = np.array([f"K{i:05d}" for i in range(len(money))])
    months = pd.DataFrame({"account_id": ids[rows], "month": money.columns[at], "revenue": values[rows, at]})
    first = money.columns[(values != 0).argmax(axis=1)]
    history = (pd.Timestamp(as_of) - money.columns[0]).days
    now = pd.DataFrame({"account_id": ids, "first_date": first, "history_days": history})
    grid, days = month_grid(now, months, as_of)
    season = season_indices(grid, days)
    if season is None:
        raise SystemExit("the season is not known")
    return fit_trends(now, grid, days, season)


def retail_months(folder: Path) -> pd.DataFrame:
    """Return net revenue of each customer of Online Retail in each whole month."""
    lines = (
        connect()
        .execute(
            """
        SELECT "Customer ID"::VARCHAR AS id, InvoiceDate::TIMESTAMP AS day, Quantity * Price::DOUBLE AS money
        FROM read_parquet(?)
        UNION ALL
        SELECT CustomerID, InvoiceDate::TIMESTAMP, Quantity::BIGINT * UnitPrice::DOUBLE
        FROM read_csv(?, all_varchar = true) WHERE InvoiceDate::TIMESTAMP >= '2010-12-10'
        """,
            [str(folder / "invoices_2009-12_2010-12.parquet"), str(folder / "2010-12_2011-12" / "*.csv.gz")],
        )
        .df()
    )
    lines = lines.dropna(subset="id")
    lines = lines.assign(id=lines["id"].str.split(".").str[0], month=lines["day"].dt.to_period("M").dt.to_timestamp())
    return lines[lines["month"] < "2011-12-01"].pivot_table(index="id", columns="month", values="money", aggfunc="sum")


def shuffle(money: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the months of each account after its first in random order, without and then again with the season."""
    values = money.fillna(0.0).to_numpy(copy=True)
    now = pd.DataFrame({"account_id": money.index, "history_days": 729})
    months = money.stack().dropna().rename("revenue").reset_index().rename(columns={"id": "account_id"})
    season = season_indices(*month_grid(now, months, dt.date(2011, 11, 30)))
    if season is None:
        raise SystemExit("the season is not known")
    factors = season[money.columns.month - 1]
    rng, first = generator(1, "shuffle", seed), money.notna().to_numpy().argmax(axis=1)
    for row, start in zip(values, first, strict=True):
        row[start + 1 :] = rng.permutation(row[start + 1 :] / factors[start + 1 :]) * factors[start + 1 :]
    return pd.DataFrame(values, columns=money.columns)


def main() -> None:
    """Print the tables and hold the coverage against what is promised."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    text = HEAD.format(accounts=ACCOUNTS) + "\n| months | orders a month | spread | trend in | alike | with a trend | "
    text += "covered | median width | named |\n|--|--|--|--|--|--|--|--|--|\n"
    lowest = 1.0
    for months in (24, 36):
        for rate in (0.5, 1.0, 4.0):
            for spread in (0.5, 1.2):
                for shape in SHAPES:
                    found = find_trends(draw_company(months, rate, spread, shape), AS_OF)
                    covered = float(((found["trend_low"] <= shape[0]) & (shape[0] <= found["trend_high"])).mean())
                    width = float((found["trend_high"] - found["trend_low"]).median())
                    named = int((found["trend_direction"] != "open").sum())
                    lowest = min(lowest, covered)
                    text += f"| {months} | {rate:g} | {spread:g} | {shape[0]:+.0%} {shape[1]} | {shape[2]:g} | "
                    text += f"{len(found) / ACCOUNTS:.0%} | {covered:.1%} | {width:.2f} | {named} |\n"
    money = retail_months(options.folder)
    real = find_trends(money.fillna(0.0), dt.date(2011, 11, 30))
    counts = real["trend_direction"].value_counts()
    shuffled = [find_trends(shuffle(money, seed), dt.date(2011, 11, 30)) for seed in range(SHUFFLES)]
    held = [float(((each["trend_low"] <= 0) & (each["trend_high"] >= 0)).mean()) for each in shuffled]
    by_chance = [int((each["trend_direction"] != "open").sum()) for each in shuffled]
    text += MIDDLE.format(shuffles=SHUFFLES)
    text += f"\n{len(money):,} customers, {len(real):,} with a trend. Shuffled: {np.mean(held):.1%} of the intervals "
    text += "hold 0 "
    text += f"({min(held):.1%} to {max(held):.1%}); {sum(by_chance)} accounts are named in {SHUFFLES} shuffles. "
    text += f"As they are: {counts.get('rises', 0)} rise, {counts.get('falls', 0)} fall.\n"
    print(text)
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    if min(lowest, float(np.mean(held))) < LEAST:
        raise SystemExit(f"an interval covers {min(lowest, float(np.mean(held))):.1%}, less than it promises")


if __name__ == "__main__":
    main()
