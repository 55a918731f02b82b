"""The form adds a signed row to decisions/criteria.csv, and only then."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.criteria.catalogue import criteria_catalogue
from segkit.decisions import read_decisions
from segkit.quarters import Quarter
from segkit.widgets import criteria_form


class OneRun:
    """What the form needs of a run."""

    quarter = Quarter.parse("2026Q3")

    class settings:
        language = "de"

    def read(self, name: str) -> pd.DataFrame:
        fields = ("criterion_id", "name_de", "ease", "relevance", "usage")
        rows = [[getattr(c, f) for f in fields] for c in criteria_catalogue().values()]
        return pd.DataFrame(rows, columns=list(fields)).assign(number=range(1, len(rows) + 1))


@pytest.fixture
def form(tmp_path, monkeypatch):
    (tmp_path / "project.yml").write_text("name: x\nsources: {invoices: {files: a.csv}}\n", encoding="utf-8")
    monkeypatch.setattr(criteria_form, "open_run", lambda *_: OneRun())
    return criteria_form.CriteriaForm(str(tmp_path))


def held(form) -> pd.DataFrame:
    return read_decisions(form._path, "criteria").set_index("criterion_id")


def sign(form, reason="fits our market"):
    form.author.value, form.reason.value = "Erika Muster", reason
    form.button.click()


def test_it_offers_every_criterion_with_its_present_ratings(form):
    assert len(form.criterion.options) == len(criteria_catalogue()) and form.criterion.options[0][0] == "1 Branche"
    assert form.ratings["ease"].options[0] == ("unverändert (4)", "")


def test_a_signed_rating_is_kept_from_this_quarter_on(form):
    form.criterion.value = "region"
    form.ratings["relevance"].value = "4"
    sign(form)
    row = held(form).loc["region"]
    assert (row["relevance"], row["ease"], row["choice"], row["quarter"]) == ("4", "", "", "2026Q3")
    assert row["author"] == "Erika Muster" and row["reason"] == "fits our market" and len(row["date"]) == 10
    assert "2026Q3" in form.message.value


@pytest.mark.parametrize("lacking", ["author", "reason", "change"])
def test_without_name_reason_or_change_nothing_is_written(form, lacking):
    form.author.value = "" if lacking == "author" else "Erika Muster"
    form.reason.value = " " if lacking == "reason" else "because"
    if lacking != "change":
        form.choice.value = "out"
    form.button.click()
    assert not form._path.exists() and form.message.value.startswith("Bitte Name und Begründung")


def test_a_later_row_keeps_what_was_decided_before(form):
    form.criterion.value = "region"
    form.ratings["relevance"].value = "4"
    sign(form)
    form.choice.value = "in"
    sign(form, "asked for by the field")
    row = held(form).loc["region"]
    assert (row["relevance"], row["choice"], row["reason"]) == ("4", "in", "asked for by the field")
    form.criterion.value = "industry"
    form.criterion.value = "region"
    assert form.choice.value == "in" and form.ratings["relevance"].options[0][0] == "unverändert (4)"


def test_a_choice_can_be_taken_back(form):
    form.choice.value = "out"
    sign(form)
    form.choice.value = ""
    sign(form, "not any more")
    assert held(form).iloc[0]["choice"] == ""
