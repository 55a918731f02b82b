"""Planted needs of the sample company come back nearly as well as for whoever knows how they were planted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from segkit.demo.crm import contacts
from segkit.demo.needs_oracle import oracle_needs
from segkit.demo.sample import simulate
from segkit.demo.service import surveys
from segkit.segments.methods.mixture import fit_mixture
from segkit.segments.needs.answers import collect_answers
from segkit.segments.needs.scales import apply_space, learn_space
from segkit.statistics.clusterings import contingency

LISTS = ("Bedarf: *", "Job: *", "Pain: *", "Gain: *", "Auswahl: *")


@pytest.mark.parametrize(("seed", "lists"), [(3, LISTS[:1]), (8, LISTS)])  # ratings alone; ratings, ticks and picks
def test_needs_are_found_as_by_the_oracle(seed, lists):
    sample = simulate(seed, n_accounts=700)
    people = contacts(sample)
    answers = surveys(sample, people)
    answers = answers.assign(survey_date=pd.to_datetime(answers["survey_date"]))
    given = collect_answers(answers, people, lists, dt.date(2026, 9, 30))
    wide = given.wide[given.wide.notna().mean(axis=1) >= 0.5]
    points = apply_space(wide, learn_space(wide, given.kinds))
    fits = [fit_mixture(points, k, np.random.default_rng(seed)) for k in (3, 4, 5)]
    best = min(fits, key=lambda fit: fit.measures["bic"])
    truth = people.set_index("contact_id")["need_class"].loc[wide.index].to_numpy(str)
    table = contingency(truth, best.labels)
    rows, columns = linear_sum_assignment(-table)
    seen = answers[answers["question"].str.startswith(tuple(name[:-1] for name in lists))]
    oracle = oracle_needs(seen, people).set_index("contact_id")["need_class"].loc[wide.index].to_numpy(str)
    assert set(given.kinds.values()) == ({"rating", "pick"} if len(lists) > 1 else {"rating"})
    assert best.n_segments == 4  # eight without taking off who ticks high everywhere
    assert table[rows, columns].sum() / len(truth) >= 0.9 * (oracle == truth).mean()
