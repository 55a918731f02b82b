"""Published lists with known truth; skipped where the data are missing."""

import re

import pandas as pd
import pytest

from segkit.cleansing.matching import cluster, find_pairs
from segkit.settings.cleansing import Duplicates


def restaurants(folder, has_phone):
    lists = []
    for system in ("fodors", "zagats"):
        rows = pd.read_csv(folder / f"{system}.csv", dtype=str)
        lists.append(
            pd.DataFrame(
                {
                    "record_id": system[0] + rows["id"],
                    "system": system,
                    "name": rows["name"],
                    "street": rows["addr"],
                    "city": rows["city"],
                    "country": "US",
                    "phone": rows["phone"] if has_phone else None,
                }
            )
        )
    return pd.concat(lists, ignore_index=True)


@pytest.mark.parametrize(("has_phone", "least"), [(True, 0.97), (False, 0.92)])
def test_restaurants_of_two_guides(real_data, has_phone, least):
    guides = real_data / "er_fodors_zagats"
    truth = pd.read_csv(guides / "match_fodors_zagats_more_attrs.csv", dtype=str)
    true = set(zip("f" + truth.fodors_id, "z" + truth.zagats_id, strict=True))
    pairs = find_pairs(restaurants(guides, has_phone), Duplicates(), 0, across="system").pairs
    merged = pairs[pairs.probability >= Duplicates().merge]
    found = set(zip(merged.record_id_a, merged.record_id_b, strict=True))
    assert 2 * len(found & true) / (len(found) + len(true)) >= least


def test_recipients_of_grants_merge_where_only_the_writing_differs(real_data):
    files = sorted((real_data / "de_hh_zuwendungen").glob("*.xlsx"))
    names = pd.concat([pd.read_excel(file, header=None, skiprows=2, engine="calamine")[1] for file in files])
    names = sorted(set(names.dropna().astype(str)))
    records = pd.DataFrame({"record_id": [f"{n:05d}" for n in range(len(names))], "name": names})
    groups = cluster(find_pairs(records, Duplicates(), 0).pairs, Duplicates().merge, [], [], records.record_id)
    trivial = [re.sub(r"(ev|ggmbh|gmbh)$", "", re.sub(r"\W", "", plain(name))) for name in names]
    found = pd.DataFrame({"name": names, "trivial": trivial, "group": groups.to_numpy()})
    colliding = found[found.groupby("trivial").name.transform("size") > 1]
    apart = colliding[colliding.groupby("trivial").group.transform("nunique") > 1]
    assert len(colliding) == 418
    # a limited company and an association of one name are two
    assert apart.name.str.extract(r"^(\w+)", expand=False).str.casefold().unique().tolist() == ["sternipark", "theater"]


def plain(name):
    """Small letters without the legal form that the register writes in a bracket."""
    return re.sub(r"\s*\([^()]*\)\s*$", "", name).casefold()
