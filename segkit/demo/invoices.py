"""From demand to invoice lines: orders in their rhythm, products, prices, returns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.demand import Demand
from segkit.demo.parameters import FIRST_DAY, LAST_DAY, MONTHS, N_MONTHS, Parameters, stream


def products(seed: int) -> pd.DataFrame:
    """Return the price list: product_id, product_name, product_group, list_price, unit_cost; dearest last."""
    rng = stream(seed, "products")
    rows = []
    for group, code, n, low, high, cost in lists.PRODUCT_GROUPS:
        prices = np.round(np.exp(rng.uniform(np.log(low), np.log(high), n)), 2)
        numbers = 1000 + np.cumsum(rng.integers(3, 40, n))
        shares = np.clip(rng.normal(cost, 0.05, n), 0.2, 0.9)
        rows.append(
            pd.DataFrame(
                {
                    "product_id": [f"{code}-{number}" for number in numbers],
                    "product_name": [f"{group} {code} {number}" for number in numbers],
                    "product_group": group,
                    "list_price": prices,
                    "unit_cost": np.round(prices * shares, 2),
                }
            )
        )
    return pd.concat(rows).sort_values(["list_price", "product_id"], ignore_index=True)


def _cost_level(level: Any) -> Any:
    """Return the level of costs at a level of prices: not quite half of a rise is passed on to what goods cost."""
    return 0.55 + 0.45 * level


def price_list_today(products: pd.DataFrame, p: Parameters) -> pd.DataFrame:
    """Return the price list as the company keeps it now: `list_price` and `unit_cost` after all rises of the years.

    Parameters
    ----------
    products : DataFrame
        As `products` gives them: the list of the first month.
    p : Parameters
        The rises; costs rise by less, as in the lines.
    """
    level = float(p.price_by_month()[-1])
    return products.assign(
        list_price=(products["list_price"] * level).round(2),
        unit_cost=(products["unit_cost"] * _cost_level(level)).round(2),
    )


def simulate_lines(
    accounts: pd.DataFrame, demand: Demand, price_list: pd.DataFrame, p: Parameters, seed: int
) -> pd.DataFrame:
    """Return all invoice lines of the accounts, as they truly happened.

    Columns: account_id, invoice (number of the order), invoice_date, product (position in the price list; -1 freight),
    quantity, unit_price, discount (share), revenue_cents, cost_cents, kind (sale, return, freight).
    """
    rng = stream(seed, "lines")
    orders = _orders(accounts, demand, p, rng)
    lines = _lines_of(orders, price_list, p, rng)
    lines = pd.concat([lines, _returns(lines, p, rng), _freight(orders, lines, rng)], ignore_index=True)
    lines = lines.sort_values(["invoice_date", "invoice", "kind", "product"], kind="stable", ignore_index=True)
    lines["account_id"] = accounts["account_id"].to_numpy()[lines.pop("account")]
    return lines


def order_rate(spend: np.ndarray, base_spend: np.ndarray, base_rate: np.ndarray, p: Parameters) -> np.ndarray:
    """Return orders a year: accounts that want more order more often, and more at a time."""
    return base_rate * np.exp(p.frequency_part * (spend - base_spend))


def _orders(accounts: pd.DataFrame, demand: Demand, p: Parameters, rng) -> pd.DataFrame:
    """Return account (position), date, value at the prices of its month."""
    n = len(accounts)
    by_month = np.repeat(np.arange(N_MONTHS) // 3, 1)
    spend = demand.spend[:, by_month]
    medians = np.log(p.level_median)
    level = demand.level[:, :1]
    own = np.array(p.orders_a_year)[level] * rng.lognormal(0, p.orders_spread, (n, 1))
    rate = order_rate(spend, medians[level], own, p)
    ramp = np.ones(8)
    ramp[1 : 1 + len(p.ramp)] = p.ramp
    age = np.minimum(demand.age[:, by_month], 7)
    wanted = np.exp(spend) * ramp[age] * p.price_by_month() / rate
    speed = rate / 12 * p.season_by_month() * demand.is_buying[:, by_month]
    progress = rng.random((n, 1)) + np.cumsum(
        speed * rng.gamma(p.rhythm_shape, 1 / p.rhythm_shape, speed.shape), axis=1
    )
    before = np.concatenate([np.zeros((n, 1)), np.floor(progress[:, :-1])], axis=1)
    counts = (np.floor(progress) - np.maximum(before, 0)).astype(int)
    account, month = np.repeat(np.indices(counts.shape).reshape(2, -1), counts.ravel(), axis=1)
    value = wanted[account, month] * rng.gamma(p.order_size_shape, 1 / p.order_size_shape, len(account))
    days = _days(account, month, counts, rng)
    return pd.DataFrame({"account": account, "invoice_date": days, "value": value})


def _days(account: np.ndarray, month: np.ndarray, counts: np.ndarray, rng) -> np.ndarray:
    """Return a working day for each order; orders of a month are spread over it."""
    n_in_month = counts[account, month]
    key = pd.Series(account * N_MONTHS + month)
    rank = key.groupby(key).cumcount().to_numpy()
    first = MONTHS[month].astype("datetime64[D]")
    length = ((MONTHS[month] + 1).astype("datetime64[D]") - first).astype(int)
    position = (rank + rng.random(len(rank))) / n_in_month
    days = first + np.floor(position * length).astype(int)
    weekday = (days.astype(int) + 3) % 7  # Monday is 0
    days = days - np.where(weekday == 5, 1, np.where(weekday == 6, 2, 0))
    return np.where(days < first, days + 3, days)


def _lines_of(orders: pd.DataFrame, price_list: pd.DataFrame, p: Parameters, rng) -> pd.DataFrame:
    n_lines = 1 + rng.poisson(np.clip(np.log10(orders["value"].to_numpy() + 1) - 1.6, 0.3, 2.2))
    order = np.repeat(np.arange(len(orders)), n_lines)
    weight = rng.gamma(2.0, 1.0, len(order))
    share = weight / np.bincount(order, weight)[order]
    target = orders["value"].to_numpy()[order] * share
    dates = orders["invoice_date"].to_numpy()[order]
    level = p.price_by_month()[(dates.astype("datetime64[M]") - MONTHS[0]).astype(int)]
    discount = np.clip(np.round(rng.normal(0.04 + 0.02 * np.log10(target + 1), 0.03), 2), 0, 0.35)
    prices = price_list["list_price"].to_numpy()
    affordable = np.searchsorted(prices, target / level / 2.2, side="right")
    product = np.floor(np.sqrt(rng.random(len(order))) * np.maximum(affordable, 1)).astype(int)
    unit_price = np.round(prices[product] * level, 2)
    quantity = np.maximum(1, np.round(target / (unit_price * (1 - discount)))).astype(int)
    cost = price_list["unit_cost"].to_numpy()[product] * _cost_level(level)
    return pd.DataFrame(
        {
            "account": orders["account"].to_numpy()[order],
            "invoice": order,
            "invoice_date": dates,
            "product": product,
            "quantity": quantity,
            "unit_price": unit_price,
            "discount": discount,
            "revenue_cents": np.round(quantity * unit_price * (1 - discount) * 100).astype(np.int64),
            "cost_cents": np.round(quantity * cost * 100).astype(np.int64),
            "kind": "sale",
        }
    )


def _returns(lines: pd.DataFrame, p: Parameters, rng) -> pd.DataFrame:
    """Return credit notes: part or all of a line comes back some weeks later."""
    picked = lines[rng.random(len(lines)) < p.return_share].reset_index(drop=True)
    back = np.maximum(1, np.floor(picked["quantity"] * rng.choice([0.3, 0.5, 1.0], len(picked)))).astype(int)
    later = picked["invoice_date"].to_numpy() + rng.integers(3, 35, len(picked)).astype("timedelta64[D]")
    picked = picked.assign(
        invoice=picked["invoice"] + 10_000_000,
        invoice_date=later,
        revenue_cents=-np.round(picked["revenue_cents"] * back / picked["quantity"]).astype(np.int64),
        cost_cents=-np.round(picked["cost_cents"] * back / picked["quantity"]).astype(np.int64),
        quantity=-back,
        kind="return",
    )
    return picked[(picked["invoice_date"] <= LAST_DAY) & (picked["invoice_date"] >= FIRST_DAY)]


def _freight(orders: pd.DataFrame, lines: pd.DataFrame, rng) -> pd.DataFrame:
    """Return a freight line for small orders."""
    value = np.bincount(lines["invoice"], lines["revenue_cents"], minlength=len(orders)) / 100
    charged = np.flatnonzero((value < 900) & (rng.random(len(orders)) < 0.35))
    cents = rng.choice([690, 890, 1290, 1890], len(charged))
    return pd.DataFrame(
        {
            "account": orders["account"].to_numpy()[charged],
            "invoice": charged,
            "invoice_date": orders["invoice_date"].to_numpy()[charged],
            "product": -1,
            "quantity": 1,
            "unit_price": cents / 100,
            "discount": 0.0,
            "revenue_cents": cents.astype(np.int64),
            "cost_cents": np.round(cents * 0.9).astype(np.int64),
            "kind": "freight",
        }
    )
