"""One sample company in memory: accounts, demand, invoice lines, and what is true about them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from segkit.demo.accounts import add_potential, simulate_accounts
from segkit.demo.demand import Demand, segments, simulate_demand
from segkit.demo.duplicates import book_on_duplicates, simulate_duplicates
from segkit.demo.invoices import products, simulate_lines
from segkit.demo.parameters import QUARTERS, Parameters, quarter_of, stream

SEED = 20_260_930


@dataclass(frozen=True)
class Sample:
    """A simulated company: frames of what is true.

    `lines.account_id` is who truly bought, `lines.booked_id` the number on the invoice: sometimes a duplicate's.
    """

    seed: int
    accounts: pd.DataFrame
    demand: Demand
    products: pd.DataFrame
    lines: pd.DataFrame
    duplicates: pd.DataFrame
    parameters: Parameters = field(default_factory=Parameters)

    def segments(self) -> pd.DataFrame:
        """Return account_id, quarter, segment_id, level, momentum of every account that has begun to buy."""
        wide = pd.DataFrame(segments(self.demand), index=self.accounts["account_id"], columns=list(QUARTERS))
        long = wide.rename_axis(columns="quarter").stack().rename("segment_id").reset_index()
        first = self.lines.groupby("account_id")["invoice_date"].min()
        begun = quarter_of(long["account_id"].map(first).fillna(pd.Timestamp("2099-01-01")))
        position = {quarter: i for i, quarter in enumerate(QUARTERS)}
        known = (long["segment_id"] != "") & (begun <= long["quarter"].map(position))
        return long[known].reset_index(drop=True)


def simulate(seed: int = SEED, n_accounts: int = 1200, parameters: Parameters | None = None) -> Sample:
    """Return one sample company; the same seed gives the same company."""
    p = parameters or Parameters()
    accounts = simulate_accounts(seed, n_accounts, p)
    p, demand = _calibrated(accounts, p, seed)
    accounts = add_potential(accounts, np.exp(demand.spend[:, -1]) * p.price_by_month()[-1], p, seed)
    price_list = products(seed)
    lines = simulate_lines(accounts, demand, price_list, p, seed)
    duplicates = simulate_duplicates(accounts, demand, seed)
    lines["booked_id"] = book_on_duplicates(lines, duplicates, seed)
    return Sample(seed, accounts, demand, price_list, lines, duplicates, p)


def _calibrated(accounts: pd.DataFrame, p: Parameters, seed: int) -> tuple[Parameters, Demand]:
    """Return demand, with the levels' medians such that A, B and C have their shares of the last year's revenue.

    The same random numbers are drawn again with shifted medians: the result is one draw from what is returned.
    """
    level, start, risk = (accounts[name].to_numpy() for name in ("level", "start", "risk"))
    for _ in range(3):
        demand = simulate_demand(level, start, risk, p, stream(seed, "demand"))
        wanted = (np.exp(demand.spend) * demand.is_buying)[:, -4:].mean(axis=1)
        total = np.bincount(demand.level[:, -1], wanted, minlength=4)[:3]
        target = np.array(p.revenue_shares) * p.revenue * len(accounts) / 1200
        shift = np.where(total > 0, target / np.maximum(total, 1.0), 1.0)
        p = replace(p, level_median=(*(np.array(p.level_median[:3]) * shift).tolist(), p.level_median[3]))
    return p, simulate_demand(level, start, risk, p, stream(seed, "demand"))
