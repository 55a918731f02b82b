"""What people decided about criteria: ratings and choices of decisions/criteria.csv, and what could not be obeyed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit.criteria.catalogue import RATINGS, criteria_catalogue

if TYPE_CHECKING:
    import pandas as pd

CHOICES = ("in", "out")


def read_rating(text: str) -> int | None:
    """Return a rating from 1 to 5 as a spreadsheet may have written it (4, 4.0, 4,0); None for anything else."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return int(number) if number in (1, 2, 3, 4, 5) else None


def rate_criteria(decisions: pd.DataFrame) -> pd.DataFrame:
    """Return the ratings of each criterion of the catalogue, changed where a person changed them.

    Parameters
    ----------
    decisions : DataFrame
        decisions/criteria.csv: criterion_id, ease, relevance, usage, choice (in, out or empty), author. Empty means
        unchanged; what is no rating is left as it was (`find_problems` names it).

    Returns
    -------
    DataFrame
        Index criterion_id in the catalogue's order: ease, relevance, usage, is_rated, choice (in, out, None), author.
    """
    import pandas as pd

    rows = []
    decided = {row["criterion_id"]: row for row in decisions.to_dict("records")}
    for criterion_id, criterion in criteria_catalogue().items():
        row = decided.get(criterion_id, {})
        given = {rating: read_rating(row.get(rating, "")) for rating in RATINGS}
        ratings = {rating: given[rating] or getattr(criterion, rating) for rating in RATINGS}
        choice = row.get("choice", "").casefold()
        is_rated = any(given.values())
        is_chosen = choice in CHOICES
        author = row.get("author") or None if is_rated or is_chosen else None
        rows.append({**ratings, "is_rated": is_rated, "choice": choice if is_chosen else None, "author": author})
    return pd.DataFrame(rows, index=pd.Index(list(criteria_catalogue()), name="criterion_id"))


def find_problems(decisions: pd.DataFrame, available: set[str]) -> list[dict[str, Any]]:
    """Return what of the decisions could not be obeyed, as findings; the rows themselves stay in the file.

    Parameters
    ----------
    decisions : DataFrame
        decisions/criteria.csv.
    available : set of str
        Criteria that the data give.
    """
    problems: list[dict[str, Any]] = []
    for row in decisions.to_dict("records"):
        criterion_id, author = row["criterion_id"], row["author"] or None
        said = {"criterion": criterion_id, "author": author}
        if criterion_id not in criteria_catalogue():
            problems.append({"key": "criteria.warn_unknown", **said})
            continue
        for rating in RATINGS:
            if row[rating] and read_rating(row[rating]) is None:
                problems.append({"key": f"criteria.warn_{rating}", **said, "value": row[rating]})
        choice = row["choice"].casefold()
        if choice and choice not in CHOICES:
            problems.append({"key": "criteria.warn_choice", **said, "value": row["choice"]})
        elif choice == "in" and criterion_id not in available:
            problems.append({"key": "criteria.warn_unavailable", **said})
        elif choice == "in" and criteria_catalogue()[criterion_id].is_sensitive:
            problems.append({"key": "criteria.warn_sensitive", **said})
    return problems
