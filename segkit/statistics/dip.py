"""The dip: how far a column of numbers is from having one mode, and the nearest column that has one.

Hartigan and Hartigan 1985, The dip test of unimodality, Annals of Statistics 13. A distribution has one mode where its
distribution function is convex up to some point and concave after it; the dip is the largest distance between the
empirical distribution function and the nearest function of that shape.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

Floats = np.ndarray

SIZES = (10, 20, 50, 100, 200, 500, 1000)
CHANCES = (0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
# dip · √n that uniform samples exceed with those chances, simulated by `simulate_dips` with 20,000 samples of each size
TABLE = (
    (0.2468, 0.2784, 0.3090, 0.3616, 0.4121, 0.4418, 0.4744, 0.5048, 0.5306, 0.5519, 0.5676),  # 10
    (0.2561, 0.2877, 0.3299, 0.3816, 0.4376, 0.4731, 0.5135, 0.5402, 0.5699, 0.5996, 0.6187),  # 20
    (0.2659, 0.3004, 0.3459, 0.4017, 0.4607, 0.4992, 0.5464, 0.5766, 0.6095, 0.6428, 0.6682),  # 50
    (0.2730, 0.3079, 0.3553, 0.4116, 0.4716, 0.5107, 0.5524, 0.5827, 0.6148, 0.6555, 0.6788),  # 100
    (0.2789, 0.3139, 0.3614, 0.4195, 0.4811, 0.5197, 0.5686, 0.5989, 0.6265, 0.6714, 0.7012),  # 200
    (0.2861, 0.3203, 0.3679, 0.4270, 0.4880, 0.5307, 0.5808, 0.6178, 0.6499, 0.6927, 0.7199),  # 500
    (0.2861, 0.3218, 0.3705, 0.4298, 0.4946, 0.5354, 0.5884, 0.6242, 0.6526, 0.6926, 0.7285),  # 1000
)


def dip(values: ArrayLike) -> float:
    """Return the dip of a sample: at least 1 / (2n), at most 1/4; NaN of no values.

    Examples
    --------
    Two heaps of equal size are as far from one mode as can be; evenly spread values are as near as can be.

    >>> dip([0, 0, 1, 1]), dip([1, 2, 3, 4, 5])
    (0.25, 0.1)
    """
    x = np.sort(np.asarray(values, float))
    return _modal_interval(*_steps(x))[0] / (2 * len(x)) if len(x) else float("nan")


def dip_p_value(value: float, n: int) -> float:
    """Return the chance of so large a dip in n values drawn from a uniform distribution.

    Of all distributions with one mode the uniform one has the largest dips for large n, so the test errs on the side
    of one mode. Read off a table of simulated quantiles of dip · √n, between them on logarithms; never below .001.
    """
    if not n or np.isnan(value):
        return float("nan")
    at = np.clip(np.log(n), np.log(SIZES[0]), np.log(SIZES[-1]))
    limits = [float(np.interp(at, np.log(SIZES), column)) for column in np.array(TABLE).T]
    return float(np.exp(np.interp(value * np.sqrt(n), limits, np.log(CHANCES), left=0.0)))


def simulate_dips(n: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return dip · √n of uniform samples: what the table is made from."""
    return np.array([dip(sample) for sample in rng.random((draws, n))]) * np.sqrt(n)


def nearest_unimodal(values: ArrayLike) -> tuple[Floats, Floats]:
    """Return the distribution function with one mode that lies nearest to a sample: sorted values, and F at each.

    Equal values are spread evenly as far as the middle to their neighbours first, so that whole numbers are no modes of
    their own. Draw from it by ``np.interp(rng.random(size), shares, places)``.
    """
    x = spread_ties(np.sort(np.asarray(values, float)))
    places, below, upto = _steps(x)
    _, first, last = _modal_interval(places, below, upto)
    left, right = places <= places[first], places >= places[last]
    convex = np.interp(places[left], *_hull(places[left], below[left], 1))
    concave = np.interp(places[right], *_hull(places[right], upto[right], -1))
    shares = np.interp(places, np.r_[places[left], places[right]], np.r_[convex, concave])
    return places, np.maximum.accumulate(shares - shares[0]) / max(shares[-1] - shares[0], 1e-300)


def spread_ties(x: Floats) -> Floats:
    """Return sorted values with equal ones spread evenly over the way to the middle between their neighbours."""
    distinct, start, counts = np.unique(x, return_index=True, return_counts=True)
    if len(distinct) in (1, len(x)):
        return x
    middles = (distinct[1:] + distinct[:-1]) / 2
    low = np.r_[2 * distinct[0] - middles[0], middles]
    high = np.r_[middles, 2 * distinct[-1] - middles[-1]]
    place = (np.arange(len(x)) - np.repeat(start, counts) + 0.5) / np.repeat(counts, counts)
    spread = np.repeat(low, counts) + place * np.repeat(high - low, counts)
    return np.where(np.repeat(counts, counts) > 1, spread, x)


def _steps(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the different values of a sorted sample, how many values lie below each, and up to each."""
    places, counts = np.unique(x, return_counts=True)
    upto = np.cumsum(counts).astype(float)
    return places, upto - counts, upto


def _modal_interval(places: Floats, below: Floats, upto: Floats) -> tuple[float, int, int]:
    """Return twice the dip in counts, and where the interval begins and ends that holds the mode.

    Below the interval the greatest convex minorant of the lower corners is taken, above it the least concave majorant
    of the upper corners; the interval shrinks to where the two are farthest apart, until that is no farther than what
    has to be bridged outside.
    """
    low, high, bridged = 0, len(places) - 1, 1.0
    while high > low:
        inside = slice(low, high + 1)
        x = places[inside]
        minorant_at, minorant_y = _hull(x, below[inside], 1)
        majorant_at, majorant_y = _hull(x, upto[inside], -1)
        minorant = np.interp(x, minorant_at, minorant_y)
        majorant = np.interp(x, majorant_at, majorant_y)
        apart = majorant - minorant
        corners = np.searchsorted(x, np.union1d(minorant_at, majorant_at))  # elsewhere only rounding can be larger
        at = int(corners[apart[corners].argmax()])
        if apart[at] <= bridged * (1 + 1e-12):
            break
        first = int(np.searchsorted(x, minorant_at[np.searchsorted(minorant_at, x[at], "right") - 1]))
        last = int(np.searchsorted(x, majorant_at[np.searchsorted(majorant_at, x[at], "left")]))
        edge = 0 if first == last else 1  # the mode itself may be a heap: nothing has to be bridged there
        left = (upto[inside] - minorant)[: first + edge].max(initial=0.0)
        right = (majorant - below[inside])[last + 1 - edge :].max(initial=0.0)
        bridged = max(bridged, left, right)
        if (first, last) == (0, high - low):
            break
        low, high = low + first, low + last
    return bridged, low, high


def _hull(x: Floats, y: Floats, side: int) -> tuple[Floats, Floats]:
    """Return the corners of the greatest convex minorant (side 1) or least concave majorant (side −1)."""
    xs, ys = x.tolist(), (side * y).tolist()
    kept: list[int] = []
    for i in range(len(xs)):
        while len(kept) > 1:
            a, b = kept[-2], kept[-1]
            if (ys[b] - ys[a]) * (xs[i] - xs[b]) < (ys[i] - ys[b]) * (xs[b] - xs[a]):
                break
            kept.pop()
        kept.append(i)
    return x[kept], y[kept]
