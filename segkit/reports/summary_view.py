"""The summary's facts as HTML in one language: two sheets of paper, everything from data escaped."""

from __future__ import annotations

import re
from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from segkit import display, texts
from segkit.reports.summary_accounts import accounts_at_risk, growing_accounts
from segkit.reports.summary_facts import Evidence, Fact, segment_rows, short_name
from segkit.reports.summary_goals import goal_rows

if TYPE_CHECKING:
    import pandas as pd

ROWS = 5
ROWS_BESIDE_GOALS = 4  # two sheets of paper hold no more
MOST_SEGMENTS = 10
MOST_GOALS = 4
LONGEST_GOAL = 44
Chart = tuple[str, dict[str, Any]]
SLOTS = ("revenue", "active", "retention", "churn", "margin")


def body_html(
    facts: list[Fact], evidence: Evidence, state: Mapping[str, Any], language: str, chart: Chart | None
) -> str:
    """Both sheets in one language.

    Parameters
    ----------
    facts : list of Fact
        What `segkit.reports.summary.describe_quarter` returns.
    evidence : Evidence
        For the tables of segments and accounts.
    state : mapping
        ``stages`` says which pages stand beside the summary, ``quarter`` which quarter it is of.
    language : str
        ``de`` or ``en``.
    chart : (str, dict), optional
        Section in which the chart stands, and its specification in this language.
    """
    page = _Page(facts, evidence, state, language)
    return page.first(chart) + page.second()


class _Page:
    """One language of the summary: what all its pieces need."""

    def __init__(self, facts: list[Fact], evidence: Evidence, state: Mapping[str, Any], language: str):
        self.facts, self.evidence, self.language = facts, evidence, language
        self.currency = evidence.settings.currency
        self.pages = {"index", *(stage["notebook"] for stage in state.get("stages", []))}
        self.quarter = display.quarter_name(state["quarter"])

    def first(self, chart: Chart | None) -> str:
        """Headline, key figures, segments, moves."""
        kicker = self.text("summary.kicker", quarter=self.quarter)
        more = {"segments": self.segments(), "moves": f"<p>{self.joined('others')}</p>"}
        if chart:
            more[chart[0]] += f'<figure class="chart">{display.svg(chart[1])}</figure>'
        return (
            f'<section class="sheet opening"><p class="kicker">{kicker}</p>'
            f'<h1>{self.joined("headline")}</h1><p class="lead">{self.joined("lead")}</p>{self.tiles()}'
            f"{''.join(self.section(name, html) for name, html in more.items())}</section>"
        )

    def second(self) -> str:
        """Risks, chances, decisions, what all rests on."""
        risk, growth = accounts_at_risk(self.evidence), growing_accounts(self.evidence)
        return (
            '<section class="sheet">'
            f"{self.section('risks', self.accounts(risk, 'risk'))}"
            f"{self.section('chances', self.accounts(growth, 'growth'))}"
            f"{self.goals()}"
            f'<section class="part decisions"><h2>{self.text("summary.section_decisions")}</h2>'
            f"{self.decisions()}</section>"
            f'<div class="columns">{self.section("criteria")}{self.section("data")}</div>'
            f'<section class="part small"><h2>{self.text("summary.section_small")}</h2><p>{self.joined("small")}</p>'
            f'<p class="status">{self.joined("footer")}</p></section></section>'
        )

    def text(self, key: str, **numbers: Any) -> str:
        """One sentence, escaped."""
        return unbroken(texts.escape(texts.say(key, self.language, self.currency, **numbers)))

    def joined(self, section: str) -> str:
        """All sentences of a section in one paragraph."""
        return " ".join(self.text(fact.key, **fact.numbers) for fact in self.facts if fact.section == section)

    def section(self, name: str, more: str = "") -> str:
        """Heading, sentences, and what stands below them."""
        sentences = [self.text(fact.key, **fact.numbers) for fact in self.facts if fact.section == name]
        items = "".join(f"<li>{sentence}</li>" for sentence in sentences)
        said = f"<ul>{items}</ul>" if len(sentences) > 1 else f"<p>{sentences[0]}</p>"
        return f'<section class="part {name}"><h2>{self.text(f"summary.section_{name}")}</h2>{said}{more}</section>'

    def tiles(self) -> str:
        """The key figures: value, then what stands below it in small print."""
        shown = []
        for slot in SLOTS:
            said = [self.text(f.key, **f.numbers) for f in self.facts if f.section == f"figure:{slot}"]
            if said:
                notes = "".join(f"<span>{note}</span>" for note in said[1:])
                label = self.text(f"summary.label_{slot}")
                shown.append(f"<li><span>{label}</span><strong>{said[0]}</strong>{notes}</li>")
        return f'<ul class="figures">{"".join(shown)}</ul>'

    def segments(self) -> str:
        """The table of segments, each with a bar of its share of revenue."""
        rows = segment_rows(self.evidence)
        if rows is None:
            return ""
        columns = [("accounts", "n_accounts", "count"), ("revenue", "revenue_12m", "million")]
        columns += [("share", "share_revenue", "percent")]
        optional = [("margin", "share_margin", "percent"), ("change", "change_accounts", "change")]
        columns += [column for column in optional if rows[column[1]].notna().any()]
        heads = [("segment", ""), *((head, "num") for head, _, _ in columns)]
        body = []
        trait = f"trait_{self.language}"
        has_traits = bool((rows[trait] != "").any())
        heads += [("trait", "")] * has_traits
        for _, row in rows.head(MOST_SEGMENTS).iterrows():
            name = texts.escape(row[f"name_{self.language}"])
            cells = [f'<th scope="row"><i style="background:{texts.escape(row["colour"])}"></i>{name}</th>']
            cells += [self._cell(row, column, kind) for _, column, kind in columns]
            cells += [f'<td class="trait">{texts.escape(row[trait])}</td>'] * has_traits
            body.append(f"<tr>{''.join(cells)}</tr>")
        return self._table(heads, body, "segments") + self._more(len(rows), MOST_SEGMENTS)

    def _cell(self, row: pd.Series, column: str, kind: str) -> str:
        value, locale = row[column], display.LOCALES[self.language]
        if kind == "change":
            sign = "" if value != value or not value else "+" if value > 0 else "−"
            return f'<td class="num">{sign}{texts.show(abs(value), "count", locale)}</td>'
        shown = self.money(value) if kind == "million" else unbroken(texts.show(value, kind, locale))
        if column != "share_revenue":
            return f'<td class="num">{shown}</td>'
        width = 0.0 if value != value else min(max(100 * float(value), 0), 100)
        bar = f'<b style="width:{width:.1f}%;background:{texts.escape(row["colour"])}"></b>'
        return f'<td class="num bar"><span>{bar}</span>{shown}</td>'

    def accounts(self, rows: pd.DataFrame, last: str) -> str:
        """The table of the first accounts by name, with what they brought before and bring now."""
        if rows.empty:
            return ""
        columns = ["before", "now"] if rows["before"].notna().any() else ["now"]
        heads = [("customer", ""), ("segment", ""), *((name, "num") for name in columns)]
        heads += [("days", "num"), ("risk", "")] if last == "risk" else [("growth", "num")]
        body, locale = [], display.LOCALES[self.language]
        shown_rows = ROWS if goal_rows(self.evidence) is None else ROWS_BESIDE_GOALS
        for row in rows.head(shown_rows).to_dict("records"):
            segment = self.evidence.names(row["segment_id"])[f"name_{self.language}"]
            money = [self.money(row[name]) for name in columns]
            if last == "risk":
                ends = [("num", texts.show(row["days_since_last"], "count", locale))]
                ends += [("", texts.say(f"summary.kind_{row['risk']}", self.language))]
            else:
                ends = [("num", "+" + texts.show(row["growth"], "percent", locale))]
            cells = [("", row["name"]), ("", segment), *(("num", text) for text in money), *ends]
            shown = [f'<td class="{css}">{texts.escape(text)}</td>' for css, text in cells]
            body.append(f"<tr>{''.join(shown)}</tr>")
        return self._table(heads, body, "accounts") + self._more(len(rows), shown_rows)

    def goals(self) -> str:
        """The section of the goals, each with its value, its target and its verdict; nothing without goals."""
        rows, x = goal_rows(self.evidence), self.language
        if rows is None:
            return ""
        body = []
        for row in rows.head(MOST_GOALS).to_dict("records"):
            name = short_name(f"{row[f'kpi_{x}']}, {row[f'whom_{x}']}", LONGEST_GOAL)
            target = texts.say("goals.aim_short", x, target=row[f"shown_target_{x}"], deadline=row["deadline"])
            cells = [("", name), ("num", row[f"now_{x}"]), ("num", target)]
            shown = "".join(f'<td class="{css}">{unbroken(texts.escape(text))}</td>' for css, text in cells)
            verdict = f"{row['icon']}\u00a0{row[f'verdict_{x}']}"
            body.append(f'<tr>{shown}<td class="goal-{row["tone"]}">{texts.escape(verdict)}</td></tr>')
        heads = [("goal", ""), ("standing", "num"), ("target", "num"), ("verdict", "")]
        more = ""
        if len(rows) > MOST_GOALS:
            more = f'<p class="note">{self.text("summary.goals_more", shown=MOST_GOALS, n=len(rows))}</p>'
        return self.section("goals", self._table(heads, body, "goals") + more)

    def money(self, value: float) -> str:
        """Money in a column, where every million has one decimal."""
        return texts.NOTHING if value != value else display.compact_money(value, self.language, self.currency)

    def _table(self, heads: list[tuple[str, str]], body: list[str], css: str) -> str:
        titles = "".join(
            f'<th scope="col" class="{kind}">{self.text(f"summary.column_{head}")}</th>' for head, kind in heads
        )
        return (
            f'<div class="table-wrap" tabindex="0"><table class="data {css}"><thead><tr>{titles}</tr></thead>'
            f"<tbody>{''.join(body)}</tbody></table></div>"
        )

    def _more(self, n: int, shown: int) -> str:
        return f'<p class="note">{self.text("summary.rows_more", shown=shown, n=n)}</p>' if n > shown else ""

    def decisions(self) -> str:
        """The numbered questions, each with the page to open if it stands beside the summary."""
        items = []
        for fact in self.facts:
            if fact.section == "decisions":
                items.append(f"<li>{self.text(fact.key, **fact.numbers)}{self._link(fact.page)}</li>")
        return f"<ol>{''.join(items)}</ol>"

    def _link(self, page: str) -> str:
        if page not in self.pages:
            return ""
        key = "page.index" if page == "index" else f"page.{page}.title"
        named = texts.has(key)
        titles = {f"title_{x}": texts.say(key, x) if named else page.replace("_", " ") for x in texts.LANGUAGES}
        return f' <a href="{page}.html">{self.text("summary.open_page", **titles)}</a>'


def unbroken(text: str) -> str:
    """The text with its numbers held together with their unit, so that no line begins with a lone % or €."""
    return re.sub(r"(?<=\d) (?=[%€$£]|[A-Z]{3}\b)", "\u00a0", text)


def style() -> str:
    """The style sheet of the summary, on top of that of all pages."""
    css = resources.files("segkit.reports").joinpath("templates/summary.css").read_text(encoding="utf-8")
    return f"<style>{css}</style>"
