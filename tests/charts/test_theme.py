"""The look of charts: data apart from specification, languages, contrast, stable SVG."""

import re

import pandas as pd
import pytest

from segkit.charts import theme
from segkit.display import svg


def bars_chart(frame, named, language="de", currency="EUR"):
    """A layered chart on two frames, one of them used twice."""
    import altair as alt

    bars = (
        alt.Chart(frame)
        .mark_bar(clip=True)
        .encode(
            alt.X("day:T", axis=alt.Axis(format="%B %Y")),
            alt.Y("revenue:Q", axis=alt.Axis(format=",.2f")),
            alt.Color("segment_id:N", scale=theme.segment_scale(["S1", "S2"], theme.SEGMENT_COLOURS[:2])),
        )
    )
    words = alt.Chart(named).mark_text().encode(alt.X("day:T"), alt.Text("name:N"))
    line = alt.Chart(frame).mark_line().encode(alt.X("day:T"), alt.Y("revenue:Q"))
    return (bars + words + line).properties(title={"de": "Umsatz", "en": "Revenue"}[language])


def frames(factor=1.0, name="Müller & Söhne"):
    days = pd.to_datetime(["2026-01-15", "2026-03-15"])
    frame = pd.DataFrame({"day": days, "revenue": [1234.5 * factor, 20000.25], "segment_id": ["S1", "S2"]})
    return frame, pd.DataFrame({"day": days[:1], "name": [name]})


@pytest.fixture(scope="module")
def specs():
    return theme.in_languages(bars_chart, *frames())


def test_data_stand_apart_from_the_specification(specs):
    other = theme.in_languages(bars_chart, *frames(factor=7, name="Weber AG"))
    for language in ("de", "en"):
        a, b = dict(specs[language]), dict(other[language])
        assert list(a["datasets"]) == ["table0", "table1"]  # the frame used twice is stored once
        assert a.pop("datasets") != b.pop("datasets")
        assert a == b


def test_two_frames_with_equal_content_stay_two_tables():
    frame, _ = frames()
    spec = theme.in_languages(bars_chart, frame, frame.assign(name="x"))["de"]
    assert list(spec["datasets"]) == ["table0", "table1"]


def test_numbers_and_months_follow_the_language(specs):
    texts = {language: re.findall(r"<text[^>]*>([^<]*)", svg(specs[language])) for language in specs}
    assert "20.000,00" in texts["de"] and "20,000.00" in texts["en"]
    assert "März 2026" in texts["de"] and "March 2026" in texts["en"]
    assert "Umsatz" in texts["de"] and "Revenue" in texts["en"]


def test_svg_is_the_same_each_time_and_asks_for_nothing(specs):
    first = svg(specs["de"])
    assert first == svg(specs["de"])
    assert not re.findall(r'(?:href|src)="http', first)


def test_ids_of_two_charts_in_one_page_differ(specs):
    ids = [set(re.findall(r'\bid="([^"]+)"', svg(specs[language]))) for language in ("de", "en")]
    assert ids[0] and not ids[0] & ids[1]
    used = set(re.findall(r"url\(#([^)]+)\)", svg(specs["de"])))
    assert used and used <= ids[0]


def test_names_from_data_cannot_run_as_script():
    spec = theme.in_languages(bars_chart, *frames(name="<script>alert(1)</script>"))["de"]
    assert "<script" not in svg(spec)


def luminance(colour):
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_segment_colours_are_distinct_and_readable_as_text_on_white():
    assert len(set(theme.SEGMENT_COLOURS)) >= 12
    assert all(1.05 / (luminance(c) + 0.05) >= 4.5 for c in theme.SEGMENT_COLOURS)


@pytest.mark.parametrize(
    ("language", "value", "words"),
    [("de", 1_200_000, "1,2 Mio. €"), ("en", 250_000, "€250K"), ("de", 40, "40 €"), ("en", 1_200_000, "€1.2M")],
)
def test_large_money_on_an_axis_reads_as_people_write_it(language, value, words):
    import altair as alt

    def axis_chart(frame, language):
        axis = alt.Axis(labelExpr=theme.money_label(language), values=[value])
        return alt.Chart(frame).mark_point().encode(alt.Y("revenue:Q", axis=axis))

    spec = theme.in_languages(axis_chart, pd.DataFrame({"revenue": [0.0, float(value)]}))[language]
    assert words in re.findall(r"<text[^>]*>([^<]*)", svg(spec))


def test_a_chart_keeps_its_own_settings():
    import altair as alt

    def plain_chart(frame, language):
        return alt.Chart(frame).mark_bar().encode(alt.X("revenue:Q")).configure_axis(grid=False)

    config = theme.in_languages(plain_chart, frames()[0])["en"]["config"]
    assert config["axis"]["grid"] is False
    assert config["axis"]["labelFontSize"] == 12
