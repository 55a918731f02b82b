"""Whom an account is compared with, and what is counted among them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.value.potential.peers import assign_peers, group_limits, peer_keys, peer_limits, rank_of_limit


def facts(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["industry_division", "size_class", "is_buyer"])


def test_the_next_level_is_taken_where_the_closest_is_too_small():
    frame = facts([("28", "small", True)] * 3 + [("43", "small", True), ("43", None, True), (None, None, True)])
    peers = assign_peers(frame, peer_keys(frame), fewest=3)
    assert peers["peer_group"].tolist() == ["28|small"] * 3 + ["|small", "|", "|"]
    assert peers["n_peers"].tolist() == [3, 3, 3, 4, 6, 6]
    assert peers["peer_industry"].tolist() == ["28"] * 3 + [None] * 3
    assert peers["peer_size"].tolist() == ["small"] * 4 + [None] * 2


def test_who_does_not_buy_is_compared_but_does_not_count():
    frame = facts([("28", "small", True)] * 2 + [("28", "small", False)])
    peers = assign_peers(frame, peer_keys(frame), fewest=2)
    assert peers["peer_group"].eq("28|small").all() and peers["n_peers"].eq(2).all()


def test_a_wider_group_counts_all_its_customers_not_only_those_compared_with_it():
    frame = facts([("28", "small", True)] * 9 + [("43", "small", True)])
    limits = peer_limits(np.arange(1.0, 11.0), peer_keys(frame), 0.8)
    assert limits.loc["|small", "n"] == 10 and limits.loc["28|small", "limit"] == 8.0
    assert limits.loc["|small", "limit"] == limits.loc["|", "limit"] == 9.0


@pytest.mark.parametrize(("n", "rank"), [(9, 9), (19, 18), (30, 28), (99, 90), (100, 91), (1, 1)])
def test_rank_of_the_limit_is_the_conformal_one(n, rank):
    assert rank_of_limit(n, 0.9) == rank


def test_interval_of_a_counted_limit_are_order_statistics():
    found = group_limits(np.arange(1.0, 101.0), np.repeat("a", 100), 0.9).loc["a"]
    assert (found["n"], found["low"], found["limit"], found["high"]) == (100, 84, 91, 96)
