"""Thousands of tables in random dialects, written and read back: never a wrong value.

    python benchmarks/dialects.py [--files 5000] [--first 0] [--workers 2] [--write]

Prints Markdown; --write puts it into dialects.md beside this file. Ends with an error if a value was read that was not
written, a row appears or disappears, or two of a hundred files are refused. The files are those of
tests/sources/random_dialects.py; a seed makes the same file again.
"""

from __future__ import annotations

import argparse
import platform
import sys
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from sources.dialect_check import Outcome, check  # noqa: E402
from sources.random_dialects import write_export  # noqa: E402

from segkit.engines import connect  # noqa: E402

TRAITS = (
    "layout",
    "delimiter",
    "quote",
    "escape",
    "encoding",
    "line_end",
    "header",
    "pages",
    "number_formats",
    "damage",
)
_CHUNK = 25
_MOST_REFUSED = 0.02


def read_back(seeds: range) -> list[tuple[int, dict[str, str], Outcome]]:
    con = connect(threads=1)
    found = []
    for seed in seeds:
        export = write_export(seed)
        found.append((seed, export.traits, check(export, con)))
    return found


def table(outcomes: list[tuple[int, dict[str, str], Outcome]]) -> str:
    lines = [
        "| | files | refused | rows | read | set aside | files with a wrong value |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    groups: dict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for _, traits, outcome in outcomes:
        groups["", "**all**"].append(outcome)
        for trait in TRAITS:
            if trait in traits:
                groups[trait, traits[trait]].append(outcome)
    order = {trait: i for i, trait in enumerate(("", *TRAITS))}
    for (trait, value), group in sorted(
        groups.items(), key=lambda pair: (order[pair[0][0]], -len(pair[1]), pair[0][1])
    ):
        n_rows = sum(o.n_rows for o in group)
        n_refused, n_wrong = sum(bool(o.refused) for o in group), sum(bool(o.wrong) for o in group)
        read, aside = sum(o.n_read for o in group) / n_rows, sum(o.n_aside for o in group) / n_rows
        shown = value if not trait else f"{trait.replace('_', ' ')} `{_shown(value)}`"
        lines.append(f"| {shown} | {len(group):,} | {n_refused} | {n_rows:,} | {read:.2%} | {aside:.2%} | {n_wrong} |")
    return "\n".join(lines)


def _shown(value: str) -> str:
    return repr(value)[1:-1].replace("|", "¦") or "none"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--files", type=int, default=5000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    end = options.first + options.files
    chunks = [range(k, min(k + _CHUNK, end)) for k in range(options.first, end, _CHUNK)]
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes = [found for chunk in pool.map(read_back, chunks) for found in chunk]
    refused = [(seed, o.refused) for seed, _, o in outcomes if o.refused]
    wrong = [(seed, o.wrong) for seed, _, o in outcomes if o.wrong]
    text = (
        f"# Random dialects: {options.files:,} files from seed {options.first}\n\n"
        "Written by tests/sources/random_dialects.py, read by segkit. Rows set aside are in quarantine; most of them\n"
        "were damaged on purpose. A file counts as wrong if one value is read that was not written, or a row is made\n"
        f"up, or lost without being told. Python {platform.python_version()}.\n\n" + table(outcomes) + "\n"
    )
    print(text)
    for seed, sentence in refused[:20]:
        print(f"refused {seed}: {sentence[:200]}")
    for seed, told in wrong[:20]:
        print(f"wrong {seed}: {len(told)}: {told[:2]}")
    print(Counter(len(told) for _, told in wrong))
    if options.write:
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    return int(bool(wrong) or len(refused) > _MOST_REFUSED * len(outcomes))


if __name__ == "__main__":
    sys.exit(main())
