from __future__ import annotations

import pandas as pd
import pytest

from segkit.value.regularity import count_classes, xyz_classes

NONE = float("nan")


@pytest.mark.parametrize(
    ("regularity", "tenure_days", "expected"),
    [
        (0.0, 800, "X"),
        (0.5, 800, "X"),
        (0.51, 800, "Y"),
        (1.0, 800, "Y"),
        (3.3, 800, "Z"),
        (NONE, 800, "Z"),
        (0.1, 182, None),
        (0.1, 183, "X"),
        (NONE, 3, None),
    ],
)
def test_classes(make_accounts, regularity, tenure_days, expected):
    found = xyz_classes(make_accounts(regularity=[regularity], tenure_days=[tenure_days]), 0.5, 1.0, 6)
    assert found.isna().all() if expected is None else found.tolist() == [expected]


def test_matrix_has_nine_fields_without_the_unknown():
    value = pd.DataFrame(
        {
            "account_id": ["a", "b", "c"],
            "abc_class": ["A", "C", "C"],
            "xyz_class": ["X", "Z", None],
            "revenue_12m": [90.0, 6.0, 4.0],
            "revenue_share": [0.9, 0.06, 0.04],
        }
    )
    cells = count_classes(value)
    assert len(cells) == 9
    assert cells["n_accounts"].sum() == 2
    assert cells.set_index(["abc_class", "xyz_class"]).loc[("A", "X"), "revenue"] == 90
