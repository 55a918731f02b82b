"""Lists between vertical bars, as SAP's lists are saved: rulers, page titles and borders around the rows."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

_RULER = re.compile(r"[\s|+]*[-=─_]{3}[-=─_|+\s]*")
_BAR, _NEWLINE = ord("|"), ord("\n")


@dataclass(frozen=True)
class Blanked:
    """Records in which every line that is no row has become a blank one, and what those lines were."""

    body: bytes
    n_rulers: int = 0
    titles: tuple[tuple[int, str], ...] = ()


def is_bordered(lines: list[str]) -> bool:
    """Say whether most lines stand between vertical bars."""
    told = [line.strip() for line in lines if line.strip() and not _RULER.fullmatch(line.strip())]
    rows = [line for line in told if len(line) > 2 and line[0] == line[-1] == "|" and not is_ruler(line)]
    return len(rows) >= 2 and len(rows) >= 0.6 * len(told)


def is_ruler(line: str) -> bool:
    """Say whether a line is drawn: dashes, with or without bars."""
    return bool(_RULER.fullmatch(line.strip()))


def blank_lines(lines: list[str]) -> list[str]:
    """Return lines with blank ones in place of rulers and of what stands outside the bars."""
    return [line if line.lstrip(" ").startswith("|") and not is_ruler(line) else "\n" for line in lines]


def blank_body(body: bytes) -> Blanked:
    """Return the records of a bordered list with rulers and page titles blanked, so that rows keep their numbers."""
    body = re.sub(rb"(?m)^ +(?=\|)", b"", body.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
    if not body:
        return Blanked(body)
    buffer = np.frombuffer(body, dtype=np.uint8)
    ends = np.flatnonzero(buffer == _NEWLINE)
    starts = np.concatenate([[0], ends + 1])
    ends = np.append(ends, len(body))
    starts, ends = (starts[:-1], ends[:-1]) if starts[-1] == len(body) else (starts, ends)
    second = buffer[np.minimum(starts + 1, len(body) - 1)]
    is_row = (buffer[starts] == _BAR) & ~np.isin(second, [ord(c) for c in "-=_+"])
    doubtful = np.flatnonzero((buffer[starts] == _BAR) & ~is_row)
    pieces, done, n_rulers, titles = [], 0, 0, []
    for i in sorted([*np.flatnonzero(~is_row & (ends > starts)).tolist()]):
        line = body[starts[i] : ends[i]].decode("utf-8")
        if i in doubtful and not is_ruler(line):
            continue
        if is_ruler(line):
            n_rulers += 1
        elif line.strip():
            titles.append((i + 1, line))
        pieces.append(body[done : starts[i]])
        done = int(ends[i])
    return Blanked(b"".join([*pieces, body[done:]]), n_rulers, tuple(titles))
