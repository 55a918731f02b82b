"""Several segmentations in project.yml: kinds told apart, mistakes named where they stand."""

from __future__ import annotations

import pytest

from segkit.errors import UserError
from segkit.settings import read_settings

MINIMAL = "name: A\nsources: {invoices: {files: a.csv}}\nsegmentations:\n"
FOUR = """\
  primary: service
  service: {method: kmeans, criteria: [employees], name: Kundendienst, review: 2027-03-31}
  needs: {unit: person}
  both: {method: nested, of: [value, needs]}
"""


def read(tmp_path, text: str):
    (tmp_path / "project.yml").write_text(MINIMAL + text, encoding="utf-8")
    return read_settings(tmp_path / "project.yml").segmentations


def test_each_kind_is_read_and_the_primary_comes_first(tmp_path):
    found = read(tmp_path, FOUR)
    kinds = {name: type(entry).__name__ for name, entry in found.by_id.items()}
    assert list(kinds) == ["service", "value", "needs", "both"]
    assert kinds["needs"] == "PersonSegmentation" and kinds["both"] == "CombinedSegmentation"
    assert found.value.method == "grid" and str(found.by_id["service"].review) == "2027-03-31"
    assert list(read(tmp_path, "  value: {method: grid}\n").by_id) == ["value"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("  service: {metod: kmeans}\n", r"unknown key segmentations\.service\.metod\. Did you mean method\?"),
        (
            "  service: {method: kmens}\n",
            r"segmentations\.service\.method: Input should .* \(it is 'kmens'\)",
        ),
        ("  needs: {unit: person, questons: [a]}\n", r"segmentations\.needs\.questons\. Did you mean questions\?"),
        ("  prmary: x\n", r"unknown key prmary; perhaps primary is meant"),
        ("  primary: service\n", r"primary \(service\) is none of value"),
        ("  Service: {method: kmeans}\n", r"Service: an id of a segmentation is small letters"),
        ("  both: {method: nested, of: [value, x]}\n", r"both\.of: x is none of value, both"),
        ("  both: {method: crossed, of: [value, value]}\n", r"both\.of: two different segmentations"),
        ("  needs: {unit: person, k_min: 5, k_max: 3}\n", r"k_min \(5\) must not be above k_max \(3\)"),
    ],
)
def test_mistakes_are_named_where_they_stand(tmp_path, text, said):
    with pytest.raises(UserError, match=said) as told:
        read(tmp_path, text)
    assert len(str(told.value).splitlines()) == 1


def test_kpis_are_about_the_primary_one_unless_said_otherwise(tmp_path):
    def kpis(text: str) -> str:
        (tmp_path / "project.yml").write_text(MINIMAL + FOUR + text, encoding="utf-8")
        return read_settings(tmp_path / "project.yml").kpis.segmentation

    assert kpis("") == "service" and kpis("kpis: {segmentation: value}\n") == "value"
    with pytest.raises(UserError, match=r"kpis.segmentation \(x\) is none of service, value, needs, both"):
        kpis("kpis: {segmentation: x}\n")
