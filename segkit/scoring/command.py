"""`segkit score`: from a file to a file, or nothing at all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.errors import UserError
from segkit.project import Project
from segkit.scoring.reading import ToScore, fill_known, read_to_score
from segkit.scoring.score import Scored, choose_kit, describe_check, score_rows
from segkit.store import read_frame, read_json, written_whole

if TYPE_CHECKING:
    import pandas as pd

ENDINGS = (".csv", ".xlsx")
STYLES = {"de": (";", ","), "en": (",", ".")}
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def score_file(project: Project, path: Path, out: Path, segmentation: str = "", quarter: str = "") -> dict[str, Any]:
    """Score a file and write the answers; return what was done.

    Parameters
    ----------
    project : Project
        With a complete run.
    path : Path
        CSV or Excel with new accounts or leads.
    out : Path
        ``.csv`` or ``.xlsx``: the file's own columns, then the answers of `score_rows`.
    segmentation : str
        Id; empty means the primary one.
    quarter : str
        Empty means the newest run.

    Returns
    -------
    dict
        file, out, quarter, segmentation, kit, n_rows, n_placed, segments (id → rows), accuracy (value, low, high of
        held-back accounts), check (sentences), drift (rows of `compare_with`).

    Raises
    ------
    UserError
        No run, no such segmentation, fields missing, an unknown ending: all before anything is written.
    """
    if out.suffix.lower() not in ENDINGS:
        raise UserError(f"--out {out.name}: the answers are written as .csv or .xlsx.")
    if out.resolve() == path.resolve():
        raise UserError(f"--out {out.name} is the file to score itself. Choose another name.")
    run, chosen = _run_of(project, quarter)
    about = segmentation or project.settings_at(chosen).segmentations.primary
    model = _model_of(run, about, str(chosen))
    language = project.settings.language
    wanted = dict.fromkeys(name for kit in model["kits"].values() for name in kit["fields"])
    file = read_to_score(path, project.settings.sources, wanted)
    fill_known(file, read_frame(run / "tables" / "accounts.parquet"), wanted)
    kit = choose_kit(file, model["kits"], f"{chosen}, segmentation {about}")
    register = read_frame(run / "tables" / "segment_register.parquet")
    register = register[register["segmentation_id"] == about].set_index("segment_id")
    scored = score_rows(file, kit, model["kits"][kit], register[f"name_{language}"].to_dict(), language)
    write_answers(file, scored, out, language)
    held = read_frame(run / "tables" / "typing_quality.parquet")
    held = held[(held["segmentation_id"] == about) & (held["kit"] == kit)].set_index("metric")
    counts = scored.answers["segment_id"].value_counts().sort_index()
    return {
        "file": file.name,
        "out": str(out),
        "quarter": str(chosen),
        "segmentation": about,
        "kit": kit,
        "n_rows": len(scored.answers),
        "n_placed": int((~scored.answers["is_abstained"]).sum()),
        "segments": {str(name): int(n) for name, n in counts.items()},
        "columns": {name: header for name, header in file.headers.items() if name in wanted},
        "accuracy": {name: _plain(held.at["accuracy_placed", name]) for name in ("value", "low", "high")},
        "check": describe_check(scored, file, language),
        "drift": scored.drift,
    }


def describe_score(found: dict[str, Any]) -> list[str]:
    """Return what `score_file` did, line by line."""
    told = ", ".join(f"{name} {n:,}" for name, n in found["segments"].items())
    columns = ", ".join(f"{name} from '{header}'" for name, header in found["columns"].items())
    held = found["accuracy"]
    lines = [
        f"{found['file']}: {found['n_placed']:,} of {found['n_rows']:,} rows placed by the rule {found['kit']} of "
        f"{found['quarter']}, segmentation {found['segmentation']} ({told})",
        f"  read: {columns}",
    ]
    if held["value"] is not None:
        lines.append(
            f"  of the held-back accounts that it placed {held['value']:.1%} were right "
            f"(95 %: {held['low']:.1%} to {held['high']:.1%})"
        )
    return [*lines, *(f"  - {sentence}" for sentence in found["check"]), f"Answers: {found['out']}"]


def _run_of(project: Project, quarter: str) -> tuple[Path, Any]:
    done = project.quarters()
    if not done:
        raise UserError(f"There is no run to score with yet. Make one with `segkit run {project.folder}`.")
    chosen = project.quarter(quarter) if quarter else done[-1]
    if chosen not in done:
        raise UserError(f"{chosen}: there is no run. There are {', '.join(map(str, done))}.")
    return project.run_folder(chosen), chosen


def _model_of(run: Path, about: str, quarter: str) -> dict[str, Any]:
    held = sorted(path.stem.removeprefix("typing_") for path in (run / "models").glob("typing_*.json"))
    if not held:
        raise UserError(f"{quarter} was run by a version that could not place new accounts yet. Run it again.")
    if about not in held:
        raise UserError(f"--segmentation {about}: {quarter} has {', '.join(held)}.")
    model: dict[str, Any] = read_json(run / "models" / f"typing_{about}.json")
    if model["why_not"] or not model["kits"]:
        key, numbers = model["why_not"] or ["typing.no_fields", {}]
        raise UserError(f"{quarter}, {about}: {texts.say(key, 'en', **numbers)}")
    return model


def write_answers(file: ToScore, scored: Scored, out: Path, language: str) -> None:
    """Write the rows of a file with their answers; text that a spreadsheet would take for a formula is disarmed.

    CSV is UTF-8 with byte order mark, with ``;`` and decimal comma in German, as spreadsheets expect it there.
    """
    import pandas as pd

    taken = {name: f"{name} ({file.name})" for name in scored.answers if name in file.rows}
    whole = pd.concat([file.rows.rename(columns=taken), scored.answers], axis=1)
    with written_whole(out) as temporary:
        if out.suffix.lower() == ".csv":
            delimiter, decimal = STYLES[language]
            safe = whole.map(_guarded).rename(columns=_guarded)
            text = safe.to_csv(index=False, sep=delimiter, decimal=decimal, lineterminator="\r\n")
            temporary.write_bytes(text.encode("utf-8-sig"))
        else:
            _write_workbook(whole, temporary)


def _write_workbook(whole: pd.DataFrame, path: Path) -> None:
    """Write a workbook in which every text is text, never a formula or link."""
    import datetime as dt

    from xlsxwriter import Workbook

    book = Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
    book.set_properties({"created": dt.datetime(2000, 1, 1)})
    sheet, head = book.add_worksheet("segkit"), book.add_format({"bold": True, "bottom": 1})
    for column, name in enumerate(whole.columns):
        sheet.write_string(0, column, str(name), head)
        for row, value in enumerate(whole[name], start=1):
            if isinstance(value, bool):
                sheet.write_boolean(row, column, value)
            elif isinstance(value, float):
                sheet.write_number(row, column, value)
            else:
                sheet.write_string(row, column, str(value))
    sheet.freeze_panes(1, 0)
    book.close()


def _guarded(value: Any) -> Any:
    return (
        f"'{value}" if isinstance(value, str) and value.startswith(FORMULA_STARTS) and not _is_number(value) else value
    )


def _is_number(text: str) -> bool:
    return text[:1] in "+-" and text[1:].replace(".", "", 1).replace(",", "", 1).isdigit()


def _plain(value: Any) -> float | None:
    return None if value != value else float(value)
