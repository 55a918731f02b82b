"""Twenty named accounts of real invoices: what the pages claim of them, and what the raw files say.

    python benchmarks/online_retail_accounts.py FOLDER --project DIR [--write]

FOLDER holds both deliveries of UCI's Online Retail data (502 and 352), DIR a project over them that has run 2011Q2 and
2011Q3. The claims are read from the tables of 2011Q3; the evidence is worked out here from the raw files alone, by
pandas, with none of the product's code. Which accounts: the movers with most revenue behind each reason, the account
most typical of each of the largest segments, and for the strongest criteria one in the middle of their best fifth.
Prints Markdown; --write puts it into docs/online_retail_accounts.md. Ends with an error unless there are twenty.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pandas as pd

from segkit.texts import say

QUARTER, NOW, BEFORE = "2011Q3", pd.Timestamp("2011-09-30"), pd.Timestamp("2011-06-30")
N_CLAIMS, N_TYPICAL, N_CRITERIA = 20, 5, 3
Claim = tuple[str, str, str, bool]  # account, claim, evidence, is true
NAMES = {
    **{"CustomerID": "account", "Customer ID": "account", "InvoiceNo": "invoice", "Invoice": "invoice"},
    **{"UnitPrice": "price", "Price": "price", "Quantity": "quantity"},
    **{"InvoiceDate": "day", "StockCode": "product"},
}
SILENT_DAYS, GROWING, FALLING = 180, 1.25, 0.75


def raw_lines(folder: Path) -> pd.DataFrame:
    """Lines with a customer: account, invoice, day, product, quantity, price, revenue; the overlap counts once."""
    first = pd.read_parquet(next(folder.glob("*.parquet"))).rename(columns=NAMES)
    drops = [pd.read_csv(path, dtype=str).rename(columns=NAMES) for path in sorted(folder.rglob("*.csv.gz"))]
    second = pd.concat(drops).astype({"price": float, "quantity": int})
    for frame in (first, second):
        frame["day"] = pd.to_datetime(frame["day"]).dt.normalize()
    lines = pd.concat([first[first["day"] < second["day"].min()], second], ignore_index=True)[
        list(dict.fromkeys(NAMES.values()))
    ]
    lines["account"] = lines["account"].astype("string").str.replace(r"\.0$", "", regex=True)
    return lines[lines["account"].notna()].assign(revenue=lines["quantity"] * lines["price"])


def figures(lines: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Per account up to a day: revenue of twelve months and of those before, orders, products, first and last day."""
    known = lines[lines["day"] <= as_of]
    year, two = as_of - pd.DateOffset(years=1), as_of - pd.DateOffset(years=2)
    last = known[known["day"] > year]
    sales = last[(last["quantity"] > 0) & (last["price"] > 0)]
    earlier = known[(known["day"] > two) & (known["day"] <= year)]
    found = known.groupby("account")["day"].agg(first_date="min", last_date="max")
    for name, values in {
        "revenue": last.groupby("account")["revenue"].sum(),
        "revenue_prev": earlier.groupby("account")["revenue"].sum(),
        "orders": sales.groupby("account")["invoice"].nunique(),
        "products": sales.groupby("account")["product"].nunique(),
        "n_lines": last.groupby("account").size(),
    }.items():
        found[name] = values.reindex(found.index).fillna(0)
    days = (as_of - found["last_date"]).dt.days
    return found.assign(days=days, growth=found["revenue"] / found["revenue_prev"].where(found["revenue_prev"] > 0) - 1)


def condition(reason: str, now: pd.Series, before: pd.Series | None, row: pd.Series) -> bool:
    """Say whether what a reason states is so in the raw figures, both then and now."""
    if reason == "first_invoice":
        return before is None and now["first_date"] > BEFORE
    assert before is not None
    silent, was_silent = now["days"] > SILENT_DAYS, before["days"] > SILENT_DAYS
    ratio = [f["revenue"] / f["revenue_prev"] if f["revenue_prev"] > 0 else float("nan") for f in (now, before)]
    year = NOW - pd.DateOffset(years=1)
    holds = {
        "silent": silent and not was_silent,
        "buys_again": was_silent and not silent,
        "lapsed": now["last_date"] <= year,
        "dormant": now["last_date"] <= NOW - pd.DateOffset(years=2),
        "back": before["last_date"] <= BEFORE - pd.DateOffset(years=1) and now["last_date"] > BEFORE,
        "no_longer_new": before["first_date"] > BEFORE - pd.DateOffset(years=1) and now["first_date"] <= year,
        "turned_growing": ratio[0] >= GROWING and not ratio[1] >= GROWING,
        "turned_falling": ratio[0] <= FALLING and not ratio[1] <= FALLING,
        "no_longer_growing": ratio[1] >= GROWING and not ratio[0] >= GROWING,
        "no_longer_falling": ratio[1] <= FALLING and not ratio[0] <= FALLING,
        "class_up": now["revenue"] > before["revenue"],
        "class_down": now["revenue"] < before["revenue"],
        "limit_fell": now["revenue"] < 1.01 * before["revenue"],
        "limit_rose": now["revenue"] > 0.99 * before["revenue"],
        "key": now["revenue"] > before["revenue"],
        "no_key": now["revenue"] < before["revenue"],
    }
    return bool(holds[reason])


def same_figures(row: pd.Series, raw: pd.Series, names: dict[str, str]) -> bool:
    """Say whether the product's figures of an account are those of the raw files, to the cent and to the day."""
    return all(abs(float(row[mine]) - float(raw[theirs])) < 0.005 for mine, theirs in names.items())


def movers(tables, now: pd.DataFrame, before: pd.DataFrame, segment: pd.Series, n: int) -> list[Claim]:
    """The movers with most revenue behind each reason, in turns."""
    moved = tables("migration")
    moved = moved[moved["cause"] != "stayed"].assign(money=moved[["revenue_12m", "revenue_before"]].max(axis=1))
    moved = moved.sort_values(["money", "account_id"], ascending=[False, True])
    moved = moved.assign(turn=moved.groupby("reason").cumcount()).sort_values("turn", kind="stable")
    found = []
    for _, row in moved.head(n).iterrows():
        account, reason = row["account_id"], row["reason"].removeprefix("migration.reason_")
        today, then = now.loc[account], before.loc[account] if account in before.index else None
        origin = segment.get(row["from_segment_id"], "not there before")
        claim = f"{origin} → {segment[row['to_segment_id']]}: {say(row['reason'], 'en', 'GBP', **row)}"
        is_true = same_figures(row, today, {"revenue_12m": "revenue", "days_since_last": "days"})
        if then is not None:
            is_true &= same_figures(row, then, {"revenue_before": "revenue", "days_before": "days"})
        found.append((account, claim, evidence(today, then), is_true and condition(reason, today, then, row)))
    return found


def evidence(now: pd.Series, before: pd.Series | None = None) -> str:
    """The raw figures in words."""
    text = (f"12 months to {NOW:%Y-%m-%d}: {now['revenue']:,.2f} in {now['orders']:.0f} invoices, the 12 before "
            f"{now['revenue_prev']:,.2f}; first line {now['first_date']:%Y-%m-%d}, last {now['last_date']:%Y-%m-%d} "
            f"({now['days']} days)")  # fmt: skip
    if before is None:
        return text
    return (f"{text}. To {BEFORE:%Y-%m-%d}: {before['revenue']:,.2f}, before {before['revenue_prev']:,.2f}; last "
            f"{before['last_date']:%Y-%m-%d} ({before['days']} days)")  # fmt: skip


def typical(tables, now: pd.DataFrame) -> list[Claim]:
    """The account most typical of each of the largest segments: its figures, and what its card says first."""
    cards = tables("segment_cards").set_index("segment_id").sort_values("revenue", ascending=False)
    traits = tables("segment_traits").query("rank == 1").set_index("segment_id")
    examples = tables("segment_examples").query("role == 'typical' and rank == 1").set_index("segment_id")
    raw = {"frequency_12m": "orders", "n_products_12m": "products", "days_since_last": "days"}
    found = []
    for segment_id in [s for s in cards.index if s in examples.index and s in traits.index][:N_TYPICAL]:
        row, trait = examples.loc[segment_id], traits.loc[segment_id]
        today, variable = now.loc[row["account_id"]], trait["variable"]
        name = cards.at[segment_id, "telling_en"]
        claim = f"typical of “{name}”: {row['revenue_12m']:,.2f} in {row['frequency_12m']} orders"
        figures_of = {"revenue_12m": "revenue", "frequency_12m": "orders", "days_since_last": "days"}
        is_true, shown = same_figures(row, today, figures_of), evidence(today)
        if variable in raw:
            own, is_above = today[raw[variable]], trait["value"] > trait["overall"]
            claim += f"; {variable} {'above' if is_above else 'below'} the {trait['overall']:,.0f} of all accounts"
            shown += f"; {variable} {own:,.0f}"
            is_true &= (own > trait["overall"]) == is_above
        found.append((row["account_id"], claim, shown, is_true))
    return found


def foreseen(tables, lines: pd.DataFrame) -> list[Claim]:
    """For the strongest criteria an account in the middle of their best fifth: did it buy more a year later?"""
    from segkit.criteria.catalogue import criteria_catalogue

    raw = {"n_products_12m": "products", "frequency_12m": "orders", "days_since_last": "days", "revenue_12m": "revenue"}
    chosen = tables("criteria").query("is_selected").sort_values("power", ascending=False)
    columns = {row.criterion_id: criteria_catalogue()[row.criterion_id].column for row in chosen.itertuples()}
    then, after = figures(lines, NOW - pd.DateOffset(years=1)), figures(lines, NOW)["revenue"]
    active = then[then["orders"] > 0]
    median = after.loc[active.index].median()
    found = []
    for row in [row for row in chosen.itertuples() if columns[row.criterion_id] in raw][:N_CRITERIA]:
        name = raw[columns[row.criterion_id]]
        best = active.sort_values([name, "revenue"], ascending=name == "days", kind="stable").head(len(active) // 5)
        account = best.index[len(best) // 2]
        claim = (f"criterion “{row.name_en}” (explains {row.power:.0%} of what was bought next): in the best fifth on "
                 f"2010-09-30, so it buys more in the next twelve months than the median account")  # fmt: skip
        shown = f"{name} {then.at[account, name]:,.0f} then; {after[account]:,.2f} after, median {median:,.2f}"
        found.append((account, claim, shown, bool(after[account] > median)))
    return found


def main() -> None:
    """Print or write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--project", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    folder = asked.project / "runs" / QUARTER / "tables"
    lines = raw_lines(asked.folder)
    now, before = figures(lines, NOW), figures(lines, BEFORE)

    def tables(name: str) -> pd.DataFrame:
        return pd.read_parquet(folder / f"{name}.parquet")

    segment = tables("segment_register").set_index("segment_id")["name_en"]
    others = typical(tables, now) + foreseen(tables, lines)
    found = movers(tables, now, before, segment, N_CLAIMS - len(others)) + others
    text = report(found, lines)
    print(text)
    if asked.write:
        (Path(__file__).parents[1] / "docs" / "online_retail_accounts.md").write_text(text, encoding="utf-8")
    sys.exit(0 if len(found) == N_CLAIMS else f"{len(found)} claims instead of {N_CLAIMS}")


def report(found: list[Claim], lines: pd.DataFrame) -> str:
    """The table as Markdown."""
    head = [
        "# Twenty accounts of real invoices: claim and evidence",
        "",
        "UCI Online Retail (502 and 352), 2011Q3. Each claim stands on a page of the run; the evidence comes from",
        "the raw files by pandas, with none of the product's code: `benchmarks/online_retail_accounts.py` writes this",
        "page. Of the movers it takes those with most revenue behind each reason, of the largest segments the most",
        "typical account, of the strongest criteria an account in the middle of their best fifth. A claim is true when",
        "its figures are those of the raw files, to the cent and to the day, and what it states holds. A criterion",
        "foresees on average, not for each account.",
        "",
        f"{len(lines):,} lines with a customer; {sum(f[3] for f in found)} of {len(found)} claims are true.",
        "",
        "| account | claim | invoice evidence | |",
        "|---|---|---|---|",
    ]
    rows = [
        f"| {account} | {claim} | {shown} | {'true' if is_true else '**false**'} |"
        for account, claim, shown, is_true in found
    ]
    return "\n".join([*head, *rows, ""])


if __name__ == "__main__":
    main()
