"""What people know of an account's demand: shares of competitors, and the owner's own estimate."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

NAMED = 3  # refused rows that a finding names


def known_potential(revenue: pd.Series, competitors: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return what is known from competitors, and at how many accounts their shares leave nothing.

    Parameters
    ----------
    revenue : Series
        Net revenue of twelve months, index account_id.
    competitors : DataFrame
        Table `competitors`: account_id, competitor, share (0 to 1, of what the account buys).

    Returns
    -------
    DataFrame, int
        Index as `revenue`: competitor (with the largest known share), competitor_share (of all of them together),
        potential_known (own revenue / (1 − share); empty where it buys nothing or the shares reach 1). The number
        counts accounts of `revenue` whose shares reach 1 or lie below 0: they do not fit, and give no potential.
    """
    rows = competitors.assign(share=competitors["share"].astype("float64")).dropna(subset=["share"])
    rows = rows[rows["account_id"].isin(revenue.index)].sort_values(
        ["account_id", "share", "competitor"], ascending=[True, False, True]
    )
    first = rows.drop_duplicates("account_id").set_index("account_id")["competitor"]
    share = rows.groupby("account_id")["share"].sum().reindex(revenue.index)
    smallest = rows.groupby("account_id")["share"].min().reindex(revenue.index)
    fits = (share < 1) & (smallest >= 0)
    share = share.where(fits)
    return revenue.to_frame("revenue").assign(
        competitor=first.reindex(revenue.index).where(fits).astype("object"),
        competitor_share=share.round(6),
        potential_known=(revenue / (1 - share)).where(revenue > 0).round(4),
    ).drop(columns="revenue"), int((smallest.notna() & ~fits).sum())


def read_estimates(estimates: pd.DataFrame, known: pd.Index) -> tuple[pd.Series, dict[str, Any] | None]:
    """Return the owners' estimates as money a year, and a finding on rows that could not be used.

    Parameters
    ----------
    estimates : DataFrame
        Rows of ``decisions/potentials.csv`` as text: account_id, potential (120000, 120.000, 120.000,50, 120,000.50
        and with a € or EUR beside it).
    known : Index
        Accounts there are.

    Returns
    -------
    Series, dict or None
        Index account_id; numbers above zero only. The finding counts rows without such a number and rows of accounts
        that are gone, and names the first.
    """
    amount = parse_amounts(estimates["potential"])
    is_known = estimates["account_id"].isin(known)
    refused = amount.isna() | ~is_known
    series = amount[~refused].set_axis(estimates.loc[~refused, "account_id"]).astype("float64").round(4)
    if not refused.any():
        return series, None
    rows = estimates[refused]
    named = [
        f"{account}: {text}"
        for account, text in zip(rows["account_id"][:NAMED], rows["potential"][:NAMED], strict=True)
    ]
    return series, {
        "key": "potential.warn_estimates",
        "n": int(refused.sum()),
        "n_gone": int((~is_known).sum()),
        "rows": "; ".join(named),
    }


def parse_amounts(text: pd.Series) -> pd.Series:
    """Return amounts above zero as people type them in German or English; all else is empty.

    One kind of separator before exactly three last digits parts thousands (120.000 is 120,000, as 1.200.000 is
    1,200,000); of two kinds the last one is the decimal sign.
    """
    import pandas as pd

    plain = text.astype("str").str.replace(r"[\s\u00a0\u202f']|€|EUR", "", regex=True)
    german = plain.str.fullmatch(r"\d{1,3}(\.\d{3})+(,\d+)?|\d+,\d{1,2}|\d+,\d{4,}")
    english = plain.str.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d{1,2}|\.\d{4,})?")
    as_german = plain.str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
    number = plain.str.replace(",", "", regex=False).where(english, as_german)
    amount = pd.to_numeric(number.where(german | english), errors="coerce").astype("float64")
    return amount.where((amount > 0) & np.isfinite(amount))
