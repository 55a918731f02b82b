import pandas as pd
import pytest

from segkit.cleansing.forms.industries import Scheme, _crosswalk, find_scheme, read_codes


def one(text: str, scheme: str = "WZ 2008", n_digits: int = 4, is_mixed: bool = False) -> pd.Series:
    return read_codes(pd.Series([text]), Scheme(scheme, is_mixed, n_digits)).iloc[0]


@pytest.mark.parametrize(
    ("text", "code", "level"),
    [
        ("28.22", "28.22", "class"),
        ("2822", "28.22", "class"),
        ("28.22.0", "28.22.0", "subclass"),
        ("28220", "28.22.0", "subclass"),
        (" 28,22 ", "28.22", "class"),
        ("C28.22", "28.22", "class"),
        ("C 28.22", "28.22", "class"),
        ("WZ 28.22.0", "28.22.0", "subclass"),
        ("WZ08-62010", "62.01.0", "subclass"),
        ("WZ 2008 62.01", "62.01", "class"),
        ("NACE Rev. 2 62.01", "62.01", "class"),
        ("28.22; 46.69", "28.22", "class"),
        ("28.2", "28.2", "group"),
        ("28", "28", "division"),
        ("C", "C", "section"),
        ("1.11", "01.11", "class"),
    ],
)
def test_every_way_to_write_a_code_becomes_one(text, code, level):
    found = one(text)
    assert (found["code"], found["level"], found["is_valid"]) == (code, level, True)
    assert pd.isna(found["division"]) if level == "section" else found["division"] == code[:2]


@pytest.mark.parametrize("text", ["99.99", "28.22.00", "Maschinenbau", "=1+1", "W", "4500000", "0"])
def test_what_no_edition_has_is_no_code(text):
    found = one(text)
    assert not found["is_valid"]
    assert found[["code", "scheme", "level", "division"]].isna().all()


def test_a_lost_leading_zero_comes_back_where_the_other_codes_have_one_digit_more():
    codes = pd.Series(["2822", "4669", "111", "6201", None])
    found = read_codes(codes, find_scheme(codes))
    assert found["code"].tolist()[:4] == ["28.22", "46.69", "01.11", "62.01"]
    assert found["is_valid"].tolist() == [True, True, True, True, False]


def test_the_header_names_the_scheme_unless_the_codes_deny_it():
    codes = pd.Series(["28.22", "46.69", "25.11"])
    assert find_scheme(codes, "WZ-Code 2025").name == "WZ 2025"
    assert find_scheme(codes, "WZ 2008").name == "WZ 2008"
    assert find_scheme(codes, "NACE Rev. 2").name == "NACE 2.0"
    assert find_scheme(codes, "NACE Rev. 2.1").name == "NACE 2.1"
    assert find_scheme(pd.Series(["7372", "3561", "2834"]), "SIC").name == "SIC"
    assert find_scheme(pd.Series(["541511", "333914"]), "NAICS Code").name == "NAICS"
    assert find_scheme(pd.Series(["25.62", "28.22", "2512"]), "SIC Code").name == "NACE 2.0", "SIC knows no point"
    assert find_scheme(pd.Series(["28220", "46690", "62010"]), "SIC Code").name == "WZ 2008"  # UK SIC 2007 follows NACE


def test_without_a_header_the_edition_with_most_valid_codes_counts_and_the_older_of_two():
    assert find_scheme(pd.Series(["28.22", "46.69"])).name == "NACE 2.0"
    assert find_scheme(pd.Series(["28.22.0", "46.69.1"])).name == "WZ 2008"
    assert find_scheme(pd.Series(["62.10", "46.71", "28.22", "95.31"])).name == "NACE 2.1"
    assert find_scheme(pd.Series(["541511", "333914", "423830"])).name == "NAICS"
    assert find_scheme(pd.Series(["7372", "3561", "5084"])).name == "SIC"
    assert find_scheme(pd.Series(["rot", "blau", "28.22"])) is None
    assert find_scheme(pd.Series([None, ""], dtype="object")) is None


def test_division_in_nace_2_0_by_the_crosswalk_and_nothing_where_it_is_unclear():
    assert one("46.71", "WZ 2025")["division"] == "45"
    assert one("62.10", "WZ 2025")["division"] == "62"
    assert one("68.12", "NACE 2.1")["division"] == "41"
    unclear = one("43.60", "WZ 2025")
    assert pd.isna(unclear["division"])
    assert unclear["candidates"] == "82 74"
    assert one("2834", "SIC")["division"] == "21"
    assert one("3561", "SIC")["division"] == "28"
    assert one("333914", "NAICS")["division"] == "28"
    assert one("31-33", "NAICS")[["is_valid", "division"]].isna().tolist() == [False, True]


def test_a_column_of_both_editions_says_nothing_where_they_contradict_each_other():
    codes = pd.Series(["62.01", "45.20", "28.22", "62.10", "46.71", "46.69"])
    scheme = find_scheme(codes, "WZ")
    assert scheme.is_mixed
    found = read_codes(codes, scheme).set_index(codes)
    assert found.loc["62.10", "scheme"] == "WZ 2025"
    assert found.loc["45.20", "scheme"] == "WZ 2008"
    assert found.loc["28.22", "division"] == "28"
    assert pd.isna(found.loc["46.71", "division"])  # fuels in 2008, motor vehicles in 2025
    assert found.loc["46.71", "candidates"] == "45 46"


def test_every_division_of_the_crosswalk_is_one_of_nace_2_0_and_every_code_of_2_1_has_a_place():
    from stdnum.eu import nace

    for name, table in _crosswalk().items():
        for start, divisions in table.items():
            assert all(nace.is_valid(d, revision="2.0") for d in divisions), (name, start)
    for number in range(100, 10_000):
        code = f"{number:04d}"
        if nace.is_valid(code, revision="2.1"):
            found = one(code, "NACE 2.1")
            assert found["division"] == found["division"] or found["candidates"], code
            if found["division"] == found["division"]:
                assert nace.is_valid(found["division"], revision="2.0"), code


def test_no_scheme_and_empty_cells_give_nothing():
    assert read_codes(pd.Series(["28.22", None]), None)["is_valid"].tolist() == [False, False]
    empty = read_codes(pd.Series([], dtype="object"), Scheme("SIC"))
    assert list(empty.columns) == ["code", "scheme", "level", "division", "candidates", "is_valid"]
