"""A form in which people estimate what an account could buy; it adds a row to decisions/potentials.csv."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import ipywidgets as widgets

from segkit.decisions import append_decision, read_decisions
from segkit.project import Project
from segkit.run import PROJECT, open_run
from segkit.texts import say
from segkit.value.potential.wallet import parse_amounts

SHOWN = 50  # accounts offered at once; who looks for another one types more of its name


class PotentialForm(widgets.VBox):
    """Find an account by name, give an amount, name and reason; the button keeps the estimate from this quarter on."""

    def __init__(self, project: str = "", quarter: str = "", scenario: str = ""):
        run = open_run(project, quarter, scenario)
        self._quarter, self._language, self._currency = run.quarter, run.settings.language, run.settings.currency
        self._path = Project(project or os.environ.get(PROJECT, "")).decisions / "potentials.csv"
        names = run.read("accounts").set_index("account_id")["name"]
        value = run.read("account_value").sort_values(["revenue_12m", "account_id"], ascending=[False, True])
        self._value = value.set_index("account_id")
        self._names = names.reindex(self._value.index).fillna("").astype(str)
        self.search = self._field("potential.form_search")
        self.account = widgets.Dropdown(description=self._say("potential.form_account"), **_WIDE)
        self.today = widgets.Label()
        self.potential = self._field("potential.form_potential")
        self.author = self._field("potential.form_author")
        self.reason = self._field("potential.form_reason")
        self.button = widgets.Button(description=self._say("potential.form_save"), button_style="primary")
        self.message = widgets.Label()
        self.search.observe(self._find, names="value")
        self.account.observe(self._show_current, names="value")
        self.button.on_click(self._keep)
        title = widgets.Label(self._say("potential.form_title"))
        fields = [self.search, self.account, self.today, self.potential, self.author, self.reason]
        super().__init__([title, *fields, self.button, self.message])
        self._find()

    def _say(self, key: str, **numbers: Any) -> str:
        return say(key, self._language, self._currency, **numbers)

    def _field(self, key: str) -> Any:
        return widgets.Text(description=self._say(key), **_WIDE)

    def _find(self, _: Any = None) -> None:
        """Offer the largest accounts whose name or number holds what was typed."""
        text = self.search.value.strip().casefold()
        ids = self._names.index.to_series().str.casefold()
        found = self._names[
            self._names.str.casefold().str.contains(text, regex=False) | ids.str.contains(text, regex=False)
        ]
        self.account.options = [(f"{name} ({key})", key) for key, name in found.head(SHOWN).items()]
        self.account.value = found.index[0] if len(found) else None
        self.message.value = "" if len(found) else self._say("potential.form_none")
        self._show_current()

    def _show_current(self, _: Any = None) -> None:
        key = self.account.value
        if key is None:
            self.today.value = ""
            return
        row = self._value.loc[key]
        rows = read_decisions(self._path, "potentials", self._quarter).set_index("account_id")["potential"]
        given = parse_amounts(rows)
        self.today.value = self._say(
            "potential.form_today",
            revenue=row["revenue_12m"],
            potential=row["potential"],
            estimate=given.get(key),
        )

    def _keep(self, _: Any = None) -> None:
        import pandas as pd

        typed = self.potential.value.strip()
        author, reason = self.author.value.strip(), self.reason.value.strip()
        is_amount = bool(parse_amounts(pd.Series([typed])).notna().iloc[0])
        if not (author and reason and is_amount and self.account.value):
            self.message.value = self._say("potential.form_needs")
            return
        signed = {"author": author, "date": dt.date.today().isoformat(), "reason": reason}
        row = {"account_id": str(self.account.value), "potential": typed, "quarter": self._quarter.label, **signed}
        append_decision(self._path, "potentials", row)
        self.potential.value = ""
        self._show_current()
        self.message.value = self._say("potential.form_saved", quarter=self._quarter.label)


_WIDE = {"style": {"description_width": "9em"}, "layout": {"width": "32em"}}
