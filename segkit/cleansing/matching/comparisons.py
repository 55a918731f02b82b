"""What two records are compared by, and what each agreement is worth before data teach better."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One degree of agreement.

    ``m`` and ``u`` are its fallback frequencies among pairs of one customer and among other pairs. A ``fixed`` m is not
    learned: contradictions must stay contradictions where an unlucky start would explain them away.
    """

    name: str
    m: float
    u: float
    fixed: bool = False


@dataclass(frozen=True)
class Comparison:
    """Levels of agreement in one respect, the closest first; place 1 is the first."""

    name: str
    levels: tuple[Level, ...]


COMPARISONS = (
    Comparison(
        "name",
        (
            Level("same_in_town", 0.47, 1e-7),
            Level("same_unique", 0.04, 3e-7),
            Level("same_rare", 0.03, 1e-6),
            Level("same_known", 0.04, 1e-5),
            Level("same_frequent", 0.04, 1e-4),
            Level("spelling_in_town", 0.15, 2e-7),
            Level("spelling_unique", 0.02, 3e-7),
            Level("spelling_rare", 0.02, 1e-6),
            Level("spelling_frequent", 0.02, 3e-5),
            Level("garbled", 0.04, 1e-5),
            Level("part_rare", 0.06, 1e-5),
            Level("part_frequent", 0.04, 5e-4),
            Level("similar", 0.02, 1e-3),
            Level("different", 0.01, 0.99834, fixed=True),
        ),
    ),
    Comparison("legal_form", (Level("same", 0.97, 0.40), Level("different", 0.03, 0.60, fixed=True))),
    Comparison(
        "place",
        (
            Level("same_address", 0.70, 1e-5),
            Level("same_street", 0.08, 1e-4),
            Level("same_town", 0.07, 5e-3),
            Level("other_street", 0.07, 5e-3),
            Level("address_other_town", 0.02, 2e-6),
            Level("same_region", 0.03, 2e-2),
            Level("other_town", 0.03, 0.969888),
        ),
    ),
    Comparison(
        "phone", (Level("same", 0.70, 1e-5), Level("same_exchange", 0.05, 1e-5), Level("different", 0.25, 0.99998))
    ),
    Comparison(
        "domain",
        (
            Level("same_name", 0.80, 2e-6),
            Level("same", 0.05, 1e-5),
            Level("same_frequent", 0.03, 1e-4),
            Level("different", 0.12, 0.999888),
        ),
    ),
    Comparison(
        "vat_id",
        (Level("same", 0.95, 1e-6), Level("spelling", 0.02, 1e-6), Level("different", 0.03, 0.999998, fixed=True)),
    ),
    Comparison(
        "register_id",
        (Level("same", 0.80, 1e-6), Level("same_number", 0.17, 1e-4), Level("different", 0.03, 0.999899, fixed=True)),
    ),
    Comparison("lei", (Level("same", 0.99, 1e-7), Level("different", 0.01, 0.9999999, fixed=True))),
)
"""Fallback weights, set by hand: m as German customer lists are usually kept (one record in four with another
telephone, one in five with a name written otherwise), u as such agreements happen by chance among 10,000 companies.
They are the start of every training and stand for the levels that training cannot reach."""


@dataclass(frozen=True)
class Contradiction:
    """A reason why much agreement does not make two records one customer; the weight is cut down to ``limit`` bits."""

    name: str
    limit: float


APART = -5.0
DOUBTFUL = 3.0
CONTRADICTIONS = (
    Contradiction("no_name", APART),
    Contradiction("other_number", APART),
    Contradiction("other_id", APART),
    Contradiction("sister", APART),
    Contradiction("other_form_in_house", DOUBTFUL),
    Contradiction("other_form", -1.0),
    Contradiction("other_form_of_group", DOUBTFUL),
    Contradiction("other_town", -0.5),
    Contradiction("branch", DOUBTFUL),
    Contradiction("own_words", DOUBTFUL),
    Contradiction("extra_number", DOUBTFUL),
    Contradiction("sister_of_group", DOUBTFUL),
    Contradiction("part_elsewhere", DOUBTFUL),
    Contradiction("name_only", DOUBTFUL),
    Contradiction("rough_name", DOUBTFUL),
    Contradiction("shared_id", DOUBTFUL),
    Contradiction("shared_domain", DOUBTFUL),
    Contradiction("moved", DOUBTFUL),
)
"""The model takes agreements for independent. Those of sister companies are not: one address, telephone and domain come
together. So what tells companies of one house apart limits the weight, whatever else agrees; the first that holds
counts. At `DOUBTFUL` bits the probability is 0.89 (people decide), at `APART` 0.03."""
