"""The form adds a signed estimate to decisions/potentials.csv, and only then."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.decisions import read_decisions
from segkit.quarters import Quarter
from segkit.value.potential.wallet import read_estimates
from segkit.widgets import potential_form


class OneRun:
    """What the form needs of a run."""

    quarter = Quarter.parse("2026Q3")

    class settings:
        language, currency = "de", "EUR"

    def read(self, name: str) -> pd.DataFrame:
        if name == "accounts":
            return pd.DataFrame({"account_id": ["1", "2", "3"], "name": ["Brunnen GmbH", "Zoll (Süd) AG", None]})
        return pd.DataFrame(
            {"account_id": ["1", "2", "3"], "revenue_12m": [500.0, 9000.0, 1.0], "potential": [800.0, None, 2.0]}
        )


@pytest.fixture
def form(tmp_path, monkeypatch):
    (tmp_path / "project.yml").write_text("name: x\nsources: {invoices: {files: a.csv}}\n", encoding="utf-8")
    monkeypatch.setattr(potential_form, "open_run", lambda *_: OneRun())
    return potential_form.PotentialForm(str(tmp_path))


def sign(form, amount="120.000", author="Erika Muster", reason="two new halls"):
    form.potential.value, form.author.value, form.reason.value = amount, author, reason
    form.button.click()


def test_accounts_are_found_by_name_or_number_the_largest_first(form):
    assert [key for _, key in form.account.options] == ["2", "1", "3"]
    form.search.value = "zoll (s"
    assert form.account.value == "2" and "9.000" in form.today.value
    form.search.value = "nobody"
    assert form.account.options == () and form.message.value == "Kein Kunde heißt so."
    sign(form)
    assert not form._path.exists()


def test_a_signed_estimate_is_kept_and_can_be_read(form):
    form.search.value = "brunnen"
    sign(form)
    row = read_decisions(form._path, "potentials").iloc[0]
    assert (row["account_id"], row["potential"], row["quarter"]) == ("1", "120.000", "2026Q3")
    assert read_estimates(read_decisions(form._path, "potentials"), pd.Index(["1"]))[0].to_dict() == {"1": 120_000.0}
    assert "120.000" in form.today.value and "2026Q3" in form.message.value and form.potential.value == ""


@pytest.mark.parametrize("lacking", [{"amount": "viel"}, {"amount": "-5"}, {"author": " "}, {"reason": ""}])
def test_without_amount_name_or_reason_nothing_is_written(form, lacking):
    sign(form, **lacking)
    assert not form._path.exists() and form.message.value.startswith("Bitte Name, Begründung")
