"""What notebook 01 says about money: controlling's totals and what explains a deviation, currencies, both margins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.texts import LANGUAGES, NOTHING

if TYPE_CHECKING:
    import pandas as pd

Finding = tuple[str, dict[Any, Any]]
"""A key of the texts and the numbers of its sentence."""

LANGUAGE_TAGS = {"de": "de_DE", "en": "en_GB"}
ITEM_WORDS = {"step_": "cleansing.label", "type_": "cleansing.line", "month_": "cleansing.month"}


def describe_totals(control_totals: pd.DataFrame) -> list[Finding]:
    """Compare with controlling, one sentence a year; years that controlling does not name are not compared.

    Parameters
    ----------
    control_totals : DataFrame
        The table control_totals.
    """
    stated = control_totals[control_totals["controlling"].notna()]
    if control_totals.empty:
        return []
    if stated.empty:
        nothing_yet = control_totals["is_partial"].astype(bool).all()
        return [("cleansing.totals_not_yet" if nothing_yet else "cleansing.totals_not_stated", {})]
    return [(_total_key(year), year) for year in stated.to_dict("records")]


def _total_key(year: dict) -> str:
    if not year["delivered"] and year["is_partial"]:
        return "cleansing.total_without_data"
    if year["is_partial"]:
        return "cleansing.total_partial"
    return "cleansing.warn_total_off" if year["is_off"] else "cleansing.total_agrees"


def tabulate_totals(control_totals: pd.DataFrame) -> pd.DataFrame:
    """Return the comparison with controlling as a table to show: columns named so that money reads as money."""
    money = {name: f"revenue_{name}" for name in ("controlling", "delivered", "deviation", "used")}
    shown = control_totals.astype({"fiscal_year": "str"}).rename(columns=money)
    return shown[["fiscal_year", "revenue_controlling", "revenue_delivered", "revenue_deviation", "deviation_pct",
                  "revenue_used"]]  # fmt: skip


def totals_to_copy(control_totals: pd.DataFrame) -> dict[str, str]:
    """Return lines for project.yml, as HTML by language: the covered years that controlling has not named yet.

    Each line holds the delivered revenue, to be replaced by controlling's. Nothing, where no year is left to name.

    Parameters
    ----------
    control_totals : DataFrame
        The table control_totals.
    """
    open_years = control_totals[control_totals["controlling"].isna() & ~control_totals["is_partial"].astype(bool)]
    html: dict[str, str] = {}
    for language in LANGUAGES if len(open_years) else ():
        remark = texts.say("cleansing.totals_remark", language)
        lines = [f"  {year}: {delivered:.2f}   # {remark}" for year, delivered in _years(open_years)]
        copied = texts.escape("\n".join(["control_totals:", *lines]))
        html[language] = f'<pre class="copy">{copied}</pre>'
    return html


def _years(control_totals: pd.DataFrame) -> list[tuple[int, float]]:
    pairs = zip(control_totals["fiscal_year"], control_totals["delivered"], strict=True)
    return [(int(year), float(delivered)) for year, delivered in pairs]


def describe_deviations(deviations: pd.DataFrame, control_totals: pd.DataFrame) -> list[Finding]:
    """Say for each year that is off what would explain the deviation, or that nothing delivered does.

    Parameters
    ----------
    deviations, control_totals : DataFrame
        The tables of these names.
    """
    found: list[Finding] = []
    for year in control_totals[control_totals["is_off"].astype(bool)].to_dict("records"):
        parts = deviations[deviations["fiscal_year"] == year["fiscal_year"]].sort_values("place")
        if parts.empty:
            found.append(("cleansing.unexplained", year))
        for part in parts.to_dict("records"):
            words = {f"part_{language}": _part(part, language) for language in LANGUAGES}
            found.append(("cleansing.explained", {**part, **words}))
    return found


def _part(row: dict, language: str) -> str:
    """One part, or two, in words."""
    parts = [(row["kind"], row["item"]), (row["other_kind"], row["other_item"])]
    said = [
        texts.say(f"cleansing.part_{kind}", language, item=_item(str(kind), item, language))
        for kind, item in parts
        if isinstance(kind, str)
    ]
    return texts.say("cleansing.part_and", language, first=said[0], second=said[1]) if len(said) > 1 else said[0]


def _item(kind: str, item: Any, language: str) -> str:
    """What a part is about: a step, kind of line or month in words, a tax rate as a percentage."""
    if not isinstance(item, str):
        return NOTHING
    if kind.startswith("tax_"):
        return texts.show(float(item), "percent", LANGUAGE_TAGS[language])
    prefix = next((words for start, words in ITEM_WORDS.items() if kind.startswith(start)), None)
    return texts.say(f"{prefix}_{item}", language) if prefix and texts.has(f"{prefix}_{item}") else item


def describe_currencies(currencies: pd.DataFrame, currency: str, has_money: bool = True) -> list[Finding]:
    """Say per currency what was converted at which rates, and what has no rate or names no currency.

    Parameters
    ----------
    currencies : DataFrame
        The table currencies.
    currency : str
        The project's, which needs no rate.
    has_money : bool
        Whether there is a table of money.
    """
    found: list[Finding] = []
    for row in currencies.to_dict("records"):
        numbers = {name: value for name, value in row.items() if name != "currency"}
        numbers |= {"code": row["currency"], "project_currency": currency}
        words = {
            f"{name}_{language}": texts.show(row[name], "decimal", LANGUAGE_TAGS[language])
            for name in ("amount", "amount_without_rate")
            for language in LANGUAGES
        }
        rates = {
            f"{name}_{language}": _rate(row[name], language)
            for name in ("lowest_rate", "highest_rate")
            for language in LANGUAGES
        }
        if row["n_rows"]:
            same = row["lowest_rate"] == row["highest_rate"]
            found.append(
                (f"cleansing.currency_{'converted' if same else 'converted_range'}", {**numbers, **words, **rates})
            )
        if row["n_without_rate"]:
            key = "cleansing.warn_no_rate" if row["is_known"] else "cleansing.warn_unknown_currency"
            found.append((key, {**numbers, **words}))
    if found:
        return found
    return [("cleansing.currency_one", {"project_currency": currency}) if has_money else ("cleansing.no_money", {})]


def _rate(value: float, language: str) -> str:
    """A rate with all the digits it needs, with the language's decimal sign."""
    plain = f"{value:.6g}"
    return plain.replace(".", ",") if language == "de" else plain


def describe_margins(margins: pd.DataFrame) -> list[Finding]:
    """Say which margin is meant where, how much of the revenue has one, and why margin II is missing where it is.

    Parameters
    ----------
    margins : DataFrame
        The table margins.
    """
    if margins.empty:
        return [("cleansing.no_money", {})]
    if margins["margin"].isna().all():
        return [("cleansing.margins_none", {})]
    last = margins.iloc[-1].to_dict()
    found: list[Finding] = [("cleansing.margins_meant", {})]
    gaps = margins[margins["margin_coverage"] < 1]
    found += [("cleansing.margin_gaps", row) for row in gaps.tail(1).to_dict("records")]
    if margins["care_cost"].isna().all():
        return [*found, ("cleansing.margins_without_care", last)]
    without = margins[margins["care_cost"].isna()]["fiscal_year"]
    if len(without):
        found.append(("cleansing.margins_years_without_care", {"years": _named(without), "n": len(without)}))
    thin = margins[margins["care_cost"].notna() & margins["margin_after_care"].isna()]["fiscal_year"]
    return [*found, ("cleansing.margins_too_thin", {"years": _named(thin)})] if len(thin) else found


def _named(years: pd.Series) -> str:
    return ", ".join(str(year) for year in years)


def tabulate_margins(margins: pd.DataFrame) -> pd.DataFrame:
    """Return both margins by year as a table to show; rates are shares of the revenue that has a margin."""
    known = margins["revenue_with_margin"].astype(float)
    rate = (margins["margin"].astype(float) / known.where(known > 0)).astype(float)
    shown = margins.astype({"fiscal_year": "str"}).assign(margin_rate=rate)
    return shown.rename(columns={"care_cost": "cost_of_care", "margin_coverage": "covered_share"})[
        ["fiscal_year", "revenue", "covered_share", "margin", "margin_rate", "cost_of_care", "margin_after_care"]
    ]
