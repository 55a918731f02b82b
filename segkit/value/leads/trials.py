"""The chances of past leads as they would have been foretold, beside what came of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from segkit.value.leads.chances import decided_on, fit_chances, predict_chances
from segkit.value.leads.outcomes import EPOCH
from segkit.value.leads.predictors import Events, describe_leads, waiting_on

if TYPE_CHECKING:
    import pandas as pd

FEWEST_DECIDED, FEWEST_OF_BOTH = 50, 10
CASES = ["origin", "account_id", "lead_id", "outcome", "prediction", "baseline"]


class Trial(NamedTuple):
    """What a look back gives."""

    cases: pd.DataFrame
    """origin, account_id (the company: its leads are drawn together), lead_id, outcome, prediction, baseline."""
    waiting: dict[str, float]
    """Leads that waited at the origins: n, foretold conversions by model and by rule, and those that came."""


def is_enough(leads: pd.DataFrame, day: float, horizon_days: int) -> bool:
    """Say whether 50 leads were decided by a day, 10 of them converted and 10 not."""
    decided = decided_on(leads, day, horizon_days)
    n_converted = int((decided["converted"] - decided["created"] <= horizon_days).sum())
    return len(decided) >= FEWEST_DECIDED and min(n_converted, len(decided) - n_converted) >= FEWEST_OF_BOTH


def quarter_ends(start: pd.Timestamp, first: float) -> list[float]:
    """Return the last days of the quarters before one that starts at `start`, newest first, down to a day (numbers)."""
    month = np.datetime64(start, "M")
    ends = ((month - 3 * i).astype("datetime64[D]") - 1 for i in range(200))
    numbers = [float((end - EPOCH).astype(int)) for end in ends]
    return [number for number in numbers if number >= first]


def try_leads(
    leads: pd.DataFrame,
    events: Events,
    ends: list[float],
    last: float,
    horizon_days: int,
    most: int,
    dropped: list[str],
) -> Trial:
    """Return forecasts of past leads, each by what was known at the quarter end before it came.

    Parameters
    ----------
    leads : DataFrame
        As `add_births` gives them.
    events : Events
        As `index_events` gives them.
    ends : list of float
        Quarter ends, newest first (days since 1970), the running quarter's own left out.
    last : float
        Up to this day outcomes are known: the horizon of every lead that is looked at ended by then.
    horizon_days : int
        Days within which a lead may convert.
    most : int
        At most so many origins.
    dropped : list of str
        Predictors that are not used.

    Returns
    -------
    Trial
        The leads of the quarter after each origin on the day on which they come: it is their order that is judged. Of
        leads that wait already the age tells most, which model and rule share; they are counted in `waiting`.
    """
    import pandas as pd

    parts, waiting = [], np.zeros(4)
    until = dict(zip(ends[1:], ends, strict=False))
    possible = [end for end, later in until.items() if later + horizon_days <= last]
    for origin in [end for end in possible if is_enough(leads, end, horizon_days)][:most]:
        learnt = fit_chances(leads, events, origin, horizon_days, dropped)
        inside = leads["created"].gt(origin) & leads["created"].le(until[origin]) & ~leads["is_undated"]
        new = leads[inside]
        born = new["created"].to_numpy()
        found = predict_chances(learnt, describe_leads(new, events, born), np.full(len(new), -1.0))
        parts.append(
            pd.DataFrame(
                {
                    "origin": pd.Timestamp(EPOCH + int(origin)),
                    "account_id": new["company_key"].fillna(new.index.to_series()).to_numpy(object),
                    "lead_id": new.index.to_numpy(object),
                    "outcome": _converts(new, horizon_days),
                    "prediction": found["score"].to_numpy(),
                    "baseline": found["rule_score"].to_numpy(),
                }
            )
        )
        old = leads[waiting_on(leads, origin, horizon_days)]
        on = np.full(len(old), origin)
        left = predict_chances(learnt, describe_leads(old, events, on), on - old["created"].to_numpy())
        waiting += [len(old), left["score"].sum(), left["rule_score"].sum(), _converts(old, horizon_days).sum()]
    cases = pd.concat(parts[::-1], ignore_index=True) if parts else pd.DataFrame(columns=CASES)
    names = ("n", "foretold", "foretold_rule", "came")
    return Trial(cases, dict(zip(names, (float(round(x, 6)) for x in waiting), strict=True)))


def _converts(leads: pd.DataFrame, horizon_days: int) -> np.ndarray:
    return (leads["converted"] - leads["created"] <= horizon_days).to_numpy("float64")
