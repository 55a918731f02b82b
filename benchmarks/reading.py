"""Five million invoice lines as a German CSV: seconds and peak memory of the reader beside DuckDB and pandas.

    python benchmarks/reading.py [FOLDER] [--lines N] [--write]

Writes the file (seeded) into FOLDER, then reads it with each reader in a process of its own, one after the other, and
prints Markdown; --write puts it into reading.md beside this file. Peak memory is the largest resident set of the child
process, interpreter and libraries included.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEADER = (
    "Rechnungsnr;Rechnungsdatum;Kundennr;Kunde;Artikelnr;Artikelbezeichnung;Menge;Einzelpreis;"
    "Nettoumsatz;Deckungsbeitrag;Währung"
)
COLUMNS = {
    "invoice_id": "Rechnungsnr",
    "invoice_date": "Rechnungsdatum",
    "account_id": "Kundennr",
    "product_id": "Artikelnr",
    "quantity": "Menge",
    "revenue": "Nettoumsatz",
    "margin": "Deckungsbeitrag",
    "currency": "Währung",
}
PRODUCTS = [
    'Rohr 3/4" verzinkt; 2 m',
    "Flansch DN 50",
    'Schelle "Profi" 1/2", 10 Stück',
    "Dichtung, groß",
    "Schlauch Ø 20",
]
BLOCK = 100_000
MOST_MEGABYTES = 1500
"""Peak memory of reading, however long the file is."""
READERS = ("segkit", "segkit, gzip", "duckdb all_varchar", "duckdb typed", "pandas")


def lines(n: int) -> Iterator[str]:
    """Yield blocks of seeded invoice lines: dates ascend, money and sizes vary, texts hold quotes and delimiters."""
    import numpy as np

    random = np.random.default_rng(20260)
    quoted = ['"' + p.replace('"', '""') + '"' if set(p) & set('";') else p for p in PRODUCTS]
    days = np.arange(np.datetime64("2022-01-01"), np.datetime64("2026-01-01")).astype(object)
    shown_days = [day.strftime("%d.%m.%Y") for day in days]
    for start in range(0, n, BLOCK):
        size = min(BLOCK, n - start)
        place = np.arange(start, start + size)
        account = (random.pareto(1.2, size) * 900).astype(int) % 80_000
        product = random.integers(0, 20_000, size)
        quantity = random.integers(1, 200, size)
        price = random.integers(99, 250_000, size)
        sign = np.where(random.random(size) < 0.02, -1, 1)
        revenue = sign * quantity * price
        margin = (revenue * random.uniform(0.05, 0.45, size)).astype(int)
        columns = (place // 4, place * len(days) // n, account, product, sign * quantity, price, revenue, margin)
        rows = zip(*(column.tolist() for column in columns), strict=True)
        yield "".join(
            f"R{invoice:08d};{shown_days[day]};{who:010d};Kunde {who} Gerätebau GmbH;{what:06d};{quoted[what % 5]};"
            f"{count};{money(cost)};{money(total)};{money(earned)};EUR\r\n"
            for invoice, day, who, what, count, cost, total, earned in rows
        )


def money(cents: int) -> str:
    """Return cents as German money: 1.234,50."""
    whole, cent = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole:,}".replace(",", ".") + f",{cent:02d}"


def write_file(folder: Path, n: int) -> Path:
    """Write the CSV and its gzip, unless they are there."""
    path = folder / f"lines_{n}.csv"
    if not path.exists():
        with path.with_suffix(".part").open("w", encoding="cp1252", newline="") as file:
            file.write(HEADER + "\r\n")
            for block in lines(n):
                file.write(block)
        path.with_suffix(".part").rename(path)
    packed = Path(f"{path}.gz")
    if not packed.exists():
        with path.open("rb") as plain, gzip.open(f"{packed}.part", "wb", compresslevel=1) as file:
            shutil.copyfileobj(plain, file, 1 << 22)
        Path(f"{packed}.part").rename(packed)
    return path


CODE = """
import json, resource, sys, time
sys.path.insert(0, {here!r})
from reading import read
started = time.perf_counter()
found = read({reader!r}, {path!r})
seconds, used = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([seconds, time.process_time(), used.ru_maxrss / 1024, found]))
"""


def read(reader: str, path: str) -> list[str]:
    """Read the file and return its rows, money and pieces as texts, so that readers can be compared."""
    import duckdb

    if reader.startswith("segkit"):
        return _read_segkit(Path(f"{path}.gz" if reader.endswith("gzip") else path))
    if reader == "pandas":
        import pandas as pd

        ids = dict.fromkeys(["Rechnungsnr", "Rechnungsdatum", "Kundennr", "Artikelnr"], "str")
        frame = pd.read_csv(path, sep=";", decimal=",", thousands=".", encoding="cp1252", dtype=ids)
        frame["Rechnungsdatum"] = pd.to_datetime(frame["Rechnungsdatum"], format="%d.%m.%Y")
        return [str(len(frame)), f"{frame['Nettoumsatz'].sum():.2f}", str(frame["Menge"].sum())]
    con = duckdb.connect()
    source = f"read_csv('{path}', delim=';', quote='\"', header=true, encoding='latin-1', all_varchar=true)"
    if reader == "duckdb all_varchar":
        con.execute(f"CREATE TABLE t AS FROM {source}")
        return [str(con.execute("SELECT count(*) FROM t").fetchall()[0][0]), "", ""]
    amounts = ", ".join(
        f"""CAST(replace(replace("{name}", '.', ''), ',', '.') AS DECIMAL(18, 4)) AS "{name}" """
        for name in ("Menge", "Einzelpreis", "Nettoumsatz", "Deckungsbeitrag")
    )
    con.execute(
        f"""CREATE TABLE t AS SELECT * REPLACE (
                CAST(strptime("Rechnungsdatum", '%d.%m.%Y') AS DATE) AS "Rechnungsdatum", {amounts}) FROM {source}"""
    )
    found = con.execute('SELECT count(*), sum("Nettoumsatz"), sum("Menge") FROM t').fetchall()[0]
    return [str(found[0]), f"{found[1]:.2f}", f"{found[2]:.0f}"]


def _read_segkit(path: Path) -> list[str]:
    from segkit.engines import connect
    from segkit.project import SourceFile
    from segkit.settings.sources import Sources
    from segkit.sources.reading import read_sources

    sources = Sources.model_validate({"invoices": {"files": path.name, "columns": COLUMNS}})
    con = connect()
    read_sources(con, [SourceFile("invoices", 0, "invoices", path, None, path.name)], sources)
    found = con.execute("SELECT count(*), sum(revenue), sum(quantity) FROM raw_invoices").fetchall()[0]
    return [str(found[0]), f"{found[1]:.2f}", f"{found[2]:.0f}"]


@dataclass(frozen=True)
class Measure:
    """One reading: seconds on the clock, seconds of all cores, largest resident set in MB, and what was found."""

    seconds: float
    cpu: float
    megabytes: float
    found: list[str]


def measure(reader: str, path: Path) -> Measure:
    """Return what one reader needs in a process of its own."""
    code = CODE.format(here=str(Path(__file__).parent), reader=reader, path=str(path))
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return Measure(*json.loads(done.stdout.splitlines()[-1]))


def report(path: Path, n: int, measures: dict[str, list[Measure]]) -> str:
    """Return the Markdown of one run."""
    middle = {
        reader: [statistics.median(getattr(m, name) for m in of_reader) for name in ("seconds", "cpu", "megabytes")]
        for reader, of_reader in measures.items()
    }
    base, typed = middle["duckdb all_varchar"], middle["duckdb typed"]
    told = (
        f"{n:,} invoice lines of {len(HEADER.split(';'))} columns, a German export of {_megabytes(path)} MB (`;`, "
        "decimal comma, dd.mm.yyyy, Windows-1252, ids with leading zeros, product texts with quotation marks and "
        f"delimiters), {_megabytes(Path(f'{path}.gz'))} MB as gzip. Each reader runs in a process of its own, the "
        f"readers by turns; rounds: {len(measures['segkit'])}, their medians are shown. *Clock* is elapsed time, "
        "*CPU* the time of all cores: other work shares the machine, so read the CPU ratios. *Memory* is the largest "
        "resident set of the process, with interpreter and libraries. DuckDB and pandas are told delimiter, encoding, "
        "types and formats; segkit finds them out, checks every value, and keeps the text of every line for the "
        "quarantine."
    )
    lines = [
        "# Reading large files",
        "",
        "Written by `python benchmarks/reading.py --write`.",
        "",
        *textwrap.wrap(told, 120),
        "",
        "| reader | clock (s) | CPU (s) | CPU / all_varchar | CPU / typed | memory (MB) |",
        "|---|---|---|---|---|---|",
    ]
    for reader, (seconds, cpu, megabytes) in middle.items():
        lines.append(
            f"| {reader} | {seconds:.1f} | {cpu:.1f} | {cpu / base[1]:.1f} | {cpu / typed[1]:.1f} | {megabytes:.0f} |"
        )
    cores = len(os.sched_getaffinity(0))
    lines += ["", f"Python {platform.python_version()}, {cores} cores. Every reader found the same rows and sums."]
    return "\n".join(lines) + "\n"


def _megabytes(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:.0f}"


def main() -> None:
    """Measure all readers and print the report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--lines", type=int, default=5_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp())
    path = write_file(folder, options.lines)
    measures: dict[str, list[Measure]] = {reader: [] for reader in READERS}
    for _ in range(options.rounds):
        for reader in READERS:
            measures[reader].append(measure(reader, path))
    text = report(path, options.lines, measures)
    print(text)
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    found = {m.found[k] for of_reader in measures.values() for m in of_reader for k in (0, 1, 2) if m.found[k]}
    if len(found) != 3:
        sys.exit(f"The readers do not agree: {found}")
    worst = max(m.megabytes for reader in ("segkit", "segkit, gzip") for m in measures[reader])
    if worst > MOST_MEGABYTES:
        sys.exit(f"Reading took {worst:.0f} MB; {MOST_MEGABYTES} are allowed.")


if __name__ == "__main__":
    main()
