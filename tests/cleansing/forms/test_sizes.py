import pandas as pd
import pytest

from segkit.cleansing.forms.sizes import size_classes


@pytest.mark.parametrize(
    ("employees", "turnover", "size", "basis"),
    [
        (8, 1.5e6, "micro", "both"),
        (8, 2e6, "micro", "both"),
        (8, 2_000_001, "small", "both"),
        (8, 12e6, "medium", "both"),
        (9, None, "micro", "employees"),
        (10, None, "small", "employees"),
        (49, 10e6, "small", "both"),
        (50, None, "medium", "employees"),
        (249, 50e6, "medium", "both"),
        (249, 50_000_001, "large", "both"),
        (250, 1e6, "large", "both"),
        (None, 3e6, "small", "turnover"),
        (None, None, None, None),
    ],
)
def test_classes_of_the_recommendation(employees, turnover, size, basis):
    found = size_classes(pd.Series([employees], dtype="Int64"), pd.Series([turnover], dtype="float64")).iloc[0]
    assert (found.where(found.notna(), None).tolist()) == [size, basis] or (size is None and found.isna().all())


def test_the_index_is_the_companies():
    found = size_classes(pd.Series([3, 300], index=["a", "b"]), pd.Series([None, None], index=["a", "b"]))
    assert found["size_class"].to_dict() == {"a": "micro", "b": "large"}
