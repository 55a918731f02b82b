"""Which table a file is, and which header is which column: from names and from values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from segkit.sources.aliases import file_hint, load_aliases, name_score
from segkit.sources.samples import ColumnSample, FileSample
from segkit.tables import INPUTS

CORE: dict[str, tuple[str, ...]] = {
    "invoices": ("invoice_date", "revenue", "account_id"),
    "accounts": ("account_id", "name"),
    "contacts": ("contact_id", "last_name"),
    "products": ("product_id", "product_name"),
    "opportunities": ("opportunity_id", "stage", "amount"),
    "leads": ("lead_id", "created_date"),
    "campaigns": ("campaign_id", "campaign_name"),
    "engagements": ("engagement_id", "engagement_date", "engagement_type"),
    "tickets": ("ticket_id", "created_date"),
    "contracts": ("contract_id", "start_date"),
    "surveys": ("survey_id", "question", "answer"),
    "care_costs": ("account_id", "cost", "cost_type"),
    "installed_base": ("account_id", "machine"),
    "sectors": ("industry_code", "growth"),
    "competitors": ("account_id", "competitor"),
    "orders": ("order_id", "order_date", "account_id"),
    "sales_areas": ("account_id", "sales_org", "channel"),
    "partners": ("account_id", "role", "partner_id"),
    "hierarchy": ("account_id", "parent_id", "valid_from"),
    "exchange_rates": ("currency", "rate_date", "rate"),
    "firmographics": ("record_id", "name"),
}
"""Columns without which a file is not taken for a table."""
ONLY_BY_NAME = {"firmographics"}
"""Tables whose files look like a list of accounts: only the file's name tells them apart."""
LEAST = 0.25
"""Confidence below which a header is not proposed."""
_MASTER_KEYS = {"accounts", "contacts", "products", "opportunities", "leads", "campaigns", "tickets", "contracts",
                "firmographics"}  # fmt: skip
_SHARED = {("accounts", "account_id", "name"), ("products", "product_id", "product_name")}
_BY_VALUES = 0.4
_REMARK = re.compile(r"\s*[(\[][^)\]]*[)\]]|\s*[/:*_]-?(in|innen)\b|__c$")
"""What a header may add to its name: (in EURO), [kW], /-in, *innen, and __c of Salesforce's own fields."""
_WITH_REMARK = 0.95
"""How sure a name is that stands there with such an addition."""


@dataclass
class Guess:
    """A file taken for a table: column → (header or formula, confidence 0–1)."""

    table: str
    sample: FileSample
    columns: dict[str, tuple[str, float]] = field(default_factory=dict)
    score: float = 0.0


def guess_table(sample: FileSample) -> Guess | None:
    """Return the most likely table of a file, None where it is none that is known.

    Parameters
    ----------
    sample : FileSample
        Headers and values of the file.

    Returns
    -------
    Guess or None
        A table needs its core columns (`CORE`); the line amount of invoices may be a formula.
    """
    tables = [table for table in CORE if table not in ONLY_BY_NAME or file_hint(sample.name, table)]
    guesses = [guess for table in tables if (guess := guess_columns(sample, table)) and _is_complete(guess)]
    return max(guesses, key=lambda guess: guess.score, default=None)


def guess_columns(sample: FileSample, table: str) -> Guess:
    """Return the headers of a file that would fill a table, complete or not."""
    guess = Guess(table, sample, _assign(sample, table))
    if table == "invoices":
        _add_formulas(guess)
        if file_hint(sample.name, table):
            _add_by_values(guess)
    confidences = [confidence for _, confidence in guess.columns.values()]
    core = [guess.columns.get(column, ("", 0.0))[1] for column in CORE[table]]
    explained = sum(confidences) / max(len(sample.columns), 1)
    guess.score = sum(core) / len(core) + min(explained, 1.0) + 0.3 * file_hint(sample.name, table)
    return guess


def _is_complete(guess: Guess) -> bool:
    if any(guess.columns.get(column, ("", 0.0))[1] < LEAST for column in CORE[guess.table]):
        return False
    if guess.table not in _MASTER_KEYS:
        return True
    key = guess.columns[CORE[guess.table][0]][0]
    return guess.sample.column(key).unique >= 0.8


def _assign(sample: FileSample, table: str) -> dict[str, tuple[str, float]]:
    """Return the best header for each column, each header once; an account's name may also be its key."""
    scored = []
    for name, aliases in load_aliases()["columns"][table].items():
        kind = INPUTS[table].columns[name].type
        is_key = table in _MASTER_KEYS and name == CORE[table][0]
        for position, column in enumerate(sample.columns):
            confidence = _header_score(column.header, aliases, kind == "id") * fit(column, kind, name, is_key)
            if confidence >= LEAST:
                scored.append((-confidence, position, name, column.header))
    chosen: dict[str, tuple[str, float]] = {}
    for confidence, _, name, header in sorted(scored):
        users = [other for other, (used, _) in chosen.items() if used == header]
        may_share = all({(table, name, other), (table, other, name)} & _SHARED for other in users)
        if name not in chosen and may_share:
            chosen[name] = (header, round(-confidence, 2))
    return {name: chosen[name] for name in INPUTS[table].columns if name in chosen}


def _header_score(header: str, aliases: list[str], is_id: bool) -> float:
    """Return how surely a header means a column, also where it adds a unit or a second gender to its name."""
    plain = _REMARK.sub("", header).strip()
    score = name_score(header, aliases, is_id)
    return max(score, _WITH_REMARK * name_score(plain, aliases, is_id)) if plain not in ("", header) else score


def fit(column: ColumnSample, kind: str, name: str, is_key: bool) -> float:
    """Return how well the values of a column agree with a type, 0–1."""
    if column.n_filled == 0:
        return 0.6
    if kind == "date":
        return _step(column.dates)
    if kind in ("money", "float", "int"):
        return _step(column.numbers) if column.dates < 0.5 or column.numbers > column.dates else 0.1
    if kind == "bool":
        return 1.0 if column.n_distinct <= 3 else 0.2
    if name == "email":
        return 1.0 if column.emails > 0.5 else 0.2
    if kind == "id":
        if column.dates > 0.5 and column.numbers < 0.9:
            return 0.1
        if is_key:
            return 1.0 if column.unique > 0.99 else 0.85 if column.unique > 0.8 else 0.3
        is_amount = column.decimals > 0.5 and column.letters < 0.1 and not _floats_only(column)
        return 0.4 if is_amount and name != "industry_code" else 1.0
    return 0.3 if column.dates > 0.5 else 1.0 if column.letters > 0.3 or name in ("phone", "period") else 0.5


def _floats_only(column: ColumnSample) -> bool:
    return all(example.endswith(".0") for example in column.examples)


def _step(share: float) -> float:
    return 1.0 if share > 0.9 else 0.6 if share > 0.5 else 0.1


def _add_formulas(guess: Guess) -> None:
    """Propose quantity × unit price where no header holds the line amount, and revenue − cost of goods as margin."""
    parts = {}
    for part, aliases in load_aliases()["formula"].items():
        scored = [(name_score(c.header, aliases) * _step(c.numbers), c.header) for c in guess.sample.columns]
        confidence, header = max(scored, default=(0.0, ""))
        if confidence > 0.5:
            parts[part] = (header, confidence)
    revenue = guess.columns.get("revenue", ("", 0.0))
    if revenue[1] < 0.6 and {"quantity", "unit_price"} <= set(parts):
        (quantity, sure), (price, also) = parts["quantity"], parts["unit_price"]
        text = f"{quoted(quantity)} * {quoted(price)}"
        if "discount" in parts:
            text += f" * {_discount(guess.sample.column(parts['discount'][0]))}"
        guess.columns["revenue"] = (text, round(min(sure, also) * 0.95, 2))
    elif "margin" not in guess.columns and "unit_cost" in parts and revenue[1] > 0.6:
        header, confidence = parts["unit_cost"]
        guess.columns["margin"] = (f"{quoted(revenue[0])} - {quoted(header)}", round(0.8 * confidence, 2))


def _discount(column: ColumnSample) -> str:
    is_share = column.largest <= 1 or column.has_percent
    return f"(1 - {quoted(column.header)})" if is_share else f"(1 - {quoted(column.header)} / 100)"


def quoted(header: str) -> str:
    """Return a header as it stands in a formula: in double quotes where it holds blanks or signs."""
    is_plain = header.replace("_", "a").isalnum() and not header[0].isdigit()
    return header if is_plain else f'"{header}"'


def _add_by_values(guess: Guess) -> None:
    """Fill what names did not tell: the only dates, the only amounts, the most repeated id."""
    used = {header for header, _ in guess.columns.values()}
    free = [c for c in guess.sample.columns if c.header not in used and c.n_filled]
    dates = [c for c in free if c.dates > 0.9]
    other: list[str] = list(load_aliases()["no_revenue"])
    amounts = [c for c in free if c.numbers > 0.9 and c.decimals > 0.3 and c.dates < 0.5]
    amounts = [c for c in amounts if not name_score(c.header, other)]
    ids = [c for c in free if c.dates < 0.5 and 0.002 < c.unique < 0.7 and c.decimals < 0.2]
    for name, candidates in (("invoice_date", dates), ("revenue", amounts)):
        if name not in guess.columns and len(candidates) == 1:
            guess.columns[name] = (candidates[0].header, _BY_VALUES)
    if "account_id" not in guess.columns and ids:
        guess.columns["account_id"] = (max(ids, key=lambda c: c.unique).header, round(_BY_VALUES * 0.8, 2))
