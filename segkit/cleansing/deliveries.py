"""Which delivery of each snapshot a run rests on, and of which day it is."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from segkit.project import SourceFile
from segkit.settings.sources import Sources
from segkit.tables import INPUTS, TABLES

if TYPE_CHECKING:
    import pandas as pd


def list_deliveries(files: Iterable[SourceFile]) -> pd.DataFrame:
    """Return the files behind accounts, contacts, products and other snapshots.

    Their attributes have no history: they are as known on the day of the delivery, also in runs of earlier quarters.

    Parameters
    ----------
    files : iterable of SourceFile
        What the run reads.

    Returns
    -------
    DataFrame
        table, source, known_on (date of the folder ``raw/<date>/``, else the day a run first met the file),
        is_dated (the folder says the day). Events are left out: they are cut at as-of by their own dates.
    """
    import pandas as pd

    rows = [
        (f.table, f.name, f.delivery or f.first_seen, f.delivery is not None)
        for f in files
        if INPUTS[f.table].kind == "snapshot"
    ]
    frame = pd.DataFrame(rows, columns=["table", "source", "known_on", "is_dated"])
    return frame.astype({"known_on": "datetime64[us]"}).drop_duplicates(["table", "source"])


def list_files(read: pd.DataFrame, files: Iterable[SourceFile], sources: Sources) -> pd.DataFrame:
    """Return the table files_read: how each file is written, and the system whose export it was recognised as.

    Parameters
    ----------
    read : DataFrame
        `segkit.sources.report.ReadReport.files`.
    files : iterable of SourceFile
        What the run reads.
    sources : Sources
        The section of project.yml, whose entries name their presets.
    """
    presets = {(f.table, f.name): sources[f.table][f.entry].preset for f in files}
    names = zip(read["table"], read["source"], strict=True)
    systems = [presets.get((table, source)) or presets.get((table, source.split("#")[0])) for table, source in names]
    return read.assign(system=systems).reindex(columns=list(TABLES["files_read"].columns))
