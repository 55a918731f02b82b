"""The challenger: robust scales, planted groups, and a sentence where it cannot be fitted."""

from segkit.segments.assessment import assess_challenger
from segkit.segments.quarterly import Known
from segkit.settings.account_segmentation import AccountSegmentation
from segkit.statistics.clusterings import adjusted_rand

from .conftest import crowd, features_of

QUICK = {"bootstrap_pairs": 4, "k_max": 5, "key_share": 1.0}


def fit(features, **changes):
    settings = AccountSegmentation(**QUICK | changes)
    return assess_challenger(features, settings, 1, Known())


def test_planted_groups_are_found_and_chosen():
    features, group = crowd(240, seed=1)
    found, tables = fit(features)
    assert found.why_not is None and found.n_segments == 3
    labels = found.labels.set_index("account_id")["cluster_id"].reindex(features["account_id"])
    assert adjusted_rand(labels, group) > 0.95
    chosen = tables["cluster_search"].set_index("n_segments").loc[3]
    assert chosen["is_chosen"] and chosen["reason"].startswith("how_many.choice_")
    assert chosen["verdict"] in ("natural", "reproducible")  # four, five or six whole days: a group that may be two
    assert found.cluster_ids == ["cluster 1", "cluster 2", "cluster 3"]
    assert set(tables["segment_stability"]["n_segments"]) == {2, 3, 4, 5}


def test_order_of_rows_makes_no_difference():
    features, _ = crowd(120, seed=2)
    first, second = fit(features, k_max=3), fit(features.sample(frac=1, random_state=4), k_max=3)
    assert first[1]["cluster_search"].equals(second[1]["cluster_search"]) and first[0].labels.equals(second[0].labels)


def test_large_companies_are_fitted_on_a_sample_and_assigned_in_full():
    features, group = crowd(400, seed=3)
    found, tables = fit(features, fit_accounts=150, k_max=3)
    assert len(found.labels) == 400 and tables["segment_stability"].loc[0, "n_accounts"] == 150
    labels = found.labels.set_index("account_id")["cluster_id"].reindex(features["account_id"])
    assert adjusted_rand(labels, group) > 0.95


def test_why_nothing_was_fitted():
    three = features_of([(str(i), "2022-01-01", "2026-09-01", 10 * i, 5) for i in range(1, 4)])
    assert fit(three)[0].why_not == "segments.why_not_few"
    alike = features_of([(str(i), "2022-01-01", "2026-09-01", 10, 10) for i in range(60)])
    assert fit(alike)[0].why_not == "segments.why_not_alike"
    assert fit(crowd(60, 1)[0], challenger=False)[0].why_not == "segments.why_not_asked"
    assert fit(features_of([]))[0].why_not == "segments.why_not_few"


def test_one_account_with_all_revenue():
    rows = [("all", "2022-01-01", "2026-09-01", 1e9, 1e9)]
    rows += [(f"{i:02d}", "2022-01-01", f"2026-0{1 + i % 9}-01", 0, 0) for i in range(50)]
    found, _ = fit(features_of(rows), key_share=0.05)
    assert "all" not in set(found.labels["account_id"]) and len(found.labels) == 50


def test_few_accounts_allow_few_clusters():
    assert fit(crowd(30, 1)[0])[1]["cluster_search"]["n_segments"].tolist() == [2, 3]
