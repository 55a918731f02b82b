"""Maximum likelihood for the models of this folder: several starts, a Newton finish, standard errors, an honest end.

All parameters are positive, so every fit works on their logarithms: no parameter can leave its range, and α in weeks or
in days is only a shift. An objective returns the log likelihood and its gradient in these logarithms.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.statistics.resampling import generator

if TYPE_CHECKING:
    import pandas as pd

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]

REACH = 12.0  # a parameter may lie this many powers of e from its start; further out the data no longer tell it apart
FLAT = 4.0  # a standard error of the logarithm beyond this says: the data do not know this parameter
STARTS = 4
LEFT = 1e-6  # log likelihood that a Newton step could still add at an end that counts as a maximum
LEFT_FLAT = 1e-2  # the same along a ridge without a top, or at a bound: no forecast changes with it
DIFFERENCE = 1e-4  # of the gradient, for the second derivatives
USABLE = (None, "bound", "flat")


@dataclass(frozen=True)
class Fit:
    """What a fit found.

    Attributes
    ----------
    model : str
        Name of the module that made it.
    parameters : dict
        By name; NaN where nothing could be fitted.
    standard_errors : dict
        From the observed information, by the delta method; NaN for a parameter at its bound or not known.
    log_likelihood : float
        At `parameters`, with constants as published, so that figures of papers can be compared.
    n : float
        Customers (sum of weights).
    converged : bool
        An inner maximum was found and the data know every parameter.
    reason : str or None
        None when converged. Without parameters: ``no_rows``, ``invalid_rows``, ``no_variation``, ``no_time``,
        ``no_repeats``, ``no_churn``, ``no_renewal``. With usable parameters: ``bound`` (one ran to the end of its
        range: a simpler model is enough), ``flat`` (several sets of parameters fit alike). ``not_converged`` otherwise.
    covariance : ndarray
        Of the logarithms of the parameters, zero for one at its bound.
    """

    model: str
    parameters: dict[str, float]
    standard_errors: dict[str, float]
    log_likelihood: float
    n: float
    converged: bool
    reason: str | None
    covariance: np.ndarray

    @property
    def is_usable(self) -> bool:
        """Whether forecasts may be made from the parameters, converged or not."""
        return self.reason in USABLE


def no_fit(model: str, names: Sequence[str], n: float, reason: str) -> Fit:
    """Return what comes back when the data do not allow a fit: NaN for every parameter, and why."""
    nothing = dict.fromkeys(names, float("nan"))
    return Fit(model, nothing, nothing, float("nan"), float(n), False, reason, np.zeros((len(names),) * 2))


def maximise(
    model: str, objective: Objective, start: dict[str, float], n: float, seed: int = 0, rough: Objective | None = None
) -> Fit:
    """Return the parameters that make `objective` largest.

    L-BFGS-B from `start` and from three seeded points around it, then Newton steps from the best end with the
    differenced gradient. Converged means: a further step would add less than 10⁻⁶ to the log likelihood, no parameter
    is at its bound, and no standard error of a logarithm is above 4.

    Parameters
    ----------
    model : str
        Name to write into the fit.
    objective : callable
        Logarithms of the parameters → log likelihood and gradient.
    start : dict
        A rough guess of each parameter, in the units of the data.
    n : float
        Customers (sum of weights), for the record.
    seed : int
        For the other starts.
    rough : callable, optional
        The objective on a part of the rows: the starts are tried on it, and only the best is finished on all rows.
    """
    from threadpoolctl import threadpool_limits

    centre = np.log(list(start.values()))
    low, high = centre - REACH, centre + REACH
    begins = [centre, *(centre + generator(seed, model).normal(0, 1, (STARTS - 1, len(centre))))]
    # Many small products: threads would wait for each other a hundred times longer, and sum in another order.
    with threadpool_limits(1):
        ends = [climb(rough or objective, begin, low, high) for begin in begins]
        _, point = max(ends, key=lambda end: end[0])
        if rough:
            _, point = climb(objective, point, low, high)
        point, value, gradient, information, free = finish(objective, point, low, high)
    covariance, is_flat = invert(information, free)
    errors = np.sqrt(np.diag(covariance))
    left = float(gradient @ covariance @ gradient)
    reason = None
    if not np.isfinite(value) or not left < (LEFT if free.all() and not is_flat else LEFT_FLAT):
        reason = "not_converged"
    elif not free.all():
        reason = "bound"
    elif is_flat:
        reason = "flat"
    parameters = np.exp(point)
    # In a direction held at 1 by `invert` the error is not one of the data.
    known = free & ((errors < 0.99) | (reason is None))
    spread = np.where(known, errors * parameters, np.nan)
    names = list(start)
    return Fit(
        model,
        dict(zip(names, parameters.tolist(), strict=True)),
        dict(zip(names, spread.tolist(), strict=True)),
        float(value),
        float(n),
        reason is None,
        reason,
        covariance,
    )


def climb(objective: Objective, begin: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the highest value that L-BFGS-B reaches from `begin` within the bounds, and where."""
    from scipy.optimize import minimize

    scale = max(abs(objective(begin)[0]), 1.0)

    def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = objective(point)
        return (-value / scale, -gradient / scale) if np.isfinite(value) else (1e10, np.zeros_like(point))

    options = {"maxiter": 500, "ftol": 1e-10, "gtol": 1e-6}
    end = minimize(loss, begin, jac=True, method="L-BFGS-B", bounds=list(zip(low, high, strict=True)), options=options)
    return -float(end.fun) * scale, end.x


def finish(
    objective: Objective, point: np.ndarray, low: np.ndarray, high: np.ndarray, steps: int = 8
) -> tuple[np.ndarray, float, np.ndarray, np.ndarray, np.ndarray]:
    """Return the point after Newton steps, with its value, gradient and information, and which parameters are free."""
    value, gradient = objective(point)
    for _ in range(steps):
        free = (point > low + 1e-3) & (point < high - 1e-3)
        information = differenced_information(objective, point)
        step = invert(information, free)[0] @ gradient
        if not gradient @ step > 1e-10:
            break
        # A step of more than a factor e leaves the range in which the quadratic is to be believed.
        step /= max(1.0, float(np.abs(step).max()))
        for _ in range(12):
            tried = np.clip(point + step, low, high)
            tried_value, tried_gradient = objective(tried)
            if np.isfinite(tried_value) and tried_value >= value:
                break
            step /= 2
        else:
            break
        point, value, gradient = tried, tried_value, tried_gradient
    return point, value, gradient, information, free


def differenced_information(objective: Objective, point: np.ndarray) -> np.ndarray:
    """Return minus the second derivatives at `point`, by central differences of the gradient, made symmetric."""
    moves = np.eye(len(point)) * DIFFERENCE
    rows = [(objective(point - move)[1] - objective(point + move)[1]) / (2 * DIFFERENCE) for move in moves]
    return (np.array(rows) + np.array(rows).T) / 2


def invert(information: np.ndarray, free: np.ndarray) -> tuple[np.ndarray, bool]:
    """Return the covariance of the free parameters, and whether a direction is flat.

    Along a flat direction the normal approximation would draw parameters from everywhere: it is held at a standard
    error of 1, so that draws stay near what was fitted.
    """
    covariance = np.zeros_like(information)
    if not free.any():
        return covariance, False
    part = np.ix_(free, free)
    sizes, directions = np.linalg.eigh(information[part])
    is_flat = bool((sizes < FLAT**-2).any())
    sizes = np.where(sizes < FLAT**-2, 1.0, sizes)
    covariance[part] = (directions / sizes) @ directions.T
    return covariance, is_flat


def draw_parameters(fit: Fit, n_draws: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return draws of the parameters from the normal approximation on their logarithms, each of shape (n_draws, 1).

    The shape lets every forecast of these models broadcast: customers along the columns, draws along the rows.
    """
    centre = np.log(list(fit.parameters.values()))
    sizes, directions = np.linalg.eigh(fit.covariance)
    noise = rng.standard_normal((n_draws, len(centre))) * np.sqrt(np.clip(sizes, 0, None))
    draws = np.exp(centre + np.clip(noise @ directions.T, -REACH, REACH))
    return {name: draws[:, [column]] for column, name in enumerate(fit.parameters)}


def describe_fit(fit: Fit) -> dict[str, Any]:
    """Return a fit as plain data for the run's JSON: figures rounded, None for NaN."""

    def plain(numbers: dict[str, float]) -> dict[str, float | None]:
        return {name: float(f"{number:.9g}") if np.isfinite(number) else None for name, number in numbers.items()}

    return {
        "model": fit.model,
        "parameters": plain(fit.parameters),
        "standard_errors": plain(fit.standard_errors),
        **plain({"log_likelihood": fit.log_likelihood, "n": fit.n}),
        "converged": fit.converged,
        "reason": fit.reason,
    }


def group_rows(frame: pd.DataFrame, columns: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """Return the distinct rows of `columns` as floats, sorted, and the customers (sum of `weight`, else 1) of each."""
    values = frame[list(columns)].to_numpy(float)
    weights = frame["weight"].to_numpy(float) if "weight" in frame else np.ones(len(frame))
    if not len(values):
        return values, weights
    order = np.lexsort(values.T[::-1])
    values = values[order]
    starts = np.flatnonzero(np.append(True, (values[1:] != values[:-1]).any(axis=1)))
    return values[starts], np.add.reduceat(weights[order], starts)
