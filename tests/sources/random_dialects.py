"""Tables written in random dialects, as exports come, with what a reader may and may not make of them.

Used by test_round_trip.py (some hundred) and benchmarks/dialects.py (thousands). Nothing of the product is used here.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field
from decimal import Decimal

COLUMNS = {
    "invoice_id": "Beleg",
    "account_id": "Kunde",
    "ship_to_id": "Firma",
    "invoice_date": "Datum",
    "quantity": "Menge",
    "revenue": "Betrag",
}
DATES = [
    "%d.%m.%Y",
    "%Y-%m-%d",
    "%d.%m.%y",
    "%d/%m/%Y",
    "%m/%d/%Y",
    "%Y%m%d",
    "%d.%m.%Y %H:%M",
    "%Y-%m-%dT%H:%M:%S",
    "%d-%m-%Y",
]
FORMATS = [(",", ""), (",", "."), (",", " "), (".", ""), (".", ","), (".", "'"), (",", "\u00a0")]
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "latin-1", "cp850"]
SIGNS = ["-{}", "{}-", "({})", "-{} EUR", "{} €-", "{}- EUR"]
WORDS = [
    "Müller",
    "Söhne",
    "Groß",
    "GmbH",
    "& Co. KG",
    "Nord",
    "Ähre",
    "e. V.",
    "Kühlung",
    "O'Hara",
    "Rohr",
    "AG",
    "24",
]


@dataclass
class Export:
    """A file, the rows written into it, and how.

    `truth` has a row per Beleg: the values, or None where the row was damaged on purpose. `excused` names the columns
    that hold no evidence for their format; `told` what else stands in the file.
    """

    content: bytes
    truth: dict[str, dict | None]
    traits: dict[str, str]
    excused: set[str] = field(default_factory=set)


def write_export(seed: int) -> Export:
    """Return a random table in a random dialect; the same for the same seed."""
    return _Writer(random.Random(seed)).export()


class _Writer:
    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.traits: dict[str, str] = {}

    def pick(self, trait: str, *choices: object, usual: float = 0.0) -> object:
        """Choose a trait; the first choice with the probability `usual`, else any."""
        value = choices[0] if self.rng.random() < usual else self.rng.choice(choices)
        self.traits[trait] = str(value)
        return value

    def export(self) -> Export:
        rng = self.rng
        self.bordered = self.pick("layout", "delimited", "bordered", usual=0.85) == "bordered"
        self.delimiter = "|" if self.bordered else str(self.pick("delimiter", ";", ",", "\t", "|", "^", "~", usual=0.3))
        self.quote = "" if self.bordered else str(self.pick("quote", '"', "'", "", usual=0.6))
        self.escape = str(self.pick("escape", "doubled", "backslash", usual=0.8))
        self.quote_all = self.pick("quoting", "minimal", "all", usual=0.7) == "all"
        self.end = str(self.pick("line_end", "\r\n", "\n", "\r", "mixed", usual=0.4))
        encoding = str(self.pick("encoding", *ENCODINGS))
        self.unicode = encoding.startswith("utf")
        self.odd = self.pick("odd_characters", "none", "nel", "nul", usual=0.8)
        self.padded = self.bordered or self.pick("cells", "plain", "padded", usual=0.8) == "padded"
        formats = rng.sample(
            FORMATS[: 7 if encoding != "cp850" else 6], 2 if self.pick("number_formats", 1, 2, usual=0.8) == 2 else 1
        )
        self.formats = [f for f in formats if self._can_write(f)] or [(".", "")]
        self.sign = str(self.pick("sign", *SIGNS))
        if encoding in ("cp850", "latin-1"):
            self.sign = self.sign.replace("€", "EUR")
        self.right = "nothing"
        if not self.bordered:
            kinds = ("nothing", "delimiter at the end", "two columns of one name", "remarks, empty ones left out")
            self.right = str(self.pick("right", *kinds, usual=0.7))
        self.whole = self.pick("decimals", "always two", "none where whole", usual=0.7) != "always two"
        self.date = str(self.pick("date", *DATES))
        self.missing = str(self.pick("missing", "", "NULL", "-", "n/a", usual=0.6))
        n_rows = rng.choice([1, 2, 3, 5, 8, 13, 30, 60, 120])
        self.traits["rows"] = str(n_rows)
        rows = [self._row(i) for i in range(n_rows)]
        truth: dict[str, dict | None] = {row["invoice_id"]: row for row in rows}
        lines = [*self._preamble(), *self._header()]
        lines += self._body(rows, truth)
        lines += self._footer()
        lines += self._other_table()
        text = self._ended(lines)
        if self.bordered and rng.random() < 0.5:
            text = text.rstrip("\r\n")
        content = text.encode(encoding, errors="replace")
        if encoding in ("utf-16-le", "utf-16-be") and rng.random() < 0.5:
            self.traits["byte_order_mark"] = "yes"
            content = "\ufeff".encode(encoding) + content
        return Export(content, truth, self.traits, self._excused(rows, truth, text))

    def _can_write(self, style: tuple[str, str]) -> bool:
        """Without quotes a number must not hold the delimiter, nor a quote."""
        return bool(self.quote or self.escape == "backslash") or self.delimiter not in style

    def _row(self, i: int) -> dict:
        rng = self.rng
        day = dt.date(2019, 1, 1) + dt.timedelta(days=rng.randrange(2500))
        money = Decimal(rng.choice([rng.randrange(1, 1000), rng.randrange(1000, 10_000_000)])) / 100
        if self.whole and rng.random() < 0.4:
            money = money.quantize(Decimal(1)) + 1
        if rng.random() < 0.15:
            money = -money
        name = " ".join(rng.sample(WORDS, rng.randrange(1, 4)))
        if not any(c.isalpha() for c in name):
            name = f"Firma {name}"
        extras = ['"', ",", ";", "|", "\t", "^", "~", "\\", '5"', "\n", "'"]
        if rng.random() < 0.3:
            extra = rng.choice(extras)
            if self._can_hold(extra):
                name = f"{name}{extra}{rng.choice(['', ' '])}{rng.choice(['x', 'Süd', 'Werk 2'])}"
        if self.odd == "nel" and self.unicode and rng.random() < 0.3:
            name += rng.choice(["\x85", "\u2028", "\u2029", "\x0b", "\x0c"]) + "z"
        return {
            "invoice_id": f"{i:07}",
            "account_id": f"{rng.randrange(1, 5000):010}",
            "ship_to_id": None if rng.random() < 0.05 else name,
            "invoice_date": day,
            "quantity": None if rng.random() < 0.1 else rng.randrange(1, 900),
            "revenue": money,
        }

    def _can_hold(self, extra: str) -> bool:
        """Say whether a writer of this dialect could write such a text without damage."""
        if self.bordered or not (self.quote or self.escape == "backslash"):
            return extra not in (self.delimiter, "\n") and not (self.bordered and extra == "\t")
        if extra == "\n":
            return bool(self.quote) and self.end != "\r" and self.end != "mixed"
        return not (extra == "\\" and self.escape != "backslash" and False)

    def _money(self, value: Decimal) -> str:
        decimal, thousands = self.rng.choice(self.formats)
        whole = self.whole and value == value.to_integral_value()
        text = f"{abs(value):,.{0 if whole else 2}f}".replace(",", "T").replace(".", decimal).replace("T", thousands)
        return self.sign.format(text) if value < 0 else text

    def _cells(self, row: dict) -> list[str]:
        stamp = dt.datetime.combine(row["invoice_date"], dt.time(13, 5))
        cells = [
            row["invoice_id"],
            row["account_id"],
            self.missing if row["ship_to_id"] is None else row["ship_to_id"],
            stamp.strftime(self.date),
            self.missing if row["quantity"] is None else str(row["quantity"]),
            self._money(row["revenue"]),
        ]
        if self.odd == "nul" and self.rng.random() < 0.2:
            k = self.rng.randrange(len(cells))
            cells[k] += "\0" * self.rng.randrange(1, 4)
        return cells

    def _line(self, cells: list[str]) -> str:
        if self.padded:
            cells = [cell.ljust(12) if k < 4 else cell.rjust(14) for k, cell in enumerate(cells)]
        cells = [*cells, *self._extras(cells)]
        text = self.delimiter.join(self._field(cell) for cell in cells)
        return f"|{text}|" if self.bordered else text

    def _extras(self, cells: list[str]) -> list[str]:
        """Return what stands to the right of the columns that are checked."""
        is_header = cells[0].strip() in ("Beleg", "Be-")
        if self.right == "remarks, empty ones left out":
            if is_header:
                return ["Bemerkung"] if cells[0].strip() == "Beleg" else ["Bemer-"]
            return ["eilig"] if self.rng.random() < 0.1 and cells[0].strip()[:1].isdigit() else []
        if self.right == "two columns of one name":
            return ["Wert", "Wert"] if is_header else ["1", "x"]
        return [""] if self.right == "delimiter at the end" else []

    def _other_table(self) -> list[str]:
        kind = self.pick("other_table", "none", "narrower", "as wide", usual=0.85)
        if kind == "none" or self.bordered or self.right != "nothing":
            return []
        d = self.delimiter
        if kind == "narrower":
            return ["", "Legende", f"Code{d}Wert", f"A{d}1", f"B{d}2"]
        return [
            "",
            d.join(["Artikel", "Gruppe", "Name", "Seit", "Anzahl", "Preis"]),
            d.join(["X1", "1", "a", "b", "3", "4"]),
        ]

    def _field(self, cell: str) -> str:
        special = [self.delimiter, self.quote or "\n", "\n", "\r"]
        is_special = any(mark in cell for mark in special) or (self.escape == "backslash" and "\\" in cell)
        if not self.quote:
            if self.escape != "backslash" or self.bordered:
                return cell
            return cell.replace("\\", "\\\\").replace(self.delimiter, "\\" + self.delimiter)
        if not (self.quote_all or is_special):
            return cell
        inner = cell.replace("\\", "\\\\") if self.escape == "backslash" else cell
        mark = "\\" + self.quote if self.escape == "backslash" else self.quote * 2
        return self.quote + inner.replace(self.quote, mark) + self.quote

    def _preamble(self) -> list[str]:
        d = self.delimiter
        kinds = {
            "none": [],
            "title": ["Umsatzbericht", ""],
            "title and date": ["Bericht Umsätze", "Stand: 01.02.2024", ""],
            "filters": [f"Mandant:{d}100", f"Zeitraum:{d}01.01.2024 - 31.12.2024", ""],
            "delimiter": [f"sep={d}"],
        }
        kind = str(self.pick("preamble", *kinds, usual=0.5))
        if self.bordered:
            width = len(self._line([""] * 6))
            return ["01.02.2024            Dynamische Listenausgabe         1", "-" * width]
        return kinds[kind]

    def _header(self) -> list[str]:
        names = list(COLUMNS.values())
        kinds = ("one row", "units below", "two rows", "broken in quotes", "groups above")
        kind = self.pick("header", *kinds, usual=0.75)
        self.header_lines = [self._line(names)]
        if kind == "units below" and not self.bordered:
            self.header_lines.append(self._line(["", "", "", "TT.MM.JJJJ", "Stk", "EUR"]))
        elif kind == "two rows" and not self.bordered:
            self.header_lines = [self._line(["Be-", "Kun-", "Fir-", "Da-", "Men-", "Be-"])]
            self.header_lines.append(self._line(["leg", "de", "ma", "tum", "ge", "trag"]))
        elif kind == "broken in quotes" and self.quote and self.end in ("\n", "\r\n"):
            self.header_lines = [self._line([*names[:5], "Be-\ntrag"])]
        elif kind == "groups above" and not self.bordered:
            d = self.delimiter
            self.header_lines.insert(
                0, d.join(["", "Wer", "", "Wann und wie viel", "", "", *[""] * len(self._extras(names))])
            )
        if self.bordered:
            self.header_lines.append("-" * len(self.header_lines[0]))
        return self.header_lines

    def _body(self, rows: list[dict], truth: dict) -> list[str]:
        damage = self.pick("damage", "none", "ragged", "stray quote", usual=0.7)
        pages = self.pick("pages", "none", "repeated header", "concatenated files", usual=0.8)
        every = self.rng.choice([7, 20, 50])
        lines = []
        for i, row in enumerate(rows):
            if i and i % every == 0 and pages != "none":
                lines += self._page_break(str(pages))
            line = self._line(self._cells(row))
            if damage != "none" and len(rows) > 4 and self.rng.random() < 0.04:
                truth[row["invoice_id"]] = None
                line = self._damaged(line, str(damage))
            lines.append(line)
            if self.bordered and self.rng.random() < 0.03:
                lines.append(self._line(["*", "", "", "", "", self._money(row["revenue"])]))
        return lines

    def _page_break(self, kind: str) -> list[str]:
        if self.bordered:
            return ["-" * 60, "", "01.02.2024          Dynamische Listenausgabe      2", "-" * 60, *self.header_lines]
        if kind == "concatenated files":
            mark = "\ufeff" if self.unicode else ""
            return [mark + self.header_lines[0], *self.header_lines[1:]]
        return self.rng.choice([["", "Seite 2", *self.header_lines], ["", *self.header_lines], list(self.header_lines)])

    def _damaged(self, line: str, kind: str) -> str:
        if kind == "stray quote":
            at = self.rng.randrange(len(line))
            return line[:at] + (self.quote or '"') + line[at:]
        how = self.rng.choice(["field too many", "field too few", "cut off"])
        at = [i for i, c in enumerate(line) if c == self.delimiter]
        k = self.rng.choice(at) if at else 0
        if how == "field too many":
            return line[:k] + self.delimiter + line[k:]
        if how == "field too few":
            return line[:k] + line[k + 1 :]
        return line[: self.rng.randrange(len(line) // 2, len(line))]

    def _footer(self) -> list[str]:
        if self.bordered:
            return ["-" * 60]
        kind = self.pick("footer", "none", "total", "remark", "blank lines", usual=0.6)
        d = self.delimiter
        return {
            "none": [],
            "total": [f"Summe{d * 5}9{self.formats[0][0]}99" if self.formats[0][0] != d else f"Summe{d * 5}9"],
            "remark": ["", "Exportiert am 01.02.2024"],
            "blank lines": ["", "", ""],
        }[str(kind)]

    def _ended(self, lines: list[str]) -> str:
        if self.end != "mixed":
            return "".join(line.replace("\n", self.end if self.end != "\r" else "\n") + self.end for line in lines)
        return "".join(line + self.rng.choice(["\n", "\r\n"]) for line in lines)

    def _excused(self, rows: list[dict], truth: dict, text: str) -> set[str]:
        """Return the columns of which nothing in the file tells the format."""
        good = [row for row in rows if truth[row["invoice_id"]] is not None]
        excused = set()
        if not any(row["revenue"] != row["revenue"].to_integral_value() or not self.whole for row in good):
            excused.add("revenue")
        if not any(row["invoice_date"].day > 12 for row in good):
            excused.add("invoice_date")
        if self.traits["encoding"] == "cp850" and not re.search("[äöüÄÖÜ]", text):
            excused.add("ship_to_id")
        if self.escape == "backslash" and not re.search(rf"\\[{re.escape(self.delimiter + self.quote)}]", text):
            excused.add("ship_to_id")
        return excused
