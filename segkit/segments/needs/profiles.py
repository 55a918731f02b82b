"""What each need is like, question by question, and which departments split."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.methods.three_step import describe_by_class
from segkit.segments.needs.answers import RATING
from segkit.segments.needs.persons import ANSWERS, chances_of
from segkit.segments.needs.scales import relative_answers
from segkit.statistics.comparisons import compare_numbers, compare_shares, holm
from segkit.statistics.intervals import wilson_interval

if TYPE_CHECKING:
    import pandas as pd

DIGITS = 12
LEAST_EFFECT, LEAST_P = 0.2, 0.05
LEAST_PERSONS = 20  # of a department who answered, before anything is said about it


def profile_needs(placed: pd.DataFrame, wide: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return the answers of each need: table `need_profiles`.

    Parameters
    ----------
    placed : DataFrame
        Of `persons.place_persons`; persons who answered count.
    wide : DataFrame
        `Answers.wide`.

    Returns
    -------
    DataFrame
        segmentation_id, segment_id, question, kind, n_persons, estimate with low and high (mean in the question's
        units, or share that picked it; corrected for persons sorted wrongly, Bolck, Croon and Hagenaars 2004),
        relative (the same above the person's own level), others (relative, all other persons), difference, effect_size
        (Cliff's delta, Cohen's h of picks), p_adjusted (Holm over all rows), is_marker (an effect of at least 0.2, and
        an adjusted p below 5 %). The questions made the classes: p tells size against chance, it proves no classes.
    """
    import pandas as pd

    answered = placed[placed["basis"] == ANSWERS]
    k = len(model["segments"])
    chances, codes = chances_of(answered), answered["segment_id"].map({s: j for j, s in enumerate(model["segments"])})
    codes = codes.to_numpy(int)
    raw = wide.reindex(answered["contact_id"])
    relative = relative_answers(raw, model["space"])
    frames = []
    for item in model["space"]["items"]:
        name = item["question"]
        if name not in raw or not raw[name].notna().any():
            continue
        values, above = raw[name].to_numpy(float), relative[name].to_numpy(float)
        told, shifted = describe_by_class(chances, values), describe_by_class(chances, above)
        compare = compare_numbers if item["kind"] == RATING else compare_shares
        comparison = compare(above, codes, k)
        own = shifted["estimate"].to_numpy(float)
        n = np.bincount(codes[~np.isnan(above)], minlength=k)
        other = np.array([_others(own, n, j) for j in range(k)])
        level = told[["estimate", "low", "high"]]
        level = level.clip(np.nanmin(values), np.nanmax(values))  # the correction may leave the scale
        numbers = {**level.to_dict("list"), "relative": own, "others": other}
        frame = pd.DataFrame({name: np.round(np.asarray(part, float), DIGITS) for name, part in numbers.items()})
        frames.append(
            frame.assign(
                segment_id=model["segments"],
                question=name,
                kind=item["kind"],
                n_persons=n,
                difference=np.round(own - other, DIGITS),
                effect_size=np.round(comparison.effect, DIGITS),
                p_adjusted=comparison.p,
            )
        )
    if not frames:
        return pd.DataFrame()
    table = pd.concat(frames, ignore_index=True)
    table["p_adjusted"] = np.round(holm(table["p_adjusted"].to_numpy(float)), DIGITS)
    marks = (table["effect_size"].abs() >= LEAST_EFFECT) & (table["p_adjusted"] < LEAST_P)
    return table.assign(segmentation_id=model["segmentation_id"], is_marker=marks)


def _others(values: np.ndarray, n: np.ndarray, own: int) -> float:
    rest = np.arange(len(values)) != own
    return float(np.average(values[rest], weights=n[rest])) if n[rest].sum() else np.nan


def split_departments(placed: pd.DataFrame, contacts: pd.DataFrame, model: Mapping[str, Any]) -> pd.DataFrame:
    """Return how the persons of each department divide: table `need_departments`.

    Returns
    -------
    DataFrame
        segmentation_id, department, segment_id, n_persons (who answered and have this need), share with low and high
        (Wilson), n_department, expected_other (share that would be sorted outside the department's commonest need by
        error alone, were all of one need), p_adjusted (Holm over departments; binomial, one-sided: more stand outside
        than by error), is_split.
    """
    import pandas as pd

    columns = ["segmentation_id", "department", "segment_id", "n_persons", "share", "low", "high", "n_department"]
    columns += ["expected_other", "p_adjusted", "is_split"]
    if "department" not in contacts:
        return pd.DataFrame(columns=columns)
    known = contacts.drop_duplicates("contact_id").set_index("contact_id")["department"]
    answered = placed[placed["basis"] == ANSWERS]
    answered = answered.assign(department=answered["contact_id"].map(known))
    error = _error_of(answered, model["segments"])
    rows, tests = [], {}
    for department, group in answered.groupby("department"):
        if len(group) < LEAST_PERSONS:
            continue
        counts = group["segment_id"].value_counts().reindex(model["segments"], fill_value=0)
        main = int(counts.to_numpy().argmax())
        tests[department] = (
            float(error[main]),
            _more_than(len(group) - int(counts.iloc[main]), len(group), error[main]),
        )
        low, high = wilson_interval(counts.to_numpy(), np.full(len(counts), len(group)))
        rows += [
            (model["segmentation_id"], department, s, int(n), n / len(group), a, b, len(group))
            for s, n, a, b in zip(counts.index, counts, low, high, strict=True)
        ]
    frame = pd.DataFrame(rows, columns=columns[:8])
    p = dict(zip(tests, holm(np.array([test[1] for test in tests.values()])), strict=True)) if tests else {}
    frame["expected_other"] = frame["department"].map({name: test[0] for name, test in tests.items()}).astype(float)
    frame["p_adjusted"] = frame["department"].map(p).astype(float)
    frame["is_split"] = frame["p_adjusted"] < LEAST_P
    return frame.round(dict.fromkeys(("share", "low", "high", "expected_other", "p_adjusted"), DIGITS))


def _error_of(answered: pd.DataFrame, segments: list[str]) -> np.ndarray:
    """Return for each need the chance that a person of it is sorted elsewhere, from the chances of all."""
    chances = chances_of(answered)
    codes = answered["segment_id"].map({s: j for j, s in enumerate(segments)}).to_numpy(int)
    total = chances.sum(axis=0)
    inside = np.array([chances[codes == j, j].sum() for j in range(len(segments))])
    return np.clip(1 - inside / np.maximum(total, 1e-12), 1e-6, 1.0)


def _more_than(n_other: int, n: int, error: float) -> float:
    """Return the chance of so many or more wrongly sorted of n."""
    from scipy.stats import binom

    return float(binom.sf(n_other - 1, n, error))
