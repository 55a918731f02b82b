"""Several segmentations of the same accounts: each with its own model, moves and rows; what the previous run left."""

from __future__ import annotations

import json

import pandas as pd

from segkit.quarters import Quarter
from segkit.segments.place import Place
from segkit.segments.quarterly import Before
from segkit.segments.several import Held, Tables, join_tables, join_wanted, read_before, segment_all
from segkit.segments.several_findings import describe_about, describe_segmentation, find_main, name_segmentations
from segkit.settings.segmentations import Segmentations
from segkit.texts import say

from .conftest import MOVES, PALETTE, crowd

QUARTER, AS_OF = Quarter.parse("2026Q3"), pd.Timestamp("2026-09-30")
QUICK = {"bootstrap_pairs": 2, "k_max": 3, "confidence_draws": 20, "compare": []}
SETTINGS = Segmentations.model_validate(
    {
        "value": QUICK,
        "service": QUICK | {"method": "kmeans", "criteria": ["employees", "tenure_days"], "name": "Kundendienst"},
    }
)


def move(segmentation: str, account: str, segment: str) -> tuple:
    return (segmentation, account, segment, "2026Q3", "A. Muster", "2026-09-30", "kennt ihn")


def run(moves: list[tuple], before=None):
    panel = crowd(90, 0, AS_OF)[0]
    employees = [10 if i % 2 else 900 + i for i in range(panel["account_id"].nunique())]
    accounts = pd.DataFrame({"account_id": panel["account_id"].unique(), "employees": employees})
    tables, held = Tables(panel, accounts, None, None, None), Held(before or {}, {})
    tables = Tables(join_wanted(SETTINGS, tables, held), accounts, None, None, None)
    decided = pd.DataFrame(moves, columns=MOVES, dtype="str")
    names = pd.DataFrame(columns=["segmentation_id", "segment_id", "name_de", "name_en"], dtype="str")
    return segment_all(SETTINGS, tables, held, Place("", AS_OF, QUARTER, 1, "de", PALETTE, decided, names))


def test_each_has_its_own_rows_model_and_moves():
    first = run([])["service"].tables["segments"].set_index("account_id")["segment_id"]
    account = first.index[first == "C1"][0]
    found = run([move("service", account, "C2"), move("value", account, "S3")])
    assert {name: one.model["segmentation_id"] for name, one in found.items()} == {
        "value": "value",
        "service": "service",
    }
    joined = join_tables(found)
    segments = joined["segments"].set_index(["segmentation_id", "account_id"])
    assert segments.loc[("service", account), "segment_id"] == "C2"
    assert segments.loc[("value", account), "segment_id"] == "S3"
    assert segments["is_manual"].sum() == 2 and len(segments) == 180
    assert set(joined["segment_sizes"]["segmentation_id"]) == {"value", "service"}


def test_nobody_is_called_sure_by_months_that_do_not_count():
    found = run([])
    sizes = {name: one.tables["segment_sizes"] for name, one in found.items()}
    told = {name: describe_segmentation(SETTINGS, name, rows, AS_OF.date()) for name, rows in sizes.items()}
    assert told["value"][1][0] == "several.sure" and told["service"][1][0] == "several.unsure"
    assert not found["service"].tables["membership_draws"].query("basis == 'months'").shape[0]
    for rows in told.values():
        for key, numbers in rows:
            assert say(key, "de", "EUR", **numbers) and say(key, "en", "EUR", **numbers)


def test_the_kept_model_of_each_comes_back():
    found = run([])
    left = {f"models/{name}": json.loads(json.dumps(one.model)) for name, one in found.items()}
    tables = join_tables(found)

    def read(name, is_optional=False, segmentation=""):
        if name.startswith("models/"):
            return left.get(name)
        return tables[name][tables[name]["segmentation_id"] == segmentation]

    before = read_before(read, QUARTER - 1, ["value", "service", "new"])
    assert before["new"] is None and isinstance(before["service"], Before)
    again = run([], before)
    assert {name: one.model["why"] for name, one in again.items()} == {"value": "kept", "service": "kept"}
    assert again["service"].model["fit"] == found["service"].model["fit"]


def test_names_and_which_one_a_page_tells_in_full():
    assert name_segmentations(SETTINGS) == {"value": ("Wert", "Value"), "service": ("Kundendienst", "Kundendienst")}
    ((key, numbers),) = describe_about(SETTINGS, find_main(SETTINGS))
    assert "„Kundendienst“" in say(key, "de", "EUR", **numbers)
    persons = Segmentations.model_validate({"primary": "needs", "needs": {"unit": "person"}})
    assert find_main(persons) == "value"
