"""High quantile of log revenue given what is known of an account: smoothed quantile regression.

Koenker and Bassett (1978, Econometrica 46) fit a quantile by the check loss u·(τ − 1[u < 0]). Here it is smoothed by a
normal kernel of bandwidth h (Fernandes, Guerre and Horta 2021, Journal of Business and Economic Statistics 39;
bandwidth of He, Pan, Tan and Zhou 2023, Journal of Econometrics 232), so that Newton's method solves it in a few steps:
scikit-learn's linear programme gives the same line and takes twenty times as long, too long for the resampling that
intervals need. What smoothing shifts, the conformal step puts right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]

SHRINKAGE = 1.0  # ridge penalty that draws each industry and each column but size towards no effect
MOST_STEPS = 60
STEP_DONE = 1e-9


def design_matrix(facts: pd.DataFrame, fewest: int) -> tuple[pd.DataFrame, dict[str, list[str]]]:
    """Return what the model sees of each account, and which columns belong to which fact.

    Parameters
    ----------
    facts : DataFrame
        As `collect_facts` gives them.
    fewest : int
        An industry with fewer customers than this has no column of its own.

    Returns
    -------
    DataFrame, dict
        Columns, centred on the customers with revenue: size (log head count, else log turnover less the usual log
        turnover per head; mean where neither is known), size_bend (its square), turnover (log turnover per head against
        the usual), machines and sites (log of 1 + count), industry_… (1 or 0), no_size and no_industry (1 where it is
        not known). Nobody lies beyond the range of the customers; a column that is the same for all of them is left
        out. The dictionary maps employees, turnover, machines and industry on their columns.
    """
    import pandas as pd

    buyers = facts["is_buyer"]
    heads, turnover = np.log(facts["employees"]), np.log(facts["account_revenue"])
    usual = (turnover - heads)[buyers].median()
    size = heads.where(heads.notna(), turnover - usual)
    mean = size[buyers].mean()
    centred = (size - (mean if mean == mean else 0.0)).fillna(0.0)
    columns = {
        "size": centred,
        "size_bend": centred**2 / 10,
        "no_size": size.isna().astype(float),
        "turnover": (turnover - heads - usual).fillna(0.0),
        "machines": np.log1p(facts["machines"]).fillna(0.0),
        "sites": np.log1p(facts["sites"]).fillna(0.0),
        "no_industry": facts["industry_division"].isna().astype(float),
    }
    counts = facts.loc[buyers, "industry_division"].value_counts()
    for division in sorted(counts[counts >= fewest].index):
        columns[f"industry_{division}"] = (facts["industry_division"] == division).astype(float)
    frame = pd.DataFrame(columns)
    frame = frame.clip(frame[buyers].min(), frame[buyers].max(), axis=1)
    frame = frame - frame[buyers].mean()
    varying = [name for name in frame if np.ptp(frame.loc[buyers, name].to_numpy()) > 1e-9]
    parts = {
        "employees": ["size", "size_bend", "no_size"],
        "turnover": ["turnover"],
        "machines": ["machines", "sites"],
        "industry": [name for name in varying if "industry" in name],
    }
    return frame[varying], {fact: [n for n in names if n in varying] for fact, names in parts.items()}


def fit_quantile(
    y: Floats, x: Floats, quantile: float, penalty: Floats, start: Floats | None = None, weights: Floats | None = None
) -> Floats:
    """Return the coefficients of the quantile of y given x, the constant first.

    Parameters
    ----------
    y, x : array
        Outcome, and one row of columns each.
    quantile : float
        Which quantile, between 0 and 1.
    penalty : array
        Ridge penalty of the constant and of each column; 0 leaves it free.
    start : array, optional
        Coefficients to begin with.
    weights : array, optional
        How often each row counts (a bootstrap sample); default once.
    """
    from scipy.special import ndtr

    n, k = len(y), x.shape[1] + 1
    full = np.column_stack([np.ones(n), x])
    weight = np.ones(n) if weights is None else weights
    spread = max(float(np.std(y)), 1e-6)
    h = spread * max(0.05, np.sqrt(quantile * (1 - quantile)) * ((np.log(n) + k) / n) ** 0.4)
    beta = np.zeros(k) if start is None else start.copy()
    if start is None:
        beta[0] = np.quantile(y, quantile)

    def loss(b: Floats, u: Floats) -> float:
        smooth = u * (quantile - ndtr(-u / h)) + h * np.exp(-0.5 * (u / h) ** 2) / np.sqrt(2 * np.pi)
        return float(weight @ smooth + 0.5 * penalty @ b**2)

    u = y - full @ beta
    now = loss(beta, u)
    for _ in range(MOST_STEPS):
        slope = full.T @ (weight * (ndtr(-u / h) - quantile)) + penalty * beta
        density = weight * np.exp(-0.5 * (u / h) ** 2) / (h * np.sqrt(2 * np.pi))
        curve = (full * density[:, None]).T @ full + np.diag(penalty + 1e-8 * n)
        step = np.linalg.solve(curve, slope)
        for _ in range(40):
            tried = beta - step
            then = y - full @ tried
            value = loss(tried, then)
            if value <= now:
                break
            step = step / 2
        gained, beta, u, now = now - value, tried, then, value
        if gained <= STEP_DONE * max(abs(now), 1.0):
            break
    return beta


def penalties(columns: list[str]) -> Floats:
    """Return the ridge penalty of the constant and each column: the constant and size are free."""
    return np.array([0.0, *(0.0 if name == "size" else SHRINKAGE for name in columns)])
