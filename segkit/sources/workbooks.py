"""Excel and OpenDocument worksheets → grids."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from segkit.errors import UserError
from segkit.settings.sources import Source
from segkit.sources.grids import Grid
from segkit.sources.sheets import Sheet, read_sheets


def read_workbook(data: bytes, name: str, source: Source | None = None, wanted: Iterable[str] = ()) -> list[Grid]:
    """Return the cells of a worksheet, or of several that have the same header.

    Parameters
    ----------
    data : bytes
        The workbook (xlsx, xlsm, xls, xlsb, ods).
    name : str
        The file as the user knows it.
    source : Source, optional
        Its settings; `sheet` names the worksheet. Else the one that fits `wanted` best or has the most cells is read,
        together with the others of the same header; hidden ones only where there is no other.
    wanted : iterable of str
        Headers that project.yml names.

    Returns
    -------
    list of Grid
        Named ``file.xlsx``, or ``file.xlsx[Januar]`` where there are several.

    Raises
    ------
    UserError
        "prices.xlsx has no sheet 'Daten'; it has Tabelle1, Tabelle2." and "prices.xlsx is empty …"
    """
    return read_sheets(_sheets(data, name, source.sheet if source else None), name, list(wanted))


def _sheets(data: bytes, name: str, wanted_sheet: str | None) -> Sequence[Sheet]:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        names = book.sheet_names
        if wanted_sheet is not None and wanted_sheet not in names:
            raise UserError(f"{name} has no sheet '{wanted_sheet}'; it has {', '.join(names)}.")
        hidden = {s.name for s in book.sheets_metadata if s.visible != SheetVisibleEnum.Visible}
        found = []
        for sheet in [wanted_sheet] if wanted_sheet is not None else names:
            cells = book.get_sheet_by_name(sheet)
            rows = cells.to_python(skip_empty_area=False)
            found.append(Sheet(sheet, rows, tuple(cells.merged_cell_ranges or ()), sheet in hidden))
        return found
    except CalamineError as error:
        raise UserError(
            f"{name} cannot be opened as a workbook ({error}). If it has a password, save it without; "
            "if it is damaged, export it again."
        ) from None
