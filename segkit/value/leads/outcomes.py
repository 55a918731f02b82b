"""What became of each lead: converted and when, closed without, or still open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

CLOSED = (
    r"disqual|unqual|nicht qual|lost|verlor|abgelehnt|abgesagt|absage|reject|declin|junk|spam|dead|tot\b|archiv|"
    r"ungültig|invalid|dublette|duplikat|duplicate|kein(?:e)? (?:interesse|bedarf|budget)|no (?:interest|need|budget)|"
    r"not interested|stornier|cancel|beendet|erledigt|geschlossen|closed|inaktiv|inactive|gelöscht|deleted"
)
CONVERTED = (
    r"(?<!nicht )(?:umgewandelt|konvertiert|gewonnen)|(?<!not )(?<!un)converted|\bwon\b|"
    r"^\W*(?:qualified|qualifiziert)\W*$"
)
"""Words of states in German and English; what matches neither (neu, in Bearbeitung, called twice …) is open."""

EPOCH = np.datetime64("1970-01-01", "D")


def day_numbers(dates: pd.Series) -> np.ndarray:
    """Return dates as days since 1970, NaN where there is none."""
    days = dates.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), np.nan, (days - EPOCH).astype("float64"))


def day_number(day: object) -> float:
    """Return one date as days since 1970."""
    return float(np.datetime64(day, "D").astype("int64"))  # type: ignore[call-overload]


def add_outcomes(leads: pd.DataFrame, opportunities: pd.DataFrame) -> pd.DataFrame:
    """Return the leads with a date, oldest first, with what became of them.

    Parameters
    ----------
    leads : DataFrame
        Table `leads`: lead_id, created_date, converted_date, opportunity_id, status.
    opportunities : DataFrame
        opportunity_id, created_date: the day of the conversion where the lead does not say it.

    Returns
    -------
    DataFrame
        Index lead_id, with `created` and `converted` (days since 1970; converted empty: not up to as-of; never before
        the lead itself), `is_open` (neither converted nor closed, as known at as-of) and `is_undated` (its state or
        opportunity says that it converted, nothing says when: no case to learn from).
    """
    import pandas as pd

    created = day_numbers(leads["created_date"])
    days = pd.Series(day_numbers(opportunities["created_date"]), opportunities["opportunity_id"].to_numpy())
    by_deal = leads["opportunity_id"].map(days[~days.index.duplicated()]).to_numpy("float64")
    said = day_numbers(leads["converted_date"])
    converted = np.maximum(np.where(np.isnan(said), by_deal, said), created)
    status = leads["status"].astype("str").str.casefold().str.strip()
    is_said = (status.str.contains(CONVERTED, regex=True) | leads["opportunity_id"].notna()).to_numpy()
    is_closed = status.str.contains(CLOSED, regex=True).to_numpy() & leads["status"].notna().to_numpy()
    known = ~np.isnan(converted)
    frame = leads.assign(
        created=created,
        converted=converted,
        is_open=~known & ~is_said & ~is_closed,
        is_undated=is_said & ~known,
    )
    dated = frame[~np.isnan(created)].sort_values(["created_date", "lead_id"], kind="stable")
    return dated.set_index("lead_id")
