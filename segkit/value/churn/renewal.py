"""Contracts that come to their agreed end: when, for how much, and how often such ends were followed by another one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

FOLLOW_DAYS = 90  # a contract of the same account that starts within so many days of the end renews it
FEWEST_ENDS = 20  # ends below which nothing is said about the chance of a renewal
MONTHS_AHEAD = 12
DIGITS = 4


def follow_contracts(contracts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the contracts known on a day, each with whether another one of the account follows it.

    Parameters
    ----------
    contracts : DataFrame
        Table `contracts`: contract_id, account_id, start_date, end_date (empty: without end), annual_value.
    day : Timestamp
        Contracts that start later are not known; those without account or start are left out.

    Returns
    -------
    DataFrame
        In order of contract_id: contract_id, account_id, start_date, end_date, `annual_value` (0 where missing),
        `is_in_force` (ends on the day or later, or has no end), `is_followed` (another contract of the account starts
        within 90 days of its end, before or after, and ends later).
    """
    import pandas as pd

    known = contracts[contracts["account_id"].notna() & (pd.to_datetime(contracts["start_date"]) <= day)]
    frame = pd.DataFrame(
        {
            "contract_id": known["contract_id"],
            "account_id": known["account_id"],
            "start_date": pd.to_datetime(known["start_date"]).astype("datetime64[us]"),
            "end_date": pd.to_datetime(known["end_date"]).astype("datetime64[us]"),
            "annual_value": known["annual_value"].astype("float64").fillna(0.0),
        }
    ).sort_values("contract_id", ignore_index=True)
    ending = frame.loc[frame["end_date"].notna(), ["contract_id", "account_id", "end_date"]]
    pairs = ending.merge(frame, on="account_id", suffixes=("", "_next"))
    pairs = pairs[pairs["contract_id"] != pairs["contract_id_next"]]
    is_near = (pairs["start_date"] - pairs["end_date"]).dt.days.abs() <= FOLLOW_DAYS
    is_later = pairs["end_date_next"].isna() | (pairs["end_date_next"] > pairs["end_date"])
    followed = pairs.loc[is_near & is_later, "contract_id"].unique()
    return frame.assign(
        is_in_force=frame["end_date"].isna() | (frame["end_date"] >= day),
        is_followed=frame["contract_id"].isin(followed),
    )


def count_renewals(followed: pd.DataFrame, day: pd.Timestamp) -> dict[str, Any]:
    """Return how many contracts came to their end more than 90 days ago and how many of them were followed.

    Parameters
    ----------
    followed : DataFrame
        As `follow_contracts` gives them.
    day : Timestamp
        The as-of date.

    Returns
    -------
    dict
        n_ended, n_renewed, `share` with `low` and `high` (Wilson, 95 %); shares are None with fewer than 20 ends, and
        where none was ever followed: then the table keeps one contract an account, or extends it silently, and says
        nothing about renewal.
    """
    import pandas as pd

    judged = followed[followed["end_date"] < day - pd.Timedelta(days=FOLLOW_DAYS)]
    n, k = len(judged), int(judged["is_followed"].sum())
    if n < FEWEST_ENDS or k == 0:
        return {"n_ended": n, "n_renewed": k, "share": None, "low": None, "high": None}
    low, high = (float(limit) for limit in wilson_interval(k, n))
    return {"n_ended": n, "n_renewed": k, "share": round(k / n, 6), "low": round(low, 6), "high": round(high, 6)}


def next_renewals(followed: pd.DataFrame) -> pd.DataFrame:
    """Return the next agreed end of each account.

    Parameters
    ----------
    followed : DataFrame
        As `follow_contracts` gives them.

    Returns
    -------
    DataFrame
        Index account_id, accounts with a contract in force that ends and is not followed yet: `renewal_date`,
        `renewal_value` (currency a year, of the contracts that end that day).
    """
    ending = followed[followed["is_in_force"] & followed["end_date"].notna() & ~followed["is_followed"]]
    first = ending.groupby("account_id")["end_date"].transform("min")
    of_first = ending[ending["end_date"] == first]
    sums = of_first.groupby("account_id").agg(renewal_date=("end_date", "min"), renewal_value=("annual_value", "sum"))
    return sums.round({"renewal_value": DIGITS})


def count_ends(contracts: pd.DataFrame, day: pd.Timestamp) -> pd.DataFrame:
    """Return the calendar of agreed ends of the coming twelve months, for the chart.

    Parameters
    ----------
    contracts : DataFrame
        Table `contracts`.
    day : Timestamp
        The as-of date.

    Returns
    -------
    DataFrame
        Twelve rows from the month after the day on: `month` (its first day), `n_contracts`, `value` (currency a year)
        of the contracts that end in it and are not followed yet. The rest of the month of as-of counts to the first.
    """
    import pandas as pd

    followed = follow_contracts(contracts, day)
    ending = followed[followed["is_in_force"] & followed["end_date"].notna() & ~followed["is_followed"]]
    first = (pd.Timestamp(day) + pd.Timedelta(days=1)).to_period("M")
    months = pd.period_range(first, periods=MONTHS_AHEAD, freq="M")
    of_month = ending["end_date"].dt.to_period("M").where(ending["end_date"].dt.to_period("M") >= first, first)
    sums = ending.groupby(of_month).agg(n_contracts=("contract_id", "size"), value=("annual_value", "sum"))
    return (
        sums.reindex(months, fill_value=0)
        .rename_axis("month")
        .reset_index()
        .assign(month=lambda f: f["month"].dt.to_timestamp().astype("datetime64[us]"))
    )
