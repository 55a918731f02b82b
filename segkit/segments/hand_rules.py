"""Rules that people wrote in project.yml: conditions over columns, the first that holds gives the segment."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

OTHER = "OTHER"  # accounts for which no rule holds
JOINS = {"all": np.logical_and, "any": np.logical_or}


def apply_rules(features: pd.DataFrame, rules: Sequence[Mapping[str, Any]]) -> np.ndarray:
    """Return the id of the first rule that holds for each account, OTHER where none does.

    Parameters
    ----------
    features : DataFrame
        One row per account, with the columns that the rules name; a missing value fulfils no comparison.
    rules : sequence of mapping
        id and ``when``: see `holds`. An empty ``when`` holds for everybody.

    Examples
    --------
    >>> import pandas as pd
    >>> accounts = pd.DataFrame({"region": ["Nord", "Süd", None], "revenue_12m": [5.0, 90.0, 90.0]})
    >>> rules = [{"id": "BIG", "when": {"revenue_12m": {"from": 50}, "region": "Süd"}}]
    >>> apply_rules(accounts, rules).tolist()
    ['OTHER', 'BIG', 'OTHER']
    """
    conditions = [holds(features, rule["when"]) for rule in rules]
    ids = [rule["id"] for rule in rules]
    return np.select(conditions, ids, OTHER).astype(str) if rules else np.full(len(features), OTHER)


def holds(features: pd.DataFrame, when: Mapping[str, Any]) -> np.ndarray:
    """Return for which accounts all entries of a condition hold.

    An entry is ``column: value``, ``column: [values]``, ``column: {from: x, below: y}`` (x included, y not, either may
    be missing), ``all: [conditions]``, ``any: [conditions]`` or ``not: condition``. A column that nobody delivers holds
    nowhere.
    """
    found = np.ones(len(features), dtype=bool)
    for name, wanted in when.items():
        if name in JOINS:
            parts = [holds(features, part) for part in wanted]
            found &= JOINS[name].reduce(parts) if parts else True
        elif name == "not":
            found &= ~holds(features, wanted)
        else:
            found &= _compare(features, name, wanted)
    return found


def _compare(features: pd.DataFrame, name: str, wanted: Any) -> np.ndarray:
    import pandas as pd

    if name not in features:
        return np.zeros(len(features), dtype=bool)
    values = features[name]
    if isinstance(wanted, Mapping):
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(float, na_value=np.nan)
        return (numbers >= wanted.get("from", -np.inf)) & (numbers < wanted.get("below", np.inf))
    options = wanted if isinstance(wanted, list | tuple) else [wanted]
    return (values.isin(options) | values.astype("str").isin([str(option) for option in options])).to_numpy(bool)


def name_columns(when: Mapping[str, Any]) -> Iterator[str]:
    """Yield the columns that a condition names, in their order."""
    for name, wanted in when.items():
        if name in JOINS:
            for part in wanted:
                yield from name_columns(part)
        elif name == "not":
            yield from name_columns(wanted)
        else:
            yield name


def say_rule(when: Mapping[str, Any]) -> str:
    """Return a condition as one line of text: ``industry in (20, 21) and revenue_12m >= 50000``.

    Examples
    --------
    >>> say_rule({"any": [{"region": "Süd"}, {"revenue_12m": {"from": 50000, "below": 90000}}]})
    '(region = Süd or revenue_12m >= 50000 and revenue_12m < 90000)'
    """
    parts = [_say_entry(name, wanted) for name, wanted in when.items()]
    return " and ".join(parts) if parts else "everybody"


def _say_entry(name: str, wanted: Any) -> str:
    if name in JOINS:
        word = " and " if name == "all" else " or "
        return f"({word.join(say_rule(part) for part in wanted)})"
    if name == "not":
        return f"not ({say_rule(wanted)})"
    if isinstance(wanted, Mapping):
        signs = {"from": ">=", "below": "<"}
        return " and ".join(f"{name} {sign} {wanted[word]}" for word, sign in signs.items() if word in wanted)
    if isinstance(wanted, list | tuple):
        return f"{name} in ({', '.join(str(value) for value in wanted)})"
    return f"{name} = {wanted}"
