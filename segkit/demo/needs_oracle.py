"""The best possible answer on needs: an observer who knows the classes' profiles, the noise and what departments want.

It sees the same answers as the workbench. The share of persons that it places rightly is the most that anybody could.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo import catalogue as lists

STYLES = 33  # points at which the unknown style of a person is summed over, ± 4 standard deviations


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
    An answer is round(profile + style + noise) within 1 to 7: its chance is a difference of two normal distribution
    functions, with style summed over its own distribution, times the share of the class in the person's department.
    """
    from scipy.stats import norm

    names = [f"Bedarf: {need}" for need in lists.NEEDS]
    rows = answers[answers["question"].isin(names)]
    wide = rows.pivot(index="contact_id", columns="question", values="answer")[names]
    x = wide.to_numpy(float)[:, :, None]
    department = people.set_index("contact_id")["department"].reindex(wide.index)
    prior = np.array(lists.NEED_LEAN)[[lists.DEPARTMENTS.index(name) for name in department]]
    steps = np.linspace(-4, 4, STYLES)
    weights = norm.pdf(steps) / norm.pdf(steps).sum()
    posterior = []
    for position, profile in enumerate(lists.NEED_CLASSES.values()):
        mean = np.array(profile)[None, :, None] + lists.RATING_STYLE * steps
        upper = np.where(x >= 7, 1.0, norm.cdf((x + 0.5 - mean) / lists.RATING_NOISE))
        lower = np.where(x <= 1, 0.0, norm.cdf((x - 0.5 - mean) / lists.RATING_NOISE))
        chance = np.where(np.isnan(x), 1.0, np.maximum(upper - lower, 1e-12)).prod(axis=1)
        posterior.append(prior[:, position] * (chance @ weights))
    best = np.array(list(lists.NEED_CLASSES))[np.column_stack(posterior).argmax(axis=1)]
    return pd.DataFrame({"contact_id": wide.index.to_numpy(), "need_class": best})
