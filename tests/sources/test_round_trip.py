"""Random tables in random dialects: what is read is what was written, or it is set aside; never a wrong value."""

import csv
import datetime as dt
import io
import tempfile
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkit.engines import connect
from segkit.errors import UserError
from segkit.settings.sources import Sources
from segkit.sources.reading import read_sources

from .conftest import INVOICES, list_files

NAMES = st.text("abcÄöüß&.'\"; ,|-12", min_size=1, max_size=12).filter(lambda s: any(c.isalpha() for c in s))
DAYS = st.dates(dt.date(1999, 1, 1), dt.date(2031, 12, 31))
MONEY = st.decimals(-99_999_999, 99_999_999, places=2)
ROWS = st.lists(st.tuples(NAMES, DAYS, MONEY), min_size=1, max_size=12)
DATES = ["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y", "%d/%m/%Y", "%m/%d/%Y", "%Y%m%d", "%d.%m.%Y %H:%M", "%Y-%m-%dT%H:%M:%S"]


def write_money(value: Decimal, decimal: str, thousands: str, style: str) -> str:
    text = f"{abs(value):,.2f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
    if value >= 0:
        return text if style != "euro" else f"{text} €"
    return {"minus": f"-{text}", "trailing": f"{text}-", "brackets": f"({text})", "euro": f"-{text} €"}[style]


@st.composite
def exports(draw):
    rows = draw(ROWS)
    decimal = draw(st.sampled_from([",", "."]))
    thousands = draw(st.sampled_from(["", "." if decimal == "," else ",", "'", " "]))
    style = draw(st.sampled_from(["minus", "trailing", "brackets", "euro"]))
    date = draw(st.sampled_from(DATES))
    delimiter, end = draw(st.sampled_from(";,\t|")), draw(st.sampled_from(["\n", "\r\n"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    preamble = draw(st.sampled_from(["", f"Umsatzbericht{end}", f"Bericht{end}Stand 01.02.2024{end}{end}"]))
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter, lineterminator=end, quoting=draw(st.sampled_from([0, 1])))
    writer.writerow(["Kunde", "Datum", "Beleg", "Betrag"])
    for i, (name, day, money) in enumerate(rows):
        writer.writerow([name, day.strftime(date), f"R{i}", write_money(money, decimal, thousands, style)])
    return rows, (preamble + buffer.getvalue()).encode(encoding)


def read(content: bytes):
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "u.csv").write_bytes(content)
        sources, con = Sources.model_validate({"invoices": {"files": "u.csv", "columns": INVOICES}}), connect(threads=1)
        report = read_sources(con, list_files(sources, folder), sources)
    query = "SELECT invoice_id, account_id, invoice_date, revenue FROM raw_invoices"
    found = {row[0]: row[1:] for row in con.sql(query).fetchall()}
    n_aside = con.sql("SELECT count(*) FROM unreadable_invoices").fetchall()[0][0]
    return found, n_aside, report


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports())
def test_what_is_read_is_what_was_written(export):
    rows, content = export
    try:
        found, n_aside, report = read(content)
    except UserError:
        return
    assert len(found) + n_aside == len(rows)
    assumed = report.columns.set_index("column")["is_assumed"].to_dict()
    for i, (name, day, money) in enumerate(rows):
        if f"R{i}" in found:
            account, date, revenue = found[f"R{i}"]
            assert account in (name.strip(), name.strip().removeprefix("'"))
            assert date == day or assumed["invoice_date"]
            assert revenue == money or assumed["revenue"]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(exports(), st.data())
def test_damage_loses_no_row_silently_and_makes_no_value_up(export, data):
    rows, content = export
    text = content.decode("utf-8-sig") if not content.startswith((b"\xff", b"\xfe")) and _is_utf8(content) else None
    if text is None:
        return
    lines = text.splitlines(keepends=True)
    first = len(lines) - len(rows)
    if first < 0:
        return
    k = data.draw(st.integers(first, len(lines) - 1))
    damage = data.draw(st.sampled_from(['"', ";", "\x00", "E+", "-", "x"]))
    at = data.draw(st.integers(0, max(len(lines[k]) - 2, 0)))
    lines[k] = lines[k][:at] + damage + lines[k][at:]
    try:
        found, n_aside, report = read("".join(lines).encode("utf-8"))
    except UserError:
        return
    assumed = report.columns["is_assumed"].any()
    for i, (_, day, money) in enumerate(rows):
        if i != k - first and f"R{i}" in found and not assumed:
            assert found[f"R{i}"][1:] == (day, money)
    footers = report.log[report.log["rule"] == "footer"]
    assert len(found) + n_aside + len(footers) >= len(rows) - 1


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
