"""A quarter's tables end to end: complete, checked, the same on one thread and on two, and nobody moves by a refit."""

import hashlib
import json
import os
import subprocess
import sys

import pandas as pd
import pytest

from segkit.features.contactable import add_contactable
from segkit.quarters import Quarter
from segkit.segments import findings
from segkit.segments.assess import contest_findings, recommend
from segkit.segments.quarterly import Before, segment_accounts
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.tables import check
from segkit.texts import LANGUAGES, say

from .conftest import MOVES, PALETTE, crowd, features_of, moves_of

Q2, Q3 = Quarter.parse("2026Q2"), Quarter.parse("2026Q3")
ENDS = {Q2: pd.Timestamp("2026-06-30"), Q3: pd.Timestamp("2026-09-30")}
QUICK = {"bootstrap_pairs": 3, "k_max": 4, "confidence_draws": 20}
NO_MOVES = pd.DataFrame(columns=MOVES, dtype="str")


def panel(n: int = 90) -> pd.DataFrame:
    return pd.concat([crowd(n, seed, end)[0] for seed, end in enumerate(ENDS.values())], ignore_index=True)


def segmented(features, quarter=Q3, before=None, moves=NO_MOVES, names=None, **changes):
    settings = AccountSegmentation(**QUICK | changes)
    found = segment_accounts(features, ENDS[quarter], quarter, settings, 1, "en", moves, PALETTE, before, names)
    everybody = pd.DataFrame({"account_id": features["account_id"].unique(), "is_contactable": True})
    return found, {name: check(contactable(frame, everybody, name), name) for name, frame in found.tables.items()}


def contactable(frame: pd.DataFrame, accounts: pd.DataFrame, name: str) -> pd.DataFrame:
    """What notebook 04 adds on the way from the stage to the tables."""
    return add_contactable(frame, accounts, name) if "account_id" in frame else frame


def before_of(found, tables, quarter=Q2) -> Before:
    return Before(quarter, json.loads(json.dumps(found.model)), tables["segments"], tables["segment_register"])


def sentences(found, tables) -> list:
    sizes, segments = tables["segment_sizes"], tables["segments"]
    told = findings.describe_answer(sizes, segments, found.model) + findings.describe_money(sizes)
    told += findings.describe_rules_in_words(tables["typing_rules"], found.model, sizes)
    told += findings.describe_confidence(segments, sizes) + findings.describe_moves(tables["move_warnings"])
    told += findings.describe_why_not(found.challenger_model)
    told += findings.describe_next(sizes, found.model)
    if "challenger" in tables:
        of_clusters = {name: tables[name] for name in ("cluster_search", "tendency", "near_equal")}
        told += recommend.recommend(*of_clusters.values(), tables["known_columns"], tables["segment_comparison"])
        told += recommend.describe_tendency(tables["tendency"])
        told += contest_findings.describe_contest(tables["segment_comparison"])
        told += contest_findings.describe_proposals(tables["segment_proposals"])
        told += findings.describe_would_move(tables["challenger"])
    return told


@pytest.mark.parametrize("method", ["grid", "kmeans"])
def test_a_quarter_has_all_tables_and_every_sentence_reads_in_both_languages(method):
    found, tables = segmented(panel(), method=method, moves=moves_of(("00001", "S1", ""), ("gone", "S1", "")))
    assert len(tables["segments"]) == 90
    assert tables["segment_sizes"]["n_accounts"].sum() == 90
    assert tables["segment_sizes"]["share_revenue"].sum() == pytest.approx(1)
    told = sentences(found, tables)
    assert json.dumps(told) and len(told) > 10
    for key, numbers in told:
        for language in LANGUAGES:
            assert "{" not in say(key, language, "EUR", **numbers)


def test_nobody_changes_segment_because_of_a_refit():
    first = segmented(panel(), Q2)
    later, tables = segmented(panel(), Q3, before_of(*first))
    segments = tables["segments"]
    assert later.model["why"] == "kept" and (segments["kept_segment_id"] == segments["segment_id"]).all()
    kmeans = segmented(panel(), Q2, method="kmeans")
    later, tables = segmented(panel(), Q3, before_of(*kmeans), method="kmeans")
    assert later.model["fit"] == kmeans[0].model["fit"]
    assert (tables["segments"]["kept_segment_id"] == tables["segments"]["segment_id"]).all()
    opened = tables["opening_segments"].set_index("account_id")["segment_id"]
    assert opened.equals(kmeans[1]["segments"].set_index("account_id")["segment_id"])


def test_odd_companies_are_segmented_and_say_why_there_are_no_clusters():
    rows = [("a", "2022-01-01", "2026-09-01", 10, 10), ("b", "2022-01-01", "2026-09-02", 20, 5)]
    for odd in (rows, [*rows, ("c", "2022-01-01", "2026-09-02", 1e9, 1e9)], rows[:1]):
        found, tables = segmented(features_of(odd))
        assert len(tables["segments"]) == len(odd) and "cluster_search" not in tables
        assert findings.describe_why_not(found.challenger_model)[0][0] == "segments.why_not_few"
        for key, numbers in sentences(found, tables):
            assert say(key, "de", "EUR", **numbers)


def test_movers_are_the_largest_first_with_their_names():
    challenger = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "segment_id": "S1",
            "cluster_id": "cluster 1",
            "counterpart_id": "S3",
            "would_move": [True, True, False],
            "revenue_12m": [1.0, 5.0, 9.0],
        }  # fmt: skip
    )
    accounts = pd.DataFrame({"account_id": ["b"], "name": ["Muster GmbH"]})
    sizes = pd.DataFrame({"segment_id": ["S1", "S3"], "name_de": ["Spitze", "Kern"], "name_en": ["Top", "Core"]})
    movers = findings.select_movers(challenger, accounts, sizes)
    assert movers["segment_name_de"].tolist() == ["Spitze"] * 2 and movers["counterpart_id_en"].tolist() == ["Core"] * 2
    assert movers["account_id"].tolist() == ["b", "a"] and movers["name"].tolist() == ["Muster GmbH", "a"]


def digest() -> str:
    """Hash of all tables and models of a quarter, for a process with its own number of threads."""
    found, tables = segmented(panel(300))
    text = "".join(frame.to_csv() for frame in tables.values()) + json.dumps([found.model, found.challenger_model])
    return hashlib.sha256(text.encode()).hexdigest()


def test_one_thread_or_two_make_no_difference():
    code = "from segments.test_quarterly import digest; print(digest())"
    folder = os.path.dirname(os.path.dirname(__file__))  # noqa: PTH120 - a path for another process
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    hashes = {
        subprocess.run(
            [sys.executable, "-c", code],
            env=os.environ | dict.fromkeys(names, threads) | {"PYTHONPATH": folder},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for threads in ("1", "2")
    }
    assert len(hashes) == 1
