"""Records of companies from two public sources, as an analyst would hand them to the search for duplicates."""

from __future__ import annotations

from pathlib import Path

import pandas as pd


def charging_operators(folder: Path) -> pd.DataFrame:
    """Return one record for each operator, as it is spelt, and snapshot: record_id, system, name, postal_code, city.

    The files know where the charging stations stand, not where their operator sits: a place is given only to operators
    whose stations of all snapshots stand in one town.
    """
    parts = []
    for path in sorted(folder.glob("*.xlsx")):
        cells = pd.read_excel(path, header=None, engine="calamine", dtype=str)
        at = int(cells.index[cells.eq("Betreiber").any(axis=1)][0])
        rows = cells.iloc[at + 1 :].set_axis(cells.iloc[at].astype("str").str.strip(), axis=1)
        where = rows["Postleitzahl Ort"] if "Postleitzahl Ort" in rows else rows["Standort"]
        place = where.str.extract(r"(?P<postal_code>\b\d{4,5})\s+(?P<city>[^\d,]+)$")
        parts.append(place.assign(name=rows["Betreiber"].str.strip(), system=path.stem[-10:]))
    stations = pd.concat(parts, ignore_index=True).dropna(subset=["name"])
    stations["city"] = stations["city"].str.strip()
    by_name = stations.groupby("name")
    places = by_name[["postal_code", "city"]].first().where(by_name["city"].nunique() == 1)
    records = stations[["system", "name"]].drop_duplicates().sort_values(["system", "name"], ignore_index=True)
    records = records.merge(places, left_on="name", right_index=True)
    return records.assign(record_id=[f"L{number:05d}" for number in range(len(records))])


def grant_recipients(folder: Path) -> pd.DataFrame:
    """Return one record for each spelling and year: record_id, system, name."""
    parts = []
    for path in sorted(folder.glob("*.xlsx")):
        cells = pd.read_excel(path, header=None, engine="calamine", dtype=str)
        names = sorted(set(cells.iloc[2:, 1].dropna().str.strip()))
        parts.append(pd.DataFrame({"name": names, "system": path.stem[-4:]}))
    records = pd.concat(parts, ignore_index=True)
    return records.assign(record_id=[f"H{number:05d}" for number in range(len(records))])


def trivially_equal(names: pd.Series) -> pd.Series:
    """Return a key that is equal where names differ in case, punctuation, umlauts or bracketed legal forms only."""
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    bare = names.str.replace(r"\([^)]*\)", "", regex=True).str.lower().str.translate(umlauts)
    return bare.str.replace(r"[\W_]+", "", regex=True)
