"""Small invented companies for the tests of typing: segments that follow head count and industry, with noise."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.segments.typing.fields import TypingInputs
from segkit.settings.typing import Typing

FAST = Typing(least_accounts=10, most_leaves=6, wanted_accuracy=0.6)


def accounts_of(n: int, seed: int = 1) -> tuple[pd.DataFrame, np.ndarray]:
    """n accounts with awkward values (umlauts, quotes, commas, missing), and the segment of each."""
    rng = np.random.default_rng(seed)
    heads = np.exp(rng.normal(4, 1.6, n)).round()
    branch = rng.choice(["Öl, Gas", 'O\'Neil "Pumpen"', "21", "Müller & Söhne; KG"], n)
    size = np.log(heads + 1) - 4 + np.where(branch == "Öl, Gas", 1.5, 0) + rng.normal(0, 0.9, n)
    told = np.array(["C1", "C2", "C3"])[np.digitize(size, [-0.5, 1.2])]
    heads[rng.random(n) < 0.15] = np.nan
    frame = pd.DataFrame({"account_id": [f"{i:05d}" for i in range(n)], "employees": heads})
    frame["industry_division"] = pd.Series(branch).where(rng.random(n) > 0.1)
    return frame.assign(region=rng.choice(["Nord", "Süd"], n), name="=1+1 GmbH"), told


def inputs_of(n: int, seed: int = 1) -> TypingInputs:
    """The same as the tables of a run."""
    accounts, told = accounts_of(n, seed)
    revenue = np.where(told == "C3", 90_000.0, np.where(told == "C2", 9_000.0, 900.0))
    revenue = revenue * np.random.default_rng(seed).lognormal(0, 0.3, n)
    segments = pd.DataFrame({"segmentation_id": "value", "account_id": accounts["account_id"], "segment_id": told})
    features = pd.DataFrame({"account_id": accounts["account_id"], "revenue_12m": revenue.round(2)})
    return TypingInputs(accounts, segments, features.assign(as_of=pd.Timestamp("2026-09-30")))
