"""Cases with a known relation between forecast and outcome."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest


@pytest.fixture(scope="session")
def make_cases() -> Callable[..., pd.DataFrame]:
    """Return cases of n accounts at two origins: the model knows half of what matters, the rule a tenth."""

    def make(n: int = 300, kind: str = "probability", seed: int = 0) -> pd.DataFrame:
        rng = np.random.default_rng(seed)
        account = np.tile(np.arange(n), 2)
        own = rng.normal(size=n)[account]
        model, rule = own + 0.5 * rng.normal(size=2 * n), own + 3 * rng.normal(size=2 * n)
        days = np.repeat(pd.to_datetime(["2025-12-31", "2026-03-31"]), n)
        frame = pd.DataFrame({"origin": days, "account_id": [f"K{a}" for a in account]})
        if kind == "probability":
            has = rng.random(2 * n) < 1 / (1 + np.exp(-2 * own))
            return frame.assign(
                outcome=has, prediction=1 / (1 + np.exp(-1.6 * model)), baseline=1 / (1 + np.exp(-0.2 * rule))
            )
        return frame.assign(outcome=np.exp(own), prediction=np.exp(model), baseline=np.exp(rule))

    return make
