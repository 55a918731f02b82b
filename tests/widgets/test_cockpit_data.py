"""Frames of the cockpit from tables that can be checked by hand."""

import pandas as pd

from segkit.widgets.cockpit_data import cockpit_data, findings, in_segment


def tables(segments, revenue, is_complete=True, names=("Älpha GmbH", "Beta AG", "Gamma KG", "Delta")):
    ids = ["1", "2", "3", "4"]
    return {
        "run_period": pd.DataFrame({"is_complete": [is_complete]}),
        "segments": pd.DataFrame(
            {"segmentation_id": ["value"] * 4 + ["other"], "account_id": [*ids, "1"], "segment_id": [*segments, "X"]}
        ),
        "segment_register": pd.DataFrame(
            {
                "segmentation_id": "value",
                "segment_id": ["DORMANT", "KEY", "S1", "S2"],
                "name_de": ["Ruhend", "Schlüssel", "Champions", "Wachstum"],
                "name_en": ["Dormant", "Key", "Champions", "Growth"],
                "colour": ["#111111", "#222222", "#333333", "#444444"],
            }
        ),
        "account_value": pd.DataFrame(
            {
                "account_id": ids,
                "revenue_12m": revenue,
                "revenue_prev_12m": [100.0, None, 100.0, 100.0],
                "growth": [1.0, None, 0.0, -1.0],
                "margin_12m": [None] * 4,
                "frequency": [3, 2, 1, 1],
                "days_since_last": [5, 200, 30, 900],
                "abc_class": ["A", "B", "C", "C"],
            }
        ),
        "accounts": pd.DataFrame({"account_id": ids[:3], "name": names[:3], "city": ["Köln", None, "Ulm"]}),
    }


NOW = tables(["S1", "S1", "S2", "DORMANT"], [600.0, 300.0, 100.0, 0.0])
BEFORE = tables(["S1", "S2", "S2", "S2"], [500.0, 200.0, 100.0, 0.0])


def test_tiles_sum_accounts_and_revenue_by_segment():
    tiles = cockpit_data(NOW, None, "de")["tiles"].set_index("segment_id")
    assert list(tiles.index) == ["S1", "S2", "DORMANT"]  # key accounts first, dormant last, empty segments not at all
    assert list(tiles["n_accounts"]) == [2, 1, 1]
    assert list(tiles["share_accounts"]) == [0.5, 0.25, 0.25]
    assert list(tiles["revenue"]) == [900.0, 100.0, 0.0]
    assert list(tiles["share_revenue"]) == [0.9, 0.1, 0.0]
    assert tiles.loc["S2", "name"] == "Wachstum" and tiles.loc["S2", "colour"] == "#444444"
    assert tiles["change_accounts"].isna().all()


def test_changes_are_against_the_run_before():
    tiles = cockpit_data(NOW, BEFORE, "en")["tiles"].set_index("segment_id")
    assert tiles["change_accounts"].to_dict() == {"S1": 1, "S2": -2, "DORMANT": 1}
    assert tiles["change_revenue"].to_dict() == {"S1": 400.0, "S2": -200.0, "DORMANT": 0.0}


def test_an_incomplete_quarter_is_not_compared():
    incomplete = NOW | {"run_period": pd.DataFrame({"is_complete": [False]})}
    assert cockpit_data(incomplete, BEFORE, "de")["tiles"]["change_accounts"].isna().all()


def test_accounts_come_with_names_largest_first():
    accounts = cockpit_data(NOW, None, "en")["accounts"]
    assert list(accounts["name"]) == ["Älpha GmbH", "Beta AG", "Gamma KG", "4"]  # no master data: the id
    assert list(accounts["segment_name"]) == ["Champions", "Champions", "Growth", "Dormant"]


def test_a_company_without_master_data_shows_ids():
    without = {name: frame for name, frame in NOW.items() if name != "accounts"}
    assert list(cockpit_data(without, None, "de")["accounts"]["name"]) == ["1", "2", "3", "4"]


def test_one_segment_or_all():
    accounts = cockpit_data(NOW, None, "de")["accounts"]
    assert list(in_segment(accounts, "S1")["account_id"]) == ["1", "2"]
    assert len(in_segment(accounts, "")) == 4


def test_findings_name_segment_silence_and_movement():
    found = dict(findings(cockpit_data(NOW, BEFORE, "de")))
    assert found["cockpit.top_segment"] == {"name": "Champions", "n": 2, "share_accounts": 0.5, "share": 0.9}
    assert found["cockpit.silent"] == {"n": 1, "days": 180, "revenue": 300.0}
    assert found["cockpit.lost"] == {"name": "Wachstum", "n": 2, "sign": "−", "revenue": 200.0}
    assert "cockpit.gained" not in found


def test_no_accounts_is_said():
    empty = {name: frame.head(0) if name in ("segments", "account_value") else frame for name, frame in NOW.items()}
    data = cockpit_data(empty, None, "de")
    assert findings(data) == [("cockpit.no_accounts", {})]
    assert data["tiles"].empty
