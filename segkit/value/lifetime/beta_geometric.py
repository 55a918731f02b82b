"""What BG/NBD and MBG/NBD share: purchases at a gamma-distributed rate until a beta-distributed coin ends them.

While a customer lives, purchases come as a Poisson process with a rate λ ~ Gamma(r, α). After a purchase a coin with
p ~ Beta(a, b) decides whether it was the last. The two models differ in one thing: in BG/NBD the coin is tossed from
the first repeat on, so whoever never came back counts as alive; in MBG/NBD also after the first purchase. With s = 0
(BG/NBD) or s = 1 (MBG/NBD) the likelihood of x repeats, the last at t_x, seen until T, is

    Γ(r+x)/Γ(r) · α^r · B(a, b+x+s)/B(a, b) · [ (α+T)^−(r+x) + δ · a/(b+x+s−1) · (α+t_x)^−(r+x) ]

with δ = 1 where a coin was tossed (x > 0 or s = 1). Given that the customer lives, λ ~ Gamma(r+x, α+T) and
p ~ Beta(a, b+x+s) are independent; every forecast follows from that.

Sources: Fader, Hardie, Lee (2005), "Counting your customers" the easy way, Marketing Science 24(2); Batislam, Denizel,
Filiztekin (2007), Int. J. of Research in Marketing 24(3); Hoppe, Wagner (2007), Marketing: J. of Research and
Management 3(2).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.value.lifetime.fitting import Fit, Objective, group_rows, maximise, no_fit

if TYPE_CHECKING:
    import pandas as pd

Parameters = Mapping[str, Any]

COLUMNS = ["n_repeats", "t_x", "age"]
NAMES = ("r", "alpha", "a", "b")
CHUNK = 4_000  # histories integrated at once: 400 nodes each
ROUGH_ROWS = 10_000  # above twice this many distinct histories the starts are tried on a part of them


def read_histories(histories: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return n_repeats, t_x and age as floats."""
    x, t_x, age = histories[COLUMNS].to_numpy(float).T
    return x, t_x, age


def why_not(rows: np.ndarray, weights: np.ndarray) -> str | None:
    """Return why these histories cannot be fitted, or None."""
    x, t_x, age = rows.T
    if not weights.sum() > 0:
        return "no_rows"
    if not np.isfinite(rows).all() or (x < 0).any() or (t_x < 0).any() or (t_x > age).any() or (weights < 0).any():
        return "invalid_rows"
    if not (age > 0).any():
        return "no_time"
    if not (x > 0).any():
        return "no_repeats"
    return "no_variation" if len(rows) == 1 else None


def make_objective(rows: np.ndarray, weights: np.ndarray, shift: int) -> Objective:
    """Return log likelihood and gradient as a function of the logarithms of r, α, a, b.

    What depends on the number of repeats alone (all gamma and digamma functions) is computed once for each distinct
    number, what depends on age alone once for each distinct age.
    """
    from scipy.special import betaln, digamma, gammaln

    x, t_x, age = rows.T
    counts, at = np.unique(x, return_inverse=True)
    ages, at_age = np.unique(age, return_inverse=True)
    customers = np.bincount(at, weights)
    total = weights.sum()
    tossed = counts + shift > 0

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        r, alpha, a, b = np.exp(point)
        shape = r + counts
        end = b + counts + shift
        with np.errstate(divide="ignore", invalid="ignore"):
            ended = np.where(tossed, point[2] - np.log(end - 1), -np.inf)
        log_age = np.log(alpha + ages)
        log_t = np.log(alpha + t_x)
        gap = ended[at] + shape[at] * (log_age[at_age] - log_t)
        alive = 1 / (1 + np.exp(np.minimum(gap, 700.0)))
        by_count = gammaln(shape) - gammaln(r) + r * point[1] + betaln(a, end) - betaln(a, b)
        value = customers @ by_count + weights @ (np.logaddexp(0.0, gap) - shape[at] * log_age[at_age])

        dead = weights * (1 - alive)
        living = weights * alive
        deaths = np.bincount(at, dead, len(counts))
        slope_r = customers @ (digamma(shape) - digamma(r) + point[1]) - living @ log_age[at_age] - dead @ log_t
        by_age = np.bincount(at_age, living * shape[at], len(ages))
        slope_alpha = total * r / alpha - by_age @ (1 / (alpha + ages)) - (dead * shape[at]) @ (1 / (alpha + t_x))
        both = digamma(a + b) * total - customers @ digamma(a + end)
        slope_a = both + deaths.sum() / a
        slope_b = both + customers @ digamma(end) - digamma(b) * total - deaths[tossed] @ (1 / (end[tossed] - 1))
        return float(value), np.array([slope_r * r, slope_alpha * alpha, slope_a * a, slope_b * b])

    return objective


def fit_histories(model: str, histories: pd.DataFrame, shift: int, seed: int) -> Fit:
    """Return the fit of one of the two models; see their `fit`."""
    rows, weights = group_rows(histories, COLUMNS)
    rows, weights = rows[weights != 0], weights[weights != 0]
    if reason := why_not(rows, weights):
        return no_fit(model, NAMES, weights.sum(), reason)
    start = {"r": 0.5, "alpha": 0.25 * float(weights @ rows[:, 2] / weights.sum()), "a": 0.7, "b": 2.0}
    every = len(rows) // ROUGH_ROWS
    rough = make_objective(rows[::every], weights[::every], shift) if every > 1 else None
    return maximise(model, make_objective(rows, weights, shift), start, weights.sum(), seed, rough)


def log_likelihood_of(parameters: Parameters, histories: pd.DataFrame, shift: int) -> float:
    """Return the log likelihood of all histories at given parameters."""
    rows, weights = group_rows(histories, COLUMNS)
    return make_objective(rows, weights, shift)(np.log([parameters[name] for name in NAMES]))[0]


def alive_share(parameters: Parameters, x: np.ndarray, t_x: np.ndarray, age: np.ndarray, shift: int) -> np.ndarray:
    """Return P(alive at age): one over one plus the odds that the coin ended it after the last purchase."""
    from scipy.special import expit

    r, alpha, a, b = (np.asarray(parameters[name], float) for name in NAMES)
    end = np.maximum(b + x + shift - 1, np.finfo(float).tiny)
    odds = np.log(a) - np.log(end) + (r + x) * (np.log(alpha + age) - np.log(alpha + t_x))
    return np.where(x + shift > 0, expit(-odds), 1.0)


def purchases_while_alive(r: Any, alpha: Any, a: Any, b: Any, horizon: Any) -> np.ndarray:
    """Return E[(1 − e^(−λpt))/p] for λ ~ Gamma(r, α), p ~ Beta(a, b): what a living customer buys within `horizon`.

    Fader, Hardie and Lee's formula has 2F1(r, b; a+b−1; z) with z = t/(α+t), which overflows for many purchases and
    long horizons (z → 1). Euler's transformation makes of it

        (a+b−1)/(a−1) · [1 − (1−z)^(a−1) · 2F1(a+b−1−r, a−1; a+b−1; z)]

    which holds its digits for thousands of purchases. Where it is 0/0 (a = 1, a+b = 1) or leaves what Jensen's
    inequality allows (the expectation of a convex function lies above its value at the mean and below the chord), the
    expectation is integrated.
    """
    from scipy.special import hyp2f1

    r, alpha, a, b, horizon = np.broadcast_arrays(*(np.asarray(v, float) for v in (r, alpha, a, b, horizon)))
    z = horizon / (alpha + horizon)
    c = a + b - 1
    with np.errstate(all="ignore"):
        bracket = 1 - np.exp((a - 1) * np.log1p(-z)) * hyp2f1(c - r, a - 1, c, z)
        result = np.array(c / (a - 1) * bracket)
        mean = a / (a + b)
        lowest = ended_purchases(r, alpha, mean, horizon)
        highest = r * horizon / alpha * (1 - mean) + ended_purchases(r, alpha, 1.0, horizon) * mean
        doubtful = (np.abs(a - 1) < 1e-5) | (np.abs(c) < 1e-5) | (np.abs(bracket) < 1e-9)
        doubtful |= ~((result >= lowest * (1 - 1e-9)) & (result <= highest * (1 + 1e-9)))
    doubtful &= horizon > 0
    rows = np.argwhere(doubtful)
    for start in range(0, len(rows), CHUNK):
        part = tuple(rows[start : start + CHUNK].T)
        result[part] = integrate_purchases(*(v[part] for v in (r, alpha, a, b, horizon)))
    return np.where(horizon > 0, result, 0.0)


def ended_purchases(r: Any, alpha: Any, p: Any, horizon: Any) -> np.ndarray:
    """Return E[(1 − e^(−λpt))/p] for λ ~ Gamma(r, α) at a given p > 0."""
    return -np.expm1(-r * np.log1p(p * horizon / alpha)) / p


def integrate_purchases(
    r: np.ndarray, alpha: np.ndarray, a: np.ndarray, b: np.ndarray, horizon: np.ndarray, nodes: int = 400
) -> np.ndarray:
    """Return the same expectation by the trapezoid rule over logit p, in which it converges at an exponential rate.

    The chord between p = 0 and p = 1 is taken out first (its expectation is known), so that the rest vanishes at both
    ends however small a and b are.
    """
    from scipy.special import betaln, expit, log_expit

    r, alpha, a, b, horizon = (v[..., None] for v in (r, alpha, a, b, horizon))
    none, whole = r * horizon / alpha, ended_purchases(r, alpha, 1.0, horizon)
    width = 10 * np.sqrt(1 / (a + 1) + 1 / (b + 1))
    middle = np.log((a + 1) / (b + 1))
    low = middle - width - 40 / (a + 1) - np.where(a < 10, np.log1p(none), 0)
    high = middle + width + 40 / (b + 1)
    logit = low + (high - low) * np.linspace(0, 1, nodes)
    p = expit(logit)
    density = np.exp(a * log_expit(logit) + b * log_expit(-logit) - betaln(a, b))
    rest = ended_purchases(r, alpha, p, horizon) - (none * (1 - p) + whole * p)
    area = (density * rest).sum(axis=-1) * ((high - low)[..., 0] / (nodes - 1))
    mean = (a / (a + b))[..., 0]
    return none[..., 0] * (1 - mean) + whole[..., 0] * mean + area


def expected_after(
    parameters: Parameters, x: np.ndarray, t_x: np.ndarray, age: np.ndarray, horizon: Any, shift: int
) -> np.ndarray:
    """Return the expected purchases in (age, age + horizon]: P(alive) times what a living customer buys."""
    r, alpha, a, b = (np.asarray(parameters[name], float) for name in NAMES)
    living = purchases_while_alive(r + x, alpha + age, a, b + x + shift, horizon)
    return alive_share(parameters, x, t_x, age, shift) * living


def draw_after(
    parameters: Parameters,
    x: np.ndarray,
    t_x: np.ndarray,
    age: np.ndarray,
    horizon: Any,
    shift: int,
    rng: np.random.Generator,
) -> np.ndarray:
    """Return draws of the purchases in (age, age + horizon]; parameters of shape (n_draws, 1) give (n_draws, n).

    One draw: does the customer live, at which rate and with which coin; then the smaller of the Poisson count and the
    number of tosses until the coin ends it.
    """
    r, alpha, a, b = (np.asarray(parameters[name], float) for name in NAMES)
    alive = alive_share(parameters, x, t_x, age, shift)
    is_alive = rng.random(alive.shape) < alive
    shape, rate, coin, end, time = (
        np.broadcast_to(v, alive.shape)[is_alive] for v in (r + x, alpha + age, a, b + x + shift, horizon)
    )
    purchases = np.zeros(alive.shape, dtype=np.int64)
    purchases[is_alive] = np.minimum(
        draw_poisson(rng.standard_gamma(shape) / rate * time, rng), draw_tosses(coin, end, rng)
    )
    return purchases


def draw_poisson(mean: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return Poisson draws; a mean too large for the generator, of a parameter drawn far out, is held at 10¹⁵."""
    return rng.poisson(np.minimum(mean, 1e15))


def draw_tosses(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return after how many tosses (from 1) a coin with p ~ Beta(a, b) comes up first, at most 10¹⁵."""
    p = rng.beta(a, b)
    with np.errstate(all="ignore"):
        tosses = np.ceil(np.log1p(-rng.random(p.shape)) / np.log1p(-p))
    return np.clip(np.where(p > 0, tosses, 1e15), 1, 1e15).astype(np.int64)


def simulate_histories(parameters: Parameters, ages: Any, shift: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return histories of new customers: `n_repeats`, `t_x`, `age`.

    With N purchases until age if nobody died and death at the G-th, x is the smaller of both, and t_x / age is then
    the x-th of N uniform times: Beta(x, N − x + 1).
    """
    import pandas as pd

    age = np.asarray(ages, float)
    r, alpha, a, b = (float(parameters[name]) for name in NAMES)
    possible = draw_poisson(rng.gamma(r, 1 / alpha, age.shape) * age, rng)
    last = draw_tosses(np.full(age.shape, a), np.full(age.shape, b), rng) - shift
    x = np.minimum(possible, last)
    t_x = np.where(x > 0, age * rng.beta(np.maximum(x, 1), possible - np.minimum(x, possible) + 1), 0.0)
    return pd.DataFrame({"n_repeats": x, "t_x": t_x, "age": age})
