"""A file of new accounts or leads → the fields that a kit asks for, whatever its columns are called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from segkit.display import label_of
from segkit.errors import UserError
from segkit.settings.header_texts import alternatives
from segkit.sources.aliases import load_aliases, words_of
from segkit.sources.files import read_file
from segkit.sources.grids import DATE, NUMBER, Grid, fold, texts_of
from segkit.texts import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

ALSO = {
    "department": ("contacts", "department"),
    "seniority": ("contacts", "seniority"),
    "lead_source": ("leads", "source_name"),
    "name": ("leads", "company"),
    "account_id": ("leads", "lead_id"),
}
"""Columns that a file of leads calls otherwise."""
NOTHING = frozenset({"-", "–", "n/a", "k. a.", "k.a.", "nan", "null", "none"})
DERIVED = {
    "industry_division": ("industry_code",),
    "size_class": ("employees", "account_revenue"),
    "legal_form": ("name",),
}
"""Fields that can be worked out from others, as notebook 01 does."""


@dataclass
class ToScore:
    """A file to score: its rows as text under its own headers, and header of each of our columns."""

    name: str
    rows: pd.DataFrame
    headers: dict[str, str]
    unreadable: dict[str, list[int]] = field(default_factory=dict)
    """Field → rows (as a spreadsheet counts them) whose cell is no number."""

    def can_have(self, name: str) -> bool:
        """Say whether the file holds a field or what it is worked out from."""
        return name in self.headers or any(part in self.headers for part in DERIVED.get(name, ()))


def read_to_score(path: Path, sources: Any, wanted: Iterable[str]) -> ToScore:
    """Return a file with the headers that mean our columns.

    Parameters
    ----------
    path : Path
        CSV or Excel, also packed; of a workbook the first sheet with a table.
    sources : Sources
        Section `sources` of project.yml: the columns of accounts and leads say what headers mean; then count our own
        names of columns, their headings on pages, and the names under which exports usually call them.
    wanted : iterable of str
        Columns looked for, beside account_id and name and what fields are worked out from.

    Raises
    ------
    UserError
        When the file is missing, empty or holds no row.
    """
    import pandas as pd

    if not path.exists():
        raise UserError(f"{path}: there is no such file.")
    grids = read_file(path, path.name)
    grid = next((one for one in grids if one.cells.num_rows), None)
    if grid is None:
        raise UserError(f"{path.name}: there is a header, but no row below it. Nothing was scored.")
    texts = texts_of(grid, grid.headers)
    rows = pd.DataFrame({header: [cell.lstrip(NUMBER + DATE) for cell in texts[header]] for header in grid.headers})
    rows.index = pd.Index(grid.cells.column("row_number").to_pylist(), name="row_number")
    names = dict.fromkeys(["account_id", "name", *wanted, *(part for w in wanted for part in DERIVED.get(w, ()))])
    return ToScore(path.name, rows, match_columns(grid, names, sources))


def fill_known(file: ToScore, accounts: pd.DataFrame, names: Iterable[str]) -> None:
    """Take fields that the file lacks from the accounts already known, where it names their account_id.

    A list of leads often holds no more than the account: what table `accounts` knows of it becomes a further column
    ``<name> (known)``, if it knows anything of one of these accounts.
    """
    if "account_id" not in file.headers:
        return
    ids = file.rows[file.headers["account_id"]].str.strip()
    known = accounts.drop_duplicates("account_id").set_index("account_id")
    for name in names:
        if file.can_have(name) or name not in known:
            continue
        values = ids.map(known[name])
        if values.notna().any():
            pairs = zip(values, values.isna(), strict=True)
            texts = ["" if is_missing else _as_text(value) for value, is_missing in pairs]
            file.rows[f"{name} (known)"] = texts
            file.headers[name] = f"{name} (known)"


def _as_text(value: Any) -> str:
    """Return a value as text that is read back as itself, whatever the language: never 1.125 for a number."""
    if isinstance(value, str):
        return value
    return f"{float(value):.0f}" if float(value).is_integer() else f"{float(value):.6f}"


def match_columns(grid: Grid, names: Iterable[str], sources: Any) -> dict[str, str]:
    """Return our column → header of the file; each header means one column at most."""
    found: dict[str, str] = {}
    plain = {"".join(words_of(header)): header for header in reversed(grid.headers)}
    for name in names:
        for known in _known_as(name, sources):
            position = grid.field_of(known)
            header = grid.headers[position] if position is not None else plain.get("".join(words_of(known)))
            if header is not None and header not in found.values():
                found[name] = header
                break
    return found


def _known_as(name: str, sources: Any) -> list[str]:
    """Return the headers that mean a column, the surest first."""
    places = [("accounts", name)] + ([ALSO[name]] if name in ALSO else [])
    found = [name]
    for table, column in places:
        entries = sources[table] if table in sources else ()
        found += [text for entry in entries for text in alternatives(entry.columns.get(column, ()))]
    found += [label_of(name, language) for language in LANGUAGES]
    for table, column in places:
        found += load_aliases()["columns"].get(table, {}).get(column, [])
    return [header for header in found if header]


def read_fields(
    file: ToScore, fields: Mapping[str, str], levels: Mapping[str, Iterable[str]], language: str
) -> pd.DataFrame:
    """Return a column per field, typed and written as in the tables; what is no number is noted in the file.

    Parameters
    ----------
    fields : mapping
        Field → number or text.
    levels : mapping
        Field → values that the kit knows: spellings that differ in case, umlauts or blanks become these.
    language : str
        de or en: decides 1.234 where the column leaves it open.
    """
    import pandas as pd

    found = {}
    for name, kind in fields.items():
        if kind == "number":
            found[name] = _numbers(file, name, language)
        else:
            found[name] = _as_known(_texts(file, name, language), levels.get(name, ()))
    return pd.DataFrame(found, index=file.rows.index)


def _cells(file: ToScore, name: str) -> pd.Series:
    """Return the cells of a column, empty where they say that nothing is known (k. A., n/a, -)."""
    import pandas as pd

    from segkit.cleansing.forms.words import folded
    from segkit.cleansing.safe_values import missing_words

    if name not in file.headers:
        return pd.Series("", index=file.rows.index)
    nothing = {fold(word) for words in missing_words().values() for word in words} | NOTHING
    cells = file.rows[file.headers[name]].str.strip()
    return cells.where(~cells.map(lambda text: fold(text) in nothing or not folded(text)), "")


def _numbers(file: ToScore, name: str, language: str) -> pd.Series:
    import duckdb
    import pandas as pd

    from segkit.sources.numbers import settle_numbers, weigh_numbers

    cells = _cells(file, name)
    given = pd.DataFrame({"id": range(len(cells)), "v": cells.where(cells != "", None).to_numpy(), "n": 1})
    con = duckdb.connect()
    con.register("given", given.astype({"v": "str"}))
    con.execute("CREATE TEMP TABLE given_cells AS SELECT id, v, n::BIGINT AS n FROM given WHERE v IS NOT NULL")
    evidence = weigh_numbers(con, "given_cells", "readings")
    mark = evidence.mark or ("," if language == "de" else ".")
    settle_numbers(con, "readings", evidence, mark, evidence.mark is None)
    read = con.execute("SELECT id, number::DOUBLE AS number FROM readings ORDER BY id").df()
    con.close()
    numbers = pd.Series(float("nan"), index=cells.index)
    numbers.iloc[read["id"].to_numpy(int)] = read["number"].to_numpy(float)
    bad = cells.index[(cells != "") & numbers.isna()]
    if len(bad):
        file.unreadable[name] = [int(row) for row in bad]
    return numbers


def _texts(file: ToScore, name: str, language: str) -> pd.Series:
    if name in file.headers and name != "legal_form":
        cells = _cells(file, name)
        return cells.str.zfill(2).where(cells != "", "") if name == "industry_division" else cells
    if name == "industry_division":
        return _divisions(file)
    if name == "size_class":
        from segkit.cleansing.forms.sizes import size_classes

        heads, money = (_numbers(file, part, language) for part in DERIVED[name])
        return size_classes(heads, money)["size_class"].fillna("")
    if name == "legal_form":
        from segkit.cleansing.forms.names import name_forms, split_names

        written = (
            name_forms(_cells(file, name))["legal_form"].fillna("") if name in file.headers else _cells(file, name)
        )
        told = split_names(_cells(file, "name"))["legal_form"].fillna("")
        return written.where(written != "", told)
    return _cells(file, name)


def _divisions(file: ToScore) -> pd.Series:
    from segkit.cleansing.forms.industries import find_scheme, read_codes

    codes = _cells(file, "industry_code")
    codes = codes.where(codes != "")
    scheme = find_scheme(codes, file.headers.get("industry_code", ""))
    return read_codes(codes, scheme)["division"].fillna("")


def _as_known(cells: pd.Series, levels: Iterable[str]) -> pd.Series:
    from segkit.cleansing.forms.words import folded

    known = {folded(level).replace(" ", ""): level for level in levels if level}
    return cells.map(lambda text: known.get(folded(text).replace(" ", ""), text) if text else "")
