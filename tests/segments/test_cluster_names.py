"""Clusters that are not about revenue are named by what sets them apart, in both languages."""

from __future__ import annotations

import pandas as pd

from segkit.segments.cluster_names import name_by_criteria

FEATURES = pd.DataFrame({"tickets": [0, 0, 1, 4, 0, 2], "machines": [1, 2, 4, 6, 5, 3]})
TITLES = {"tickets": ("Servicebedarf", "Service demand"), "machines": ("Anlagen", "Machines")}


def model(**typical):
    return {"segments": list(typical), "typical": typical, "criteria": {"tickets": 1.0, "machines": 1.0}}


def test_the_criterion_in_which_a_cluster_stands_alone_comes_first():
    clusters = model(
        C1={"tickets": 0, "machines": 5.5}, C2={"tickets": 0, "machines": 2}, C3={"tickets": 1, "machines": 4}
    )
    names = name_by_criteria(clusters, FEATURES, TITLES)
    assert names["C1"] == ("Anlagen hoch", "Machines high")
    assert names["C2"] == ("Anlagen niedrig", "Machines low")  # a second criterion would say no more
    assert names["C3"] == ("Servicebedarf hoch", "Service demand high")


def test_categories_and_criteria_without_values():
    clusters = model(C1={"tickets": 1, "contract": "Voll"}, C2={"tickets": 1, "contract": "Basis"}, C3={"tickets": 1})
    clusters["criteria"] = {"tickets": 1.0, "contract": 1.0, "unknown": 1.0}
    names = name_by_criteria(clusters, FEATURES, {"contract": ("Vertrag", "Contract")})
    assert names["C1"] == ("Vertrag: Voll", "Contract: Voll")
    assert names["C2"][1] == "Contract: Basis" and names["C3"][0]


def test_a_second_criterion_where_two_would_have_one_name():
    clusters = model(
        C1={"tickets": 0, "contract": "Basis"},
        C2={"tickets": 2, "contract": "Basis"},
        C3={"tickets": 2, "contract": "Voll"},
        C4={"tickets": 4, "contract": "Basis"},
    )
    clusters["criteria"] = {"tickets": 1.0, "contract": 1.0}
    names = name_by_criteria(clusters, FEATURES, {"tickets": TITLES["tickets"], "contract": ("Vertrag", "Contract")})
    assert names["C1"][0] == "Servicebedarf niedrig" and names["C4"][0] == "Servicebedarf hoch"
    assert names["C3"][0].startswith("Vertrag: Voll") and len(set(names.values())) == 4
