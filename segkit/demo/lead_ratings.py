"""How sales rates leads at first sight: A, B or C, better than chance and worse than who knows everything."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.parameters import LAST_DAY, stream

SHARES = (0.25, 0.45)  # of A and of B; the rest is C
NOISE = 1.4  # of the eye, in standard deviations of the true log odds
RATED = 0.88
SEEN_AFTER = 6  # days until somebody has looked at a lead


def rate_leads(chance: pd.Series, created: pd.Series, seed: int) -> np.ndarray:
    """Return what sales wrote at the first look: A, B, C, or nothing.

    Parameters
    ----------
    chance : Series
        True chance of each lead to convert at all.
    created : Series
        Day of each lead; the rating is given within days and never changed, so it knows nothing of what came later.
    seed : int
        Of the sample.
    """
    rng = stream(seed, "lead ratings")
    odds = np.log(chance.to_numpy() / (1 - chance.to_numpy()))
    spread = float(odds.std()) if len(odds) else 0.0
    seen = odds + NOISE * spread * rng.normal(0, 1, len(odds))
    lowest_a, lowest_b = np.quantile(seen, (1 - SHARES[0], 1 - sum(SHARES))) if len(seen) else (0.0, 0.0)
    letter = pd.Series(np.select([seen >= lowest_a, seen >= lowest_b], ["A", "B"], "C"), chance.index, dtype=object)
    is_old = created.to_numpy("datetime64[D]") <= LAST_DAY - SEEN_AFTER
    return letter.where(is_old & (rng.random(len(odds)) < RATED), None).to_numpy(object)
