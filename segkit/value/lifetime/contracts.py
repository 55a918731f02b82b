"""Contracts: which are in force, which were renewed, and how long they cover an account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

RENEWAL_DAYS = 90  # a contract of the same account that starts within so many days of the end renews it


def contracts_in_force(contracts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts of each account that run on a day.

    Parameters
    ----------
    contracts : DataFrame
        account_id, start_date, end_date (empty: without end), annual_value (currency a year).
    day : Timestamp
        Contracts that start later are not known.

    Returns
    -------
    DataFrame
        Index account_id: `annual_value` (sum; contracts without a value count 0), `end_date` (the last agreed end;
        empty if one has none), `term_days` (length of the contract that ends last), `n_renewals` (times the chain it
        stands in was renewed), `chain_start`.
    """
    running = chain_contracts(contracts, day).query("is_running")
    running = running.assign(
        is_open=running["end_date"].isna(),
        term_days=(running["end_date"] - running["start_date"]).dt.days.astype("float64"),
    )
    running = running.sort_values(["account_id", "is_open", "end_date", "contract_id"])
    last = running.groupby("account_id").last()
    open_ended = running.groupby("account_id")["is_open"].any()
    return last.assign(
        annual_value=running.groupby("account_id")["annual_value"].sum().astype("float64"),
        end_date=running.groupby("account_id")["end_date"].max().where(~open_ended),
    )[["annual_value", "end_date", "term_days", "n_renewals", "chain_start"]]


def chain_contracts(contracts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts known on a day, with the chain of renewals each stands in.

    Parameters
    ----------
    contracts : DataFrame
        contract_id, account_id, start_date, end_date, annual_value.
    day : Timestamp
        Contracts that start later are not known; rows without account or start are left out.

    Returns
    -------
    DataFrame
        In order of account and start: the columns, `chain` (number), `chain_start`, `n_renewals` (contracts of the
        chain before this one), `is_running`, `is_last` (of its chain), `is_lost` (the last of its chain, ended more
        than 90 days before the day: nobody renewed it).
    """
    import pandas as pd

    known = contracts[contracts["account_id"].notna() & contracts["start_date"].notna()]
    known = known[known["start_date"] <= day]
    known = known.assign(
        start_date=pd.to_datetime(known["start_date"]).astype("datetime64[us]"),
        end_date=pd.to_datetime(known["end_date"]).astype("datetime64[us]"),
        annual_value=known["annual_value"].astype("float64").fillna(0.0),
    ).sort_values(["account_id", "start_date", "contract_id"], ignore_index=True)
    grace = pd.Timedelta(days=RENEWAL_DAYS)
    ends = known["end_date"].fillna(pd.Timestamp("2200-01-01"))
    latest = ends.groupby(known["account_id"]).cummax().groupby(known["account_id"]).shift()
    is_first = ~(known["start_date"] <= latest + grace)
    chain = is_first.cumsum()
    # contracts that run beside each other are one term: a renewal starts near the end of the one before
    is_beside = ~is_first & (known["start_date"] < latest - grace)
    position = (~is_first & ~is_beside).astype("int64").groupby(chain).cumsum()
    chain_end = ends.groupby(chain).transform("max")
    is_last = known.groupby(chain).cumcount(ascending=False) == 0
    return known.assign(
        chain=chain,
        chain_start=known["start_date"].groupby(chain).transform("min"),
        n_renewals=position.astype("float64"),
        is_running=ends > day,
        is_last=is_last,
        is_lost=is_last & (chain_end + grace < day),
    )


def count_tenures(chains: pd.DataFrame) -> pd.DataFrame:
    """Return what the shifted beta-geometric model is fitted to: one row per chain of contracts.

    Returns
    -------
    DataFrame
        `n_renewals`, `is_churned` (ended and not renewed; else the chain still runs or may yet be renewed).
    """
    last = chains[chains["is_last"]].sort_values("chain")
    return last[["n_renewals", "is_lost"]].rename(columns={"is_lost": "is_churned"}).reset_index(drop=True)


def cover(running: pd.DataFrame, day: pd.Timestamp, months: int, survive: np.ndarray) -> np.ndarray:
    """Return the chance that each account is still under contract in each of the coming months.

    Parameters
    ----------
    running : DataFrame
        As `contracts_in_force` gives them, only contracts with an end.
    day : Timestamp
        The as-of date.
    months : int
        How many months.
    survive : array of accounts × periods
        Chance of at least 0, 1, 2 … further renewals.

    Returns
    -------
    array of accounts × months
        1 up to the agreed end; after it the chance of as many renewals as reach the month, each as long as the term.
    """
    left = ((running["end_date"] - day).dt.days / (365.25 / 12)).to_numpy()[:, None]
    term = (running["term_days"].clip(lower=30) / (365.25 / 12)).to_numpy()[:, None]
    at = np.arange(1, months + 1)[None, :] - 0.5
    needed = np.where(at <= left, 0, np.ceil((at - left) / term)).astype("int64")
    return np.take_along_axis(survive, np.minimum(needed, survive.shape[1] - 1), axis=1)
