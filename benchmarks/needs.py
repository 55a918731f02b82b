"""Are planted needs found again, person by person, and how near is that to the best possible? Ten seeds.

    python benchmarks/needs.py > benchmarks/needs.md

Each seed is another sample company; only its persons and their answers are made. The oracle knows the profiles of the
classes, the noise and what departments want (`segkit.demo.needs_oracle`): nobody can be right more often.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from threadpoolctl import threadpool_limits

from segkit.demo.crm import contacts
from segkit.demo.dealers import dealer_relations
from segkit.demo.needs_oracle import oracle_needs
from segkit.demo.sample import simulate
from segkit.demo.service import surveys
from segkit.quarters import Quarter
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.needs.answers import collect_answers
from segkit.segments.needs.quarterly import PersonInputs, segment_persons
from segkit.segments.needs.scales import apply_space, learn_space
from segkit.segments.place import Place
from segkit.settings.person_segmentation import PersonSegmentation
from segkit.statistics.clusterings import contingency

SEEDS = range(1, 11)
LISTS = ["Bedarf: *", "Job: *", "Pain: *", "Gain: *", "Auswahl: *"]
SETTINGS = PersonSegmentation(unit="person", bootstrap_pairs=2, questions=LISTS, mode="business_design")
RATINGS = SETTINGS.model_copy(update={"questions": LISTS[:1]})
DECIDED = ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason", "name_de", "name_en"]
NOBODY = pd.DataFrame(columns=DECIDED)
HEAD = """# Needs of persons: how near to the best possible

Ten sample companies; only their persons and answers are made: seven needs rated from 1 to 7, four jobs rated from 1 to
5, four pains and three gains ticked or not, and a list of which only what was picked is named. Shares in %.

- *right*: persons who answered, in the class that their need stands for; *oracle*: the same of whoever knows the
  profiles of the classes, the noise and what departments want, so that nobody can be right more often; *confidence*:
  what is told of them.
- *ratings*: the same from the seven ratings alone, with an oracle that sees no more.
- *as given*: all questions, but nobody's own level taken off the ratings.
- *end customers*: persons of companies that buy through dealers only; they count where a new offer is designed.
- *attributes*: persons placed from department and level alone, beside what is told (mean confidence) and always naming
  the largest class.
"""


def share_right(truth: pd.Series, found: pd.Series) -> float:
    """Return the share of persons in the class that their segment stands for, one to one."""
    table = contingency(truth.to_numpy(str), found.to_numpy(str))
    rows, columns = linear_sum_assignment(-table)
    return float(table[rows, columns].sum() / len(truth))


def fit_plainly(answers: pd.DataFrame, people: pd.DataFrame, settings: PersonSegmentation, is_centred: bool):
    """Return the number of classes, the share right, and who answered, from some questions, by the smallest BIC."""
    given = collect_answers(answers, people, settings.questions, dt.date(2026, 9, 30))
    wide = given.wide[given.wide.notna().sum(axis=1) >= settings.least_answered * len(given.wide.columns)]
    sample = apply_space(wide, learn_space(wide, given.kinds, is_centred=is_centred))
    fits = [fit_mixture(sample, k, np.random.default_rng(k)) for k in range(2, 9)]
    best = min(fits, key=lambda fit: fit.measures["bic"])
    truth = people.set_index("contact_id")["need_class"].loc[wide.index]
    return best.n_segments, share_right(truth, pd.Series(best.labels)), truth


def measure(seed: int) -> dict[str, float]:
    """Return the figures of one seed."""
    sample = simulate(seed)
    people = contacts(sample)
    answers = surveys(sample, people)
    answers = answers.assign(survey_date=pd.to_datetime(answers["survey_date"]))
    ids = sorted(people["account_id"].unique())
    accounts = pd.DataFrame({"account_id": ids, "owner_id": "V"})
    features = pd.DataFrame({"account_id": ids, "revenue_12m": 1.0, "margin_12m": 1.0, "days_since_last": 1})
    place = Place("needs", dt.date(2026, 9, 30), Quarter.parse("2026Q3"), seed, "de", ["#111111"] * 9, NOBODY, NOBODY)
    bought = features[features["account_id"].isin(sample.accounts.query("start != 99")["account_id"])]
    dealers = dealer_relations(sample)
    found = segment_persons(PersonInputs(people, answers, accounts, bought, dealers), SETTINGS, place)
    persons = found.tables["contact_segments"].merge(people[["contact_id", "need_class"]], on="contact_id")
    told = persons[persons["basis"] == "answers"]
    best = oracle_needs(answers, people).merge(told, on="contact_id", suffixes=("_oracle", ""))
    guessed = persons[persons["basis"] == "attributes"]
    stands_for = told.groupby("segment_id")["need_class"].agg(lambda values: values.mode()[0])
    largest = told["need_class"].mode()[0]
    k_raw, raw, _ = fit_plainly(answers, people, SETTINGS, is_centred=False)
    k_rated, rated, asked = fit_plainly(answers, people, RATINGS, is_centred=True)
    blind = oracle_needs(answers[answers["question"].str.startswith("Bedarf")], people).set_index("contact_id")
    ends = told[told["is_indirect"]]
    right, oracle = (
        share_right(told["need_class"], told["segment_id"]),
        (best["need_class_oracle"] == best["need_class"]).mean(),
    )
    return {
        "seed": seed,
        "persons": len(told),
        "classes": len(found.model["segments"]),
        "right": right,
        "oracle": oracle,
        "of the oracle": right / oracle,
        "confidence": told["confidence"].mean(),
        "ratings: classes": k_rated,
        "ratings: right": rated,
        "ratings: oracle": (blind["need_class"].loc[asked.index] == asked).mean(),
        "as given: classes": k_raw,
        "as given: right": raw,
        "end customers: persons": len(ends),
        "end customers: right": (ends["segment_id"].map(stands_for) == ends["need_class"]).mean(),
        "attributes: persons": len(guessed),
        "attributes: right": (guessed["segment_id"].map(stands_for) == guessed["need_class"]).mean(),
        "attributes: told": guessed["confidence"].mean(),
        "attributes: largest": (guessed["need_class"] == largest).mean(),
    }


def main() -> None:
    """Print the report."""
    with threadpool_limits(limits=1):
        table = pd.DataFrame([measure(seed) for seed in SEEDS])
    counts = [name for name in table if name.split(": ")[-1] in ("seed", "persons", "classes")]
    shown = table.astype(dict.fromkeys(counts, int)).astype(object)
    for name in table.columns.difference(counts):
        shown[name] = [f"{100 * value:.1f}" for value in table[name]]
    print(HEAD)
    print("| " + " | ".join(shown.columns) + " |")
    print("|" + "---|" * len(shown.columns))
    for row in shown.itertuples(index=False):
        print("| " + " | ".join(str(value) for value in row) + " |")
    least, mean = table["of the oracle"].min(), table["of the oracle"].mean()
    print(f"\nOf the oracle: {100 * mean:.1f} % on average, {100 * least:.1f} % at least; wanted: 90 %.")


if __name__ == "__main__":
    main()
