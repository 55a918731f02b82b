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


def test_a_scenario_whose_settings_no_longer_fit_is_refused_by_its_own_file(tmp_path):
    folder = tiny.write_project(tmp_path / "tiny", segmentations=by_rules(BIG))
    patches = {
        "old": "segmentations: {value: {methode: kmeans}}",
        "gone": "segmentations: {both: {method: nested, of: [value, service]}}",
        "column": "segmentations: {value: {criteria: [frequency_12m, tickts_12m]}}",
    }
    said = {
        "old": "scenarios/old/project.yml: unknown key segmentations.value.methode. Did you mean method?",
        "gone": "service is none of value, own",
        "column": "scenarios/column/project.yml: segmentations.value.criteria: there is no column or criterion "
        "tickts_12m. Perhaps tickets_12m is meant.",
    }
    for name, patch in patches.items():
        (folder / "scenarios" / name).mkdir(parents=True)
        (folder / "scenarios" / name / "project.yml").write_text(patch, encoding="utf-8")
        ended = tiny.segkit_here("run", folder, "--scenario", name)
        assert ended.code == 2 and said[name] in ended.text
        assert [path.name for path in (folder / "scenarios" / name).iterdir()] == ["project.yml"]
