"""Rules on the command line: counted before the first run, refused where a column is missing."""

from __future__ import annotations

import json

from . import tiny


def by_rules(*rules: dict) -> dict:
    return {"value": {}, "own": {"method": "rules", "rules": list(rules)}}


BIG = {"id": "BIG", "name": "Große", "when": {"revenue_12m": {"from": 20_000}}}


def test_check_counts_rules_before_the_first_run(tmp_path):
    folder = tiny.write_project(
        tmp_path / "tiny", segmentations=by_rules(BIG, {"id": "ALL", "name": "Alle", "when": {}})
    )
    (told,) = json.loads(tiny.segkit_here("check", folder, "--json").text)["rules"]
    counts = {row["segment_id"]: row["n_gets"] for row in told["counts"]}
    assert sum(counts.values()) == 12 and counts["BIG"] > 0 and counts["OTHER"] == 0
    assert "as exported" in told["source"] and told["warnings"] == []
    assert "BIG: " in tiny.segkit_here("check", folder).text


def test_a_rule_on_a_missing_column_stops_check_and_run(tmp_path):
    wrong = {"id": "X", "name": "x", "when": {"revenu_12m": {"from": 1}}}
    folder = tiny.write_project(tmp_path / "tiny", segmentations=by_rules(BIG, wrong))
    for command in ("check", "run"):
        ended = tiny.segkit_here(command, folder)
        assert ended.code == 2
        assert "rule X names the column revenu_12m, which is none. Perhaps revenue_12m is meant." in ended.text
    assert not (folder / "runs").exists()
