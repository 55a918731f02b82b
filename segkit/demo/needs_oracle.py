"""The best possible answer on needs: an observer who knows the classes' profiles, the noise and what departments want.

It sees the same answers as the workbench. The share of persons that it places rightly is the most that anybody could.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists
from segkit.demo.needs_catalogue import (
    CLASSES,
    JOB_NOISE,
    JOB_STYLE,
    JOBS_TO_DO,
    NEED_NOISE,
    NEED_STYLE,
    NEEDS,
    PICK_STYLE,
    PICKED,
    TICKED,
)

STYLES = 33  # points at which the unknown style of a person is summed over, ± 4 standard deviations
RATINGS = (
    ({f"Bedarf: {need}": profile for need, profile in NEEDS.items()}, NEED_STYLE, NEED_NOISE, 7),
    (JOBS_TO_DO, JOB_STYLE, JOB_NOISE, 5),
)
"""Question → means by class, with the style, the noise and the end of the scale."""


def oracle_needs(answers: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return contact_id and need_class of every person who answered, by the largest posterior.

    Parameters
    ----------
    answers : DataFrame
        contact_id, question, answer: as `service.surveys` makes them.
    people : DataFrame
        contact_id, department.

    Notes
    -----
    A rating is round(mean + style + noise) within its scale: its chance is a difference of two normal distribution
    functions. An item is ticked by a logistic chance that moves with the style. All are multiplied, summed over the
    style's own distribution, and weighted by the share of the class in the person's department. Of the list that only
    names what was picked, who picked nothing is not told from who stopped before it: both are left out.
    """
    from scipy.stats import norm

    wide = _side_by_side(answers)
    department = people.set_index("contact_id")["department"].reindex(wide.index)
    prior = np.array(lists.NEED_LEAN)[[lists.DEPARTMENTS.index(name) for name in department]]
    steps = np.linspace(-4, 4, STYLES)
    weights = norm.pdf(steps) / norm.pdf(steps).sum()
    posterior = []
    for position in range(len(CLASSES)):
        log = sum(_rating_chances(wide, position, steps)) + sum(_tick_chances(wide, position, steps))
        posterior.append(prior[:, position] * (np.exp(log) @ weights))
    best = np.array(CLASSES)[np.column_stack(posterior).argmax(axis=1)]
    return pd.DataFrame({"contact_id": wide.index.to_numpy(), "need_class": best})


def _side_by_side(answers: pd.DataFrame) -> pd.DataFrame:
    """Return persons × questions, 0 for what a person left out of the picks that it named."""
    names = [question for items, *_ in RATINGS for question in items] + [q for items in TICKED for q in items]
    rows = answers[answers["question"].isin(names)]
    wide = rows.pivot(index="contact_id", columns="question", values="answer").reindex(columns=names)
    picks = wide[list(PICKED)]
    return wide.assign(**picks.where(picks.notna() | picks.isna().all(axis=1).to_numpy()[:, None], 0.0))


def _rating_chances(wide: pd.DataFrame, position: int, steps: np.ndarray) -> Iterator[np.ndarray]:
    """Return the log chance of each rating given the class, persons × styles; 0 where nothing was answered."""
    from scipy.stats import norm

    for items, style, noise, most in RATINGS:
        for question, means in items.items():
            x = wide[question].to_numpy(float)[:, None]
            mean = means[position] + style * steps
            upper = np.where(x >= most, 1.0, norm.cdf((x + 0.5 - mean) / noise))
            lower = np.where(x <= 1, 0.0, norm.cdf((x - 0.5 - mean) / noise))
            yield np.where(np.isnan(x), 0.0, np.log(np.maximum(upper - lower, 1e-12)))


def _tick_chances(wide: pd.DataFrame, position: int, steps: np.ndarray) -> Iterator[np.ndarray]:
    """Return the same of items that were ticked or not."""
    for items in TICKED:
        for question, chances in items.items():
            x = wide[question].to_numpy(float)[:, None]
            chance = 1 / (1 + np.exp(-(np.log(chances[position] / (1 - chances[position])) + PICK_STYLE * steps)))
            yield np.where(np.isnan(x), 0.0, np.log(np.where(x > 0, chance, 1 - chance)))
