"""What is known of each account that says how much it could buy: size, industry, machines on its sites."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

SIZES = ("micro", "small", "medium", "large")  # EU classes (Commission Recommendation 2003/361/EC)
FACTS = ["industry_division", "industry", "size_class", "employees", "account_revenue"]


def collect_facts(value: pd.DataFrame, accounts: pd.DataFrame, installed_base: pd.DataFrame) -> pd.DataFrame:
    """Return one row per account of `account_value`, in order of account_id.

    Parameters
    ----------
    value : DataFrame
        Table `account_value`: account_id, revenue_12m.
    accounts : DataFrame
        Table `accounts`; head count (persons) and turnover (currency a year) of zero or less count as unknown.
    installed_base : DataFrame
        Table `installed_base`, one row a machine; may have no rows.

    Returns
    -------
    DataFrame
        account_id; revenue (of twelve months); is_buyer (revenue above zero: who says what customers buy); the columns
        `FACTS` of the account (a size class that is none of `SIZES` is empty; where no account has a division, as with
        codes of another scheme than NACE, the first two digits of industry_code stand in; industry is the word most
        used in the division); machines and sites (counts; 0 where none is known, all empty where the table has no
        rows); industry_code; is_known (its size or its industry is known).
    """
    import pandas as pd

    frame = value[["account_id"]].assign(revenue=value["revenue_12m"].astype("float64").fillna(0.0))
    columns = accounts.reindex(columns=["account_id", "industry_code", *FACTS]).drop_duplicates("account_id")
    frame = frame.merge(columns, on="account_id", how="left").sort_values("account_id", ignore_index=True)
    division = frame["industry_division"].astype("object")
    if division.isna().all():
        division = frame["industry_code"].astype("str").str.extract(r"^(\d\d)", expand=False)
    for column in ("employees", "account_revenue"):
        number = pd.to_numeric(frame[column], errors="coerce").astype("float64")
        frame[column] = number.where((number > 0) & np.isfinite(number))
    base = installed_base.groupby("account_id").agg(machines=("machine", "size"), sites=("site_id", "nunique"))
    for column in base.columns:
        counted = frame["account_id"].map(base[column]).astype("float64")
        frame[column] = counted.fillna(0.0) if len(installed_base) else np.nan
    return frame.assign(
        size_class=frame["size_class"].astype("object").where(frame["size_class"].isin(SIZES), None),
        industry_division=division.astype("object").where(division.notna(), None),
        industry=_industry_words(frame["industry"], division),
        is_buyer=frame["revenue"] > 0,
        is_known=division.notna()
        | frame[["employees", "account_revenue"]].notna().any(axis=1)
        | frame["size_class"].isin(SIZES),
    )


def _industry_words(words: pd.Series, division: pd.Series) -> pd.Series:
    """Return one word for each division: the most frequent, of equally frequent ones the first; else the digits."""
    import pandas as pd

    pairs = pd.DataFrame({"division": division, "word": words}).dropna()
    counts = pairs.value_counts().reset_index(name="n").sort_values(["n", "word"], ascending=[False, True])
    usual = counts.drop_duplicates("division").set_index("division")["word"]
    named = division.map(usual)
    return named.where(named.notna(), division).astype("object")
