"""Tables in hundreds of random dialects: what is read is what was written, or it is set aside; never a wrong value."""

import pytest

from segkit.engines import connect

from .dialect_check import Outcome, check
from .random_dialects import write_export

N_DIALECTS = 200


@pytest.fixture(scope="module")
def outcomes() -> dict[int, Outcome]:
    con = connect(threads=1)
    return {seed: check(write_export(seed), con) for seed in range(N_DIALECTS)}


def test_no_value_is_read_that_was_not_written(outcomes):
    assert {seed: outcome.wrong for seed, outcome in outcomes.items() if outcome.wrong} == {}


def test_hardly_any_file_is_refused_and_most_rows_are_read(outcomes):
    refused = [outcome for outcome in outcomes.values() if outcome.refused]
    n_rows = sum(outcome.n_rows for outcome in outcomes.values())
    n_read = sum(outcome.n_read for outcome in outcomes.values())
    print(f"{1 - len(refused) / len(outcomes):.1%} of files and {n_read / n_rows:.1%} of rows are read")  # noqa: T201 - asked for
    assert len(refused) < 0.02 * len(outcomes)
    assert n_read > 0.95 * n_rows
