"""New accounts that do not take hold: table `onboarding`."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from segkit.tables import TABLES
from segkit.value.backtests.cards import trust_findings
from segkit.value.backtests.leaks import find_leaks
from segkit.value.backtests.origins import Origin, find_origins, known_on, outcomes
from segkit.value.backtests.scored import Scored
from segkit.value.backtests.scores import calibrate, compare, is_used
from segkit.value.leads.chances import expit, fit_logistic, log_odds
from segkit.value.leads.newcomers import PREDICTORS, build_newcomers, describe_newcomers, first_sales
from segkit.value.leads.onboarding_words import describe_answer, explain_newcomers
from segkit.value.leads.outcomes import day_number
from segkit.value.leads.predictors import EventDays, activity_days, event_days
from segkit.value.leads.returns import FEWEST_RETURNS, SaleDays, fit_returns, sale_days
from segkit.value.leads.score import no_reasons
from segkit.value.leads.trials import FEWEST_DECIDED, FEWEST_OF_BOTH

if TYPE_CHECKING:
    import pandas as pd

    from segkit.settings.value import Value

MODEL, RULE, DECIDING = "onboarding", "onboarding.rule_silence", "auc"
COLUMNS = [c for c in TABLES["onboarding"].columns if c != "is_contactable"]
QUARTER_DAYS = 91
TROUBLE = 3.0  # times the usual odds of new accounts
PRIOR = 0.5  # standard deviation of a coefficient of a predictor with spread 1
CASES = ["origin", "account_id", "outcome", "prediction", "baseline"]


class Fit(NamedTuple):
    """A logistic regression on standardised predictors, beside the log odds of the rule."""

    mean: pd.Series
    spread: pd.Series
    beta: np.ndarray


def score_onboarding(
    panel: pd.DataFrame,
    orders: pd.DataFrame,
    engagements: pd.DataFrame,
    tickets: pd.DataFrame,
    period: pd.DataFrame,
    settings: Value,
    seed: int,
) -> Scored:
    """Return new accounts with the chance that they buy nothing in the next quarters.

    Parameters
    ----------
    panel : DataFrame
        Table `account_features`.
    orders : DataFrame
        Query `orders` up to as-of.
    engagements, tickets, period : DataFrame
        Tables of a run.
    settings : Value
        `onboarding.new_days`, `onboarding.horizon_quarters` and `backtest`.
    seed : int
        Start of the random draws behind the intervals of the cards.

    Returns
    -------
    Scored
        `rows`: table `onboarding` without `is_contactable`, accounts whose first sale is truly their first (the data
        reach back 180 days before it) and lies within `new_days`, the highest risk first. `model`: `usual` (days within
        which nine of ten returned, after the first, the second and later orders), `coefficients`, `findings`.
    """
    new_days, horizon = settings.onboarding.new_days, settings.onboarding.horizon_quarters
    row = period.iloc[0]
    as_of = day_number(row["as_of"])
    born = first_sales(panel)
    days = sale_days(orders, born.index)
    origins = find_origins(panel, bool(row["is_complete"]), horizon, 0) if len(born) else []
    asked, acts = event_days(tickets, "created_date"), activity_days(engagements)
    describe = partial(_describe, born, days, asked, acts, new_days)
    tables = {"account_features": panel, "tickets": tickets, "engagements": engagements,
              "invoices": orders.rename(columns={"order_date": "invoice_date"})}  # fmt: skip
    build = partial(build_newcomers, new_days=new_days, ahead=float(horizon * QUARTER_DAYS))
    leaks = [c for c in find_leaks(build, tables, origins[0].day) if c in PREDICTORS] if origins else []
    predictors = [name for name in PREDICTORS if name not in leaks]
    own = panel[panel["account_id"].isin(born.index)]
    past = {origin: _past_cases(own, origin, describe) for origin in origins}
    cases = _try(past, predictors, settings.backtest.origins)
    cards = compare(cases, "probability", MODEL, RULE, DECIDING, horizon * QUARTER_DAYS, settings.backtest, seed)
    learnt = _together(list(past.values()))
    fitted = _fit(learnt, predictors) if is_used(cards) else None
    now, returns = describe(as_of, float(horizon * QUARTER_DAYS)) if len(born) else (None, None)
    can_say = returns is not None and returns.n_returns >= FEWEST_RETURNS
    rows = _rows(known_on(panel, panel["as_of"].max()), now, fitted, learnt, can_say) if now is not None else None
    said: dict[str, Any] = {
        "answer": describe_answer(panel, rows, returns, horizon * QUARTER_DAYS, as_of),
        "trust": trust_findings(cards, MODEL) if can_say and rows is not None and len(rows) else [],
    }
    if leaks:
        said["trust"].append({"key": "cards.warn_leak", "model": MODEL, "columns": ", ".join(leaks)})
    beta = np.zeros(0) if fitted is None else fitted.beta[1:]
    return Scored(
        rows=_empty() if rows is None else rows,
        cards=cards,
        calibration=calibrate(cases if is_used(cards) else cases.assign(prediction=cases["baseline"]), MODEL),
        reasons=no_reasons(),
        model={
            "usual": [] if returns is None else [None if np.isnan(d) else float(d) for d in returns.usual],
            "coefficients": [
                {"predictor": name, "beta": round(float(b), 6)} for name, b in zip(predictors, beta, strict=False)
            ],
            "findings": said,
        },
    )


def _describe(
    born: pd.DataFrame, days: SaleDays, tickets: EventDays, acts: EventDays, new_days: int, day: float,
    ahead: float,
) -> tuple:  # fmt: skip
    """Return what is known of new accounts on a day, and how soon accounts returned, as known then."""
    returns = fit_returns(days, day, new_days)
    return describe_newcomers(born, days, returns, tickets, acts, day, new_days, ahead), returns


def _past_cases(panel: pd.DataFrame, origin: Origin, describe: partial) -> pd.DataFrame:
    """Return the new accounts of an origin with `outcome`: 1 where nothing was bought in the quarters after it."""
    import pandas as pd

    frame, _ = describe(day_number(origin.day), float(origin.horizon_days))
    bought = outcomes(panel, origin)["is_active"]
    known = frame[frame.index.isin(bought.index)]
    return known.assign(outcome=1.0 - bought.reindex(known.index).astype("float64"), origin=pd.Timestamp(origin.day))


def _together(parts: list[pd.DataFrame]) -> pd.DataFrame | None:
    import pandas as pd

    return pd.concat(parts) if parts else None


def _is_enough(cases: pd.DataFrame | None) -> bool:
    """Say whether there are 50 cases, 10 of them with and 10 without a sale."""
    if cases is None or len(cases) < FEWEST_DECIDED:
        return False
    n_lost = int(cases["outcome"].sum())
    return min(n_lost, len(cases) - n_lost) >= FEWEST_OF_BOTH


def _try(past: dict[Origin, pd.DataFrame], predictors: list[str], most: int) -> pd.DataFrame:
    """Return the forecasts of past newcomers, each learnt from origins whose outcome was over by then."""
    import pandas as pd

    parts: list[pd.DataFrame] = []
    for origin, frame in reversed(past.items()):
        learnt = _together([cases for other, cases in past.items() if other.until <= origin.day])
        if len(parts) == most or learnt is None or not _is_enough(learnt):
            break
        foretold = _predict(_fit(learnt, predictors), frame)
        parts.append(
            pd.DataFrame(
                {"origin": frame["origin"].to_numpy(), "account_id": frame.index.to_numpy(object),
                 "outcome": frame["outcome"].to_numpy(), "prediction": foretold, "baseline": frame["rule"].to_numpy()}
            )
        )  # fmt: skip
    return pd.concat(parts[::-1], ignore_index=True) if parts else pd.DataFrame(columns=CASES)


def _fit(cases: pd.DataFrame, predictors: list[str]) -> Fit:
    """Return the regression on the predictors, what is missing taken as the mean."""
    ordered = cases.sort_index(kind="stable")
    mean, spread = ordered[predictors].mean().fillna(0.0), ordered[predictors].std().fillna(0.0)
    fit = Fit(mean, spread.where(spread > 1e-9, np.inf), np.zeros(len(predictors) + 1))
    matrix = _matrix(fit, ordered)
    beta, _ = fit_logistic(
        matrix, ordered["outcome"].to_numpy(), log_odds(ordered["rule"].to_numpy()), np.ones(len(ordered))
    )
    return fit._replace(beta=beta)


def _matrix(fit: Fit, frame: pd.DataFrame) -> np.ndarray:
    z = ((frame[fit.mean.index] - fit.mean) / fit.spread).fillna(0.0).clip(-4, 4).to_numpy()
    return np.column_stack([np.ones(len(frame)), PRIOR * z])


def _predict(fit: Fit, frame: pd.DataFrame) -> np.ndarray:
    return expit(_matrix(fit, frame) @ fit.beta + log_odds(frame["rule"].to_numpy())).round(6)


def _rows(
    known: pd.DataFrame, now: pd.DataFrame, fitted: Fit | None, learnt: pd.DataFrame | None, can_say: bool
) -> pd.DataFrame:
    """Return the rows of table `onboarding`: all new accounts, the highest risk first."""
    of = known.reindex(now.index)
    risk = now["rule"].to_numpy() if fitted is None else _predict(fitted, now)
    cases = learnt["outcome"].to_numpy() if learnt is not None and _is_enough(learnt) else risk
    usual = float(cases.mean()) if len(cases) else 0.0
    limit = expit(log_odds(np.array([usual])) + np.log(TROUBLE))[0]
    effects = None if fitted is None else _matrix(fitted, now)[:, 1:] * fitted.beta[1:]
    names = [] if fitted is None else list(fitted.mean.index)
    is_above = risk >= usual
    frame = now.assign(
        days_since_first=now["age"].astype("int64"),
        n_orders=of["frequency"].astype("int64"),
        revenue=of["revenue_total"],
        risk=np.round(risk, 6) if can_say else np.nan,
        rule_risk=now["rule"].round(6) if can_say else np.nan,
        basis="rule" if fitted is None else "model",
        is_trouble=(risk >= limit) & can_say,
    )
    frame = frame.join(explain_newcomers(now, learnt, effects, names, is_above, can_say))
    frame = frame.rename_axis("account_id").reset_index()
    return frame.sort_values(["risk", "account_id"], ascending=[False, True], ignore_index=True)[COLUMNS]


def _empty() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=COLUMNS)
