"""Head of a live page that is a notebook: whose numbers these are, and what to know before reading them."""

from __future__ import annotations

import os

from segkit import display, texts
from segkit.kernel import show_html
from segkit.project import Project
from segkit.publishing import page_state
from segkit.quarters import Quarter

CELL = "from segkit.widgets.head import show_head\n\nshow_head(project, run.quarter, scenario)"


def show_head(project: str, quarter: Quarter, scenario: str = "") -> None:
    """Show company, quarter, as-of date and badges of a run, in both languages."""
    opened = Project(project or os.environ["SEGKIT_PROJECT"], scenario)
    state = page_state(opened, quarter)
    name = display.quarter_name(quarter)
    lines = []
    for language in texts.LANGUAGES:
        facts = texts.say("page.facts", language, quarter=name, as_of=state["as_of"])
        company = texts.escape(state["project"])
        lines.append(f'<p class="head"><strong>{company}</strong> · {texts.escape(facts)}</p>')
    show_html(display.both_languages(*lines) + display.badges_html(state), f"{state['project']} {name}")
