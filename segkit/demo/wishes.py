"""What persons answered beside their ratings of needs: what they picked, which jobs they have, what pains, what helps.

Every item depends on the class of the person alone, and a little on its habit to tick much.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.dealers import true_indirect
from segkit.demo.needs_catalogue import (
    CLASSES,
    JOB_NOISE,
    JOB_STYLE,
    JOBS_TO_DO,
    NEED_NOISE,
    NEED_STYLE,
    NEEDS,
    PICK_STYLE,
    TICKED,
)
from segkit.demo.parameters import stream
from segkit.demo.sample import Sample

ASKED_END = 0.45  # of the persons at end customers of dealers
STOPPED, MISSING = 0.05, 0.04  # persons that stop after the needs; single answers left out


def wishes(people: pd.DataFrame, asked: np.ndarray, days: np.ndarray, style: np.ndarray, seed: int) -> pd.DataFrame:
    """Return what those answered who rated their needs: person, survey_date, question, answer, comment.

    Parameters
    ----------
    people : DataFrame
        Persons with need_class.
    asked : array of int
        Positions in `people`, one per sheet.
    days : array of datetime64
        Day of each sheet.
    style : array of float
        How many standard deviations each of them ticks higher or lower than others everywhere.
    seed : int
        Of the sample.

    Notes
    -----
    ``Job: …`` is rated from 1 to 5; ``Pain: …`` and ``Gain: …`` are ticked or not, 1 and 0; of ``Auswahl: …`` the sheet
    only names what was picked, 1.
    """
    rng = stream(seed, "wishes")
    return _answers(people, asked, days, style, rng)


def end_customers(sample: Sample, people: pd.DataFrame) -> pd.DataFrame:
    """Return the same sheets, with ratings of needs, of persons at end customers of dealers, asked in May 2026."""
    rng = stream(sample.seed, "end customers")
    ends = true_indirect(sample).query("not is_direct")["account_id"]
    asked = np.flatnonzero(people["account_id"].isin(ends).to_numpy() & (rng.random(len(people)) < ASKED_END))
    n, style = len(asked), rng.normal(0, 1, len(asked))
    days = np.datetime64("2026-05-11") + rng.integers(0, 15, n)
    rating = _rated(people, asked, NEEDS, NEED_STYLE * style, NEED_NOISE, 7, rng)
    needs = _long(asked, days, [f"Bedarf: {name}" for name in NEEDS], rating)
    return pd.concat([needs, _answers(people, asked, days, style, rng)], ignore_index=True)


def _answers(people: pd.DataFrame, asked: np.ndarray, days: np.ndarray, style: np.ndarray, rng) -> pd.DataFrame:
    going_on = rng.random(len(asked)) >= STOPPED
    asked, days, style = asked[going_on], days[going_on], style[going_on]
    parts = [
        _long(asked, days, list(JOBS_TO_DO), _rated(people, asked, JOBS_TO_DO, JOB_STYLE * style, JOB_NOISE, 5, rng))
    ]
    for items in TICKED:
        chance = np.column_stack([_by_class(people, asked, values) for values in items.values()])
        odds = np.log(chance / (1 - chance)) + PICK_STYLE * style[:, None]
        ticked = (rng.random(odds.shape) < 1 / (1 + np.exp(-odds))).astype(float)
        missing = rng.random(odds.shape) < MISSING
        names_picks = next(iter(items)).startswith("Auswahl")
        parts.append(_long(asked, days, list(items), np.where(missing | (names_picks & (ticked == 0)), np.nan, ticked)))
    return pd.concat(parts, ignore_index=True)


def _rated(
    people: pd.DataFrame, asked: np.ndarray, items, style: np.ndarray, noise: float, most: int, rng
) -> np.ndarray:
    """Return rounded ratings from 1 to `most`, some missing."""
    mean = np.column_stack([_by_class(people, asked, values) for values in items.values()])
    answer = np.clip(np.round(mean + style[:, None] + rng.normal(0, noise, mean.shape)), 1, most)
    return np.where(rng.random(answer.shape) < MISSING, np.nan, answer)


def _by_class(people: pd.DataFrame, asked: np.ndarray, values: tuple[float, ...]) -> np.ndarray:
    return people["need_class"].map(dict(zip(CLASSES, values, strict=True))).to_numpy(float)[asked]


def _long(asked: np.ndarray, days: np.ndarray, questions: list[str], answers: np.ndarray) -> pd.DataFrame:
    n = len(questions)
    frame = pd.DataFrame(
        {
            "person": np.repeat(asked, n),
            "survey_date": np.repeat(days, n),
            "question": questions * len(asked),
            "answer": answers.ravel(),
            "comment": None,
        }
    )
    return frame[frame["answer"].notna()]
