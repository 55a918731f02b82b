"""What persons of each class of needs answer: means of ratings, chances that an item is ticked."""

from __future__ import annotations

from segkit.demo import catalogue as lists

CLASSES = tuple(lists.NEED_CLASSES)
"""Price-minded, plant savers, seekers of advice, self-service buyers: the order of all columns here."""

NEEDS = {need: tuple(profile[i] for profile in lists.NEED_CLASSES.values()) for i, need in enumerate(lists.NEEDS)}
"""Need → mean rating from 1 to 7 in each class."""
NEED_STYLE, NEED_NOISE = lists.RATING_STYLE, lists.RATING_NOISE

JOBS_TO_DO = {
    "Job: Einkaufskosten senken": (4.4, 2.2, 2.4, 3.2),
    "Job: Anlage am Laufen halten": (2.6, 4.6, 3.4, 2.6),
    "Job: Anlage auslegen und umbauen": (1.8, 2.8, 4.4, 1.8),
    "Job: Bestellungen abwickeln": (3.4, 2.4, 2.0, 4.5),
}
"""Job → mean rating of its weight, from 1 to 5."""
JOB_STYLE, JOB_NOISE = 0.3, 0.9

PAINS = {
    "Pain: Preise steigen": (0.72, 0.24, 0.26, 0.42),
    "Pain: Stillstand": (0.18, 0.70, 0.34, 0.20),
    "Pain: Niemand erklärt es": (0.12, 0.26, 0.66, 0.14),
    "Pain: Bestellen dauert": (0.30, 0.28, 0.16, 0.68),
}
GAINS = {
    "Gain: Planbare Kosten": (0.66, 0.30, 0.34, 0.36),
    "Gain: Teil am nächsten Tag": (0.28, 0.72, 0.26, 0.46),
    "Gain: Sicher ausgelegt": (0.14, 0.38, 0.70, 0.16),
}
PICKED = {
    "Auswahl: Rahmenvertrag": (0.62, 0.24, 0.20, 0.30),
    "Auswahl: Wartungsvertrag": (0.14, 0.52, 0.44, 0.10),
    "Auswahl: Beratung vor Ort": (0.10, 0.28, 0.62, 0.08),
    "Auswahl: Online-Shop": (0.34, 0.26, 0.14, 0.74),
}
"""Item → chance that a person of each class ticks it; of the last list the sheet names only what was picked."""
TICKED = (PAINS, GAINS, PICKED)
PICK_STYLE = 0.3  # log odds of a tick for each standard deviation by which somebody ticks high everywhere
