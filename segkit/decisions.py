"""What people judge: CSV files in ``decisions/``, append-only, read however a spreadsheet has rewritten them."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

from segkit.errors import UserError
from segkit.quarters import Quarter

if TYPE_CHECKING:
    import pandas as pd

KEYS = {
    "duplicates": ["account_id_a", "account_id_b"],
    "repairs": ["table", "record_id", "column"],
    "moves": ["segmentation_id", "account_id"],
    "names": ["segmentation_id", "segment_id"],
    "notes": ["segmentation_id", "segment_id"],
    "criteria": ["criterion_id"],
    "refits": ["segmentation_id"],
    "potentials": ["account_id"],
    "releases": ["quarter", "run_id"],
}
IN_ANY_ORDER = {"duplicates"}
"""Decisions on a pair: A and B is the same pair as B and A."""
TAKEN_BACK = {"duplicates", "repairs"}
"""Decisions that a later row with an empty choice takes back."""
COLUMNS = {
    "duplicates": ["account_id_a", "account_id_b", "choice", "quarter", "author", "date", "reason"],
    "repairs": ["table", "record_id", "column", "choice", "value", "quarter", "author", "date", "reason"],
    "moves": ["segmentation_id", "account_id", "segment_id", "quarter", "author", "date", "reason"],
    "names": ["segmentation_id", "segment_id", "name_de", "name_en", "quarter", "author", "date", "reason"],
    "notes": ["segmentation_id", "segment_id", "note", "quarter", "author", "date", "reason"],
    "criteria": ["criterion_id", "ease", "relevance", "usage", "choice", "quarter", "author", "date", "reason"],
    "refits": ["segmentation_id", "choice", "quarter", "author", "date", "reason"],
    "potentials": ["account_id", "potential", "quarter", "author", "date", "reason"],
    "releases": ["quarter", "run_id", "author", "date", "note"],
}


def read_decisions(path: Path, name: str, quarter: Quarter | None = None) -> pd.DataFrame:
    """Return the decisions that hold in a quarter, the last row per key.

    Of a pair (`IN_ANY_ORDER`) the smaller id comes first, however it was written, and a pair of one account with itself
    is none. Where the last choice is empty (`TAKEN_BACK`), nothing is decided.

    Parameters
    ----------
    path : Path
        The file; a missing one has no rows.
    name : str
        A key of `COLUMNS`.
    quarter : Quarter, optional
        Rows whose ``quarter`` (from which they hold) is later are left out; releases are told apart by it instead.

    Raises
    ------
    UserError
        "decisions/moves.csv: column segment_id is missing."
    """
    import pandas as pd

    columns = COLUMNS[name]
    if not path.exists():
        return pd.DataFrame(columns=columns, dtype="str")
    text = _decoded(path.read_bytes())
    delimiter = max(";,\t", key=text.partition("\n")[0].count)
    rows = list(csv.DictReader(io.StringIO(text), delimiter=delimiter))
    header = [h.strip() for h in text.partition("\n")[0].strip().split(delimiter)]
    missing = [c for c in columns if c not in [h.strip('"') for h in header]]
    if missing:
        raise UserError(
            [f"decisions/{path.name}: column {c} is missing. It needs {', '.join(columns)}." for c in missing]
        )
    frame = pd.DataFrame(
        [{c: (row.get(c) or "").strip() for c in columns} for row in rows], columns=columns, dtype="str"
    )
    frame = frame[frame[KEYS[name]].ne("").all(axis=1)]
    if quarter is not None and name != "releases":
        holds = [not q or Quarter.parse(q, quarter.first_month) <= quarter for q in frame["quarter"]]
        frame = frame[holds]
    if name in IN_ANY_ORDER:
        frame = _in_order(frame, *KEYS[name])
    frame = frame.drop_duplicates(KEYS[name], keep="last")
    if name in TAKEN_BACK:
        frame = frame[frame["choice"].ne("")]
    return frame.reset_index(drop=True)


def _in_order(frame: pd.DataFrame, first: str, second: str) -> pd.DataFrame:
    """The pairs with the smaller id first."""
    smaller = frame[first].where(frame[first] < frame[second], frame[second])
    larger = frame[second].where(frame[first] < frame[second], frame[first])
    return frame.assign(**{first: smaller, second: larger})[smaller != larger]


def append_decision(path: Path, name: str, row: dict[str, str]) -> None:
    """Add one row to the end of a decisions file; nothing that stands there is touched."""
    path.parent.mkdir(parents=True, exist_ok=True)
    is_new = not path.exists()
    is_cut = not is_new and path.read_bytes()[-1:] not in (b"", b"\n", b"\x00")  # an editor left out the last line end
    with path.open("a", encoding="utf-8-sig" if is_new else "utf-8", newline="") as stream:
        stream.write("\r\n" if is_cut else "")
        writer = csv.DictWriter(stream, COLUMNS[name], delimiter=";", lineterminator="\r\n")
        if is_new:
            writer.writeheader()
        writer.writerow(row)
        stream.flush()
        os.fsync(stream.fileno())


def _decoded(raw: bytes) -> str:
    for encoding in ("utf-8-sig", "utf-16") if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig",):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp1252", errors="replace")
