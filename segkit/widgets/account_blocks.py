"""Everything else that is known of an account: one short table per kind of data, and what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.widgets.account_words import Words

if TYPE_CHECKING:
    import pandas as pd

MOST_ROWS, PAPER_ROWS = 5, 3  # on a screen; on paper, where all stands on one sheet
LAST_ONLY = {"invoices"}  # its query returns the last few; how many there are in all it does not say
COLUMNS = {  # block → column and kind of segkit.texts.show, in the order in which they are shown
    "segmentations": [("segmentation", "text"), ("placed", "text"), ("sure", "percent"), ("is_moved", "bool")],
    "invoices": [("invoice_date", "date"), ("invoice_id", "text"), ("revenue", "money"), ("margin", "money")],
    "bought": [("product", "text"), ("n_orders", "count"), ("revenue", "money"), ("last_date", "date")],
    "opportunities": [("stage", "text"), ("product", "text"), ("amount", "money"), ("created_date", "date")],
    "contracts": [("contract_type", "text"), ("annual_value", "money"), ("end_date", "date"), ("ends", "text")],
    "tickets": [("category", "text"), ("priority", "text"), ("created_date", "date")],
    "contacts": [
        *(("contact", "text"), ("job_title", "text"), ("need", "text")),
        *(("consent", "bool"), ("is_contactable", "bool")),
    ],
    "installed_base": [("machine", "text"), ("site_id", "text"), ("built", "date")],
    "competitors": [("competitor", "text"), ("share", "percent"), ("bound_until", "date")],
    "surveys": [("survey_date", "date"), ("question", "text"), ("answer", "number"), ("comment", "text")],
    "care_costs": [("cost_type", "text"), ("cost", "money")],
}


def blocks(data: Mapping[str, Any], products: pd.DataFrame | None, as_of: Any, words: Words) -> dict[str, Any]:
    """Return the blocks with rows, and one sentence each on what there is none of and what is not known.

    Parameters
    ----------
    data : mapping
        What `account_data` returns, with ``invoices`` and ``bought`` from the queries ``account_<name>``.
    products : DataFrame or None
        Table `products`, for names beside product numbers.
    as_of : Timestamp
        The run's as-of.
    words : Words
        Language, currency and names.
    """
    shown = []
    lacking: dict[str, list[str]] = {"none": [], "missing": []}
    for name in COLUMNS:
        frame = data.get(name)
        if frame is None and name == "segmentations":  # a project with one lacks nothing
            continue
        shaped = frame if frame is None or name not in _SHAPES else _SHAPES[name](frame, as_of, words)
        if shaped is None or shaped.empty:
            lacking["missing" if shaped is None else "none"].append(words.say(f"block_{name}"))
        else:
            shown.append(_block(name, _with_product(shaped, products), words))
    said = {key: words.say(key, names=", ".join(names)) if names else "" for key, names in lacking.items()}
    return {"blocks": shown} | said


def _block(name: str, frame: pd.DataFrame, words: Words) -> dict[str, Any]:
    columns = [(c, kind) for c, kind in COLUMNS[name] if c in frame.columns and frame[c].notna().any()]
    shown = frame.head(MOST_ROWS)
    cells = [[_cell(value, kind, words) for value in shown[c]] for c, kind in columns]
    return {
        "id": name,
        "title": words.say(f"block_{name}"),
        "heads": [words.say(f"col_{c}") for c, _ in columns],
        "kinds": [_CSS.get(kind, "num") for _, kind in columns],
        "rows": [list(row) for row in zip(*cells, strict=True)],
        "note": "" if name in LAST_ONLY else _more(len(frame), MOST_ROWS, words),
        "paper": "" if name in LAST_ONLY else _more(len(frame), PAPER_ROWS, words),
    }


def _more(n: int, most: int, words: Words) -> str:
    return words.say("display.rows", shown=most, n=n) if n > most else ""


_CSS = {"text": "", "bool": "", "date": "date"}


def _cell(value: Any, kind: str, words: Words) -> str:
    if kind == "bool":
        return "" if value is None or str(value) in ("<NA>", "nan") else words.say("yes" if value else "no")
    return words.show(value, kind)


def _with_product(frame: pd.DataFrame, products: pd.DataFrame | None) -> pd.DataFrame:
    """Add `product`: its name, or its number where it has none."""
    if "product_id" not in frame.columns:
        return frame
    if products is None:
        return frame.assign(product=frame["product_id"])
    names = products.drop_duplicates("product_id").set_index("product_id")["product_name"]
    return frame.assign(product=frame["product_id"].map(names).fillna(frame["product_id"]))


def _opportunities(frame: pd.DataFrame, _as_of: Any, _words: Words) -> pd.DataFrame:
    """Open ones, latest first."""
    return frame[~frame["is_closed"].fillna(False).astype(bool)].sort_values("created_date", ascending=False)


def _tickets(frame: pd.DataFrame, _as_of: Any, _words: Words) -> pd.DataFrame:
    """Open ones, oldest first."""
    return frame[frame["closed_date"].isna()].sort_values("created_date")


def _contracts(frame: pd.DataFrame, as_of: Any, words: Words) -> pd.DataFrame:
    """Running ones by their end, then those that have ended."""
    import pandas as pd

    ordered = frame.sort_values("end_date", ascending=False)
    is_over = ordered["end_date"] < as_of
    running, over = ordered[~is_over].sort_values("end_date"), ordered[is_over]
    ends = [words.say("ends_in", days=(end - as_of).days) if end == end else "" for end in running["end_date"]]
    return pd.concat([running.assign(ends=ends), over.assign(ends=words.say("ended"))])


def _segmentations(frame: pd.DataFrame, _as_of: Any, words: Words) -> pd.DataFrame:
    return frame.assign(**{name: frame[f"{name}_{words.language}"] for name in ("segmentation", "placed")})


def _contacts(frame: pd.DataFrame, _as_of: Any, words: Words) -> pd.DataFrame:
    if f"need_{words.language}" in frame.columns:
        frame = frame.assign(need=frame[f"need_{words.language}"])
    names = frame["first_name"].fillna("").str.cat(frame["last_name"].fillna(""), sep=" ").str.strip()
    return frame.assign(contact=names.where(names != "", frame["contact_id"]))


def _surveys(frame: pd.DataFrame, _as_of: Any, _words: Words) -> pd.DataFrame:
    return frame.sort_values(["survey_date", "question"], ascending=[False, True])


def _care_costs(frame: pd.DataFrame, as_of: Any, _words: Words) -> pd.DataFrame:
    """Cost of the last twelve months by kind."""
    import pandas as pd

    recent = frame[frame["cost_date"] > as_of - pd.DateOffset(months=12)]
    sums = recent.assign(cost=recent["cost"].astype(float)).groupby("cost_type")["cost"].sum()
    return sums.sort_values(ascending=False).reset_index()


_SHAPES = {
    "segmentations": _segmentations,
    "opportunities": _opportunities,
    "tickets": _tickets,
    "contracts": _contracts,
    "contacts": _contacts,
    "surveys": _surveys,
    "care_costs": _care_costs,
}
