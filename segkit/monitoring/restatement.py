"""What later knowledge changed in quarters whose figures were already released."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = [
    "quarter",
    "account_id",
    "released_on",
    "released_by",
    "revenue_before",
    "revenue_now",
    "difference",
    "from_segment_id",
    "to_segment_id",
]
DIGITS = 4  # of money in the tables: sums of differences agree to the cent


def quarter_figures(features: pd.DataFrame, quarter: str, segments: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return what a run says of one quarter: account_id, revenue, segment_id (empty without `segments`).

    Parameters
    ----------
    features : DataFrame
        ``account_features`` of the run: account_id, as_of, quarter, revenue_q (currency).
    quarter : str
        Such as ``2026Q2``; of several days of one quarter the last counts.
    segments : DataFrame, optional
        ``segments`` of a run of this very quarter; of several segmentations ``value`` counts, else the first.
    """
    import pandas as pd

    of = features[features["quarter"] == quarter].sort_values("as_of", kind="stable")
    of = of.drop_duplicates("account_id", keep="last").rename(columns={"revenue_q": "revenue"})
    if segments is None:
        return of[["account_id", "revenue"]].assign(segment_id=pd.Series(pd.NA, of.index, dtype="str"))
    ids = sorted(segments["segmentation_id"].unique(), key=lambda name: (name != "value", name))
    main = segments[segments["segmentation_id"].isin(ids[:1])][["account_id", "segment_id"]]
    return of[["account_id", "revenue"]].merge(main, on="account_id", how="left")


def restate_quarter(
    before: pd.DataFrame, now: pd.DataFrame, quarter: str, released_on: str | None, released_by: str, is_own: bool
) -> pd.DataFrame:
    """Return the accounts of a released quarter whose revenue or segment is another one now.

    Parameters
    ----------
    before, now : DataFrame
        `quarter_figures` as released and of this run: account_id, revenue (currency), segment_id.
    quarter : str
        The released quarter.
    released_on, released_by : str
        The release; its day as ISO text, None where it is not known.
    is_own : bool
        The run is one of this very quarter, so that segments are compared too.

    Returns
    -------
    DataFrame
        Table ``restatements``: one row per changed account. ``revenue_before`` is empty for an account that was not
        known then, ``revenue_now`` for one that is gone; ``difference`` counts both as 0, so that its sum is the
        quarter's revenue now less the revenue released.

    Examples
    --------
    Released A 100.00 and B 50.00; now A 100.00, B 80.25 and C 10.00: B +30.25 and C +10.00, together +40.25.
    """
    import pandas as pd

    both = before.merge(now, on="account_id", how="outer", suffixes=("_before", "_now"))
    money = both["revenue_now"].fillna(0) - both["revenue_before"].fillna(0)
    found = pd.DataFrame(
        {
            "quarter": quarter,
            "account_id": both["account_id"],
            "released_on": pd.Series(pd.Timestamp(released_on or "NaT"), both.index, dtype="datetime64[us]"),
            "released_by": released_by,
            "revenue_before": both["revenue_before"],
            "revenue_now": both["revenue_now"],
            "difference": money.round(DIGITS) + 0.0,  # no minus before a zero
            "from_segment_id": both["segment_id_before"].astype("str"),
            "to_segment_id": both["segment_id_now"].astype("str") if is_own else pd.NA,
        },
        columns=COLUMNS,
    )
    is_changed = found["difference"] != 0
    if is_own:
        is_changed |= found["from_segment_id"].fillna("") != found["to_segment_id"].fillna("")
    return found[is_changed].sort_values("account_id").reset_index(drop=True)


def all_restatements(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Return the rows of all released quarters as one table ``restatements``; without any, an empty one."""
    import pandas as pd

    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame({c: [] for c in COLUMNS})


def summarise_restatements(restatements: pd.DataFrame) -> pd.DataFrame:
    """Return one row per quarter: quarter, n_accounts, revenue_before, revenue_now, difference, n_segments.

    Money is that of the changed accounts only; ``n_segments`` counts accounts that had a segment
    and have another one.
    """
    rows = restatements.assign(
        revenue_before=restatements["revenue_before"].fillna(0),
        revenue_now=restatements["revenue_now"].fillna(0),
        is_moved=restatements["from_segment_id"].notna()
        & restatements["to_segment_id"].notna()
        & (restatements["from_segment_id"] != restatements["to_segment_id"]),
    )
    sums = rows.groupby("quarter", sort=True).agg(
        n_accounts=("account_id", "size"),
        revenue_before=("revenue_before", "sum"),
        revenue_now=("revenue_now", "sum"),
        difference=("difference", "sum"),
        n_segments=("is_moved", "sum"),
    )
    return sums.round(DIGITS).reset_index()
