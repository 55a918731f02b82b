"""Size classes of companies as the European Union defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

CLASSES = ("micro", "small", "medium", "large")
HEADS = (10, 50, 250)
"""Persons from which a company is small, medium, large."""
TURNOVER = (2e6, 10e6, 50e6)
"""Euro a year above which a company is small, medium, large."""


def size_classes(employees: pd.Series, turnover: pd.Series) -> pd.DataFrame:
    """Return the size class of each company and what it rests on.

    Commission Recommendation 2003/361/EC, annex, article 2: micro has fewer than 10 persons and at most 2 million euro
    of turnover or balance sheet total, small fewer than 50 and at most 10 million, medium fewer than 250 and at most 50
    million of turnover (43 million of balance sheet total), large is everything above.

    Parameters
    ----------
    employees : Series
        Head count in persons.
    turnover : Series
        The company's turnover in euro a year.

    Returns
    -------
    DataFrame
        Indexed like `employees`: size_class (micro, small, medium, large; NA where nothing is known) and basis (both,
        employees, turnover; NA).

    Notes
    -----
    The recommendation counts the whole group of linked companies and lets a low balance sheet total stand for a high
    turnover; exports hold neither, so the class is that of the company itself by the numbers at hand. Where only the
    head count is known, it alone decides, and likewise turnover; `basis` says so.

    Examples
    --------
    8 persons and 1.5 million are micro, 8 persons and 12 million are medium, 300 persons are large whatever they turn
    over.
    """
    import numpy as np
    import pandas as pd

    heads = pd.to_numeric(employees, errors="coerce").astype("float64").to_numpy()
    money = pd.to_numeric(turnover, errors="coerce").astype("float64").to_numpy()
    by_heads = np.searchsorted(HEADS, heads, side="right")  # 10 persons are no longer micro
    by_money = np.searchsorted(TURNOVER, money, side="left")  # exactly 2 million still are
    has_heads, has_money = ~np.isnan(heads), ~np.isnan(money)
    place = np.maximum(np.where(has_heads, by_heads, 0), np.where(has_money, by_money, 0))
    basis = np.select([has_heads & has_money, has_heads, has_money], ["both", "employees", "turnover"], "")
    known = has_heads | has_money
    return pd.DataFrame(
        {
            "size_class": pd.Series(np.array(CLASSES)[np.minimum(place, 3)], index=employees.index).where(known),
            "basis": pd.Series(basis, index=employees.index).where(known),
        }
    )
