"""Every sentence of the management summary against its numbers, worked out again in plain pandas, in both languages."""

from __future__ import annotations

import datetime as dt
import functools
import html
import re
import string
from pathlib import Path

import pytest
import yaml
from pages.company import EVIL
from reports import expected
from reports.quarter import SETTINGS
from reports.scenarios import SCENARIOS

from segkit import texts
from segkit.reports.summary import describe_quarter, write_summary
from segkit.reports.summary_facts import Evidence, segment_rows
from segkit.store import write_json

SENTENCES = yaml.safe_load(Path(texts.__file__).with_name("texts").joinpath("summary.en.yml").read_text("utf-8"))
KEYS = sorted(key for key in SENTENCES if key.startswith("summary."))  # others name the page for the index


@functools.cache
def quarter(name):
    return SCENARIOS[name]()


@functools.cache
def facts_of(name):
    tables, state = quarter(name)
    return describe_quarter(Evidence(tables, SETTINGS), state)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """The HTML of each scenario by name, written once."""
    folder = tmp_path_factory.mktemp("summaries")

    def page(name):
        path = folder / f"{name}.html"
        if not path.exists():
            write(folder / name, path, *quarter(name))
        return path.read_text("utf-8")

    return page


def write(run, path, tables, state, chart=None):
    (run / "tables").mkdir(parents=True)
    for name, frame in tables.items():
        frame.to_parquet(run / "tables" / f"{name}.parquet")
    for language, spec in (chart or {}).items():
        write_json(run / "charts" / f"segment_tiles_chart.{language}.json", spec)
    write_summary(run, path, "de", state, SETTINGS)


@functools.cache
def shown(page, language):
    """What a reader of one language reads below the badges, pieces of text apart, blanks made equal."""
    both = page.split("<!--/badges-->")[1].split("</main>")[0].split("</style>")[1]
    german, english = both.split('<div class="lang-en" lang="en">')
    return plain(html.unescape(re.sub(r"<[^>]+>", "|", {"de": german, "en": english}[language])))


def plain(text):
    return re.sub(r"[ \u00a0\u202f]+", " ", text)


def test_every_sentence_has_a_check():
    assert sorted(expected.EXPECTED) == KEYS


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("key", KEYS)
def test_a_sentence_says_the_numbers_of_the_tables(pages, key, language):
    scenario, work_out = expected.EXPECTED[key]
    tables, _ = quarter(scenario)
    found = work_out(tables) if callable(work_out) else work_out
    text = shown(pages(scenario), language)
    for numbers in found if isinstance(found, list) else [found]:
        assert plain(texts.say(key, language, **numbers)) in text


@pytest.mark.parametrize("language", texts.LANGUAGES)
@pytest.mark.parametrize("name", SCENARIOS)
def test_no_number_stands_in_a_sentence_that_is_none_of_its_own(name, language):
    for fact in (fact for fact in facts_of(name) if fact.key in KEYS):
        sentence = plain(texts.say(fact.key, language, **fact.numbers))
        values = [dt.date.fromisoformat(v) if is_day(v) else v for v in fact.numbers.values()]
        for word in (v for v in values if isinstance(v, str)):
            sentence = sentence.replace(plain(word), "")
        figures = [v for v in values if not isinstance(v, str)]
        strays = [told for told in numbers_in(sentence, language) if not any(is_told(told, v) for v in figures)]
        assert not strays, (fact.key, sentence)


def is_day(value):
    return isinstance(value, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d", value))


def numbers_in(sentence, language):
    """Each number in a sentence as (digits, what follows it)."""
    months = "|".join("Jan Feb Mar Apr May Jun Jul Aug Sep Sept Oct Nov Dec".split())
    dates = re.findall(rf"\d\d\.\d\d\.\d{{4}}|\d+ (?:{months}) \d{{4}}", sentence)
    for date in dates:
        sentence = sentence.replace(date, "")
    found = [(date, "date") for date in dates]
    thousands, decimal = (".", ",") if language == "de" else (",", ".")
    for digits, after in re.findall(r"(\d[\d.,]*\d|\d)( ?(?:%|Mio\.|M\b))?", sentence):
        found.append((digits.replace(thousands, "").replace(decimal, "."), after.strip()))
    return found


def is_told(told, number):
    digits, unit = told
    if unit == "date":
        return (
            digits in [texts.show(number, "date", x) for x in ("de_DE", "en_GB")] if hasattr(number, "year") else False
        )
    if hasattr(number, "year"):
        return False
    scale = {"%": 100, "Mio.": 1e-6, "M": 1e-6, "": 1}[unit]
    places = len(digits.partition(".")[2])
    return abs(float(digits) - abs(float(number)) * scale) <= 0.5000001 * 10**-places


def test_sentences_hold_no_number_of_their_own():
    for language in texts.LANGUAGES:
        for key in KEYS:
            words = "".join(text for text, *_ in string.Formatter().parse(texts.templates(language)[key]))
            assert key.startswith("summary.column_") or not re.search(r"\d", words), key


@pytest.mark.parametrize("name", SCENARIOS)
def test_every_scenario_speaks_to_the_point(pages, name):
    """No placeholder, no missing number, no empty section, in either language."""
    for language in texts.LANGUAGES:
        text = shown(pages(name), language)
        assert not re.search(r"[{}]|\bnan\b|\bNone\b(?! of)|\bNaT\b|\bTrue\b", text)
        sentences = [texts.say(fact.key, language, **fact.numbers) for fact in facts_of(name)]
        assert not [s for s in sentences if texts.NOTHING in s.replace("– ", "")], name


def test_names_from_the_data_cannot_run(pages):
    page = pages("full")
    assert EVIL not in page and "<img" not in page
    assert page.count("<script>") == 1
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', page)
    assert "default-src 'none'" in page


def test_an_incomplete_quarter_claims_no_change():
    forbidden = (
        "grown",
        "fell",
        "up",
        "down",
        "more",
        "fewer",
        "falling",
        "silent",
        "lost",
        "growing",
        "flow",
        "total",
    )
    said = [fact.key for fact in facts_of("incomplete")]
    assert said[0] == "summary.headline_incomplete"
    assert not [key for key in said if key.split("_")[-1] in forbidden]


def test_moves_within_noise_are_not_called_a_change():
    said = [fact.key for fact in facts_of("quiet")]
    assert "summary.moved_noise" in said
    assert "summary.moved_flow" not in said and "summary.decide_moved" not in said


def test_tables_name_the_accounts_with_their_money(pages):
    tables, _ = quarter("full")
    risky = expected.risky(tables).head(5)
    text = shown(pages("full"), "de")
    assert len(risky) == 5
    for name, before in zip(risky["name"], risky["revenue_prev_12m"], strict=True):
        assert plain(name[:30]) in text
        assert plain(expected.compact(before)) in text
    sizes = tables["segment_sizes"]
    for row in sizes.itertuples():
        assert f"{row.name_de}|" in text and plain(texts.show(row.share_margin, "percent", "de_DE")) in text


def test_an_older_run_says_what_is_missing(tmp_path):
    tables, state = quarter("full")
    few = {name: tables[name] for name in ("run_period", "account_value")}
    path = tmp_path / "summary.html"
    write(tmp_path / "run", path, few, state)
    text = shown(path.read_text("utf-8"), "en")
    for key in ("segments_missing", "moved_missing", "criteria_missing", "data_no_accounts"):
        assert texts.say(f"summary.{key}", "en") in text


def test_same_tables_same_page(tmp_path):
    for name in ("a", "b"):
        write(tmp_path / name, tmp_path / f"{name}.html", *quarter("full"))
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()


def test_what_a_telling_name_adds():
    tables, _ = quarter("full")
    rows = segment_rows(Evidence(tables, SETTINGS))
    assert set(rows["trait_de"]) == {"oft bestellt"} and set(rows["trait_en"]) == {"order often"}
    assert rows["revenue_12m"].is_monotonic_decreasing
