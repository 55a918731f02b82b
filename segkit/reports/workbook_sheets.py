"""Sheets of the workbook about segments and accounts: frames with the columns that `workbook.yml` names.

A function that returns a text has no rows: it is the key of the sentence that says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.monitoring.shaping import tell_reasons
from segkit.reports.workbook_further import further_segments
from segkit.reports.workbook_tables import RunTables

if TYPE_CHECKING:
    import pandas as pd


def segments_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per segment: size, shares, change since the previous run, confidence; what has a card, with its name."""
    sizes, cards = run.read("segment_sizes"), run.read("segment_cards")
    if sizes is None:
        return "workbook.absent"
    wanted = ["telling", "change_accounts", "change_revenue", "n_joined", "n_left", "median_revenue", "margin_rate"]
    if cards is not None:
        cards = cards.assign(telling=cards[f"telling_{run.language}"])
        sizes = sizes.merge(cards[["segment_id", *wanted]], on="segment_id", how="left")
    return sizes.sort_values("segment_id", key=run.place_of, kind="stable")


def accounts_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per account: its segments, its value and who looks after it; the largest revenue first."""
    segments, value, known = run.read("segments"), run.read("account_value"), run.read("accounts")
    if segments is None or value is None:
        return "workbook.absent"
    chosen = segments[["account_id", "segment_id", "since_quarter", "confidence", "is_manual"]]
    merged = value.merge(chosen, on="account_id", how="inner", validate="1:1")
    if known is not None:
        attributes = [c for c in ("account_id", "name", "owner_id", "team", "city", "industry") if c in known.columns]
        merged = merged.merge(known[attributes].drop_duplicates("account_id"), on="account_id", how="left")
    merged = merged.join(further_segments(run), on="account_id")
    return merged.sort_values(["revenue_12m", "account_id"], ascending=[False, True], kind="stable")


def movers_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per account that is in another segment than in the previous run, the most money first."""
    migration = run.read("migration")
    if migration is None:
        return run.why_none("migration", "workbook.no_previous")
    moved = migration[migration["cause"] != "stayed"]
    if moved.empty:
        return "workbook.empty_movers"
    moved = moved.assign(
        **{name: moved["account_id"].map(run.known[name]) for name in ("name", "owner_id", "team")},
        from_segment_id=moved["from_segment_id"].fillna("NEW"),
        to_segment_id=moved["to_segment_id"].fillna("GONE"),
        revenue_change=moved["revenue_12m"] - moved["revenue_before"].fillna(0),
        size=moved[["revenue_12m", "revenue_before"]].abs().max(axis=1),
    )
    moved = moved.sort_values(["size", "account_id"], ascending=[False, True], kind="stable")
    cause = run.in_words(moved["cause"], "migration.cause_")
    return moved.assign(reason=tell_reasons(moved, run.language, run.currency), cause=cause)


def matrix_sheet(run: RunTables) -> pd.DataFrame | str:
    """From × to: a row per segment before and measure, a column per segment now, as accounts and as money."""
    import pandas as pd

    flows = run.read("migration_flows")
    if flows is None:
        return run.why_none("migration_flows", "workbook.no_previous")
    order = ["NEW", *run.segments.index, "GONE"]
    blocks = []
    for measure, kind in (("n_accounts", "count"), ("revenue_before", "money"), ("revenue_12m", "money")):
        cells = flows.pivot_table(
            index="from_segment_id", columns="to_segment_id", values=measure, aggfunc="sum", observed=True
        )
        cells = cells.reindex(index=[x for x in order if x in cells.index], columns=[x for x in order if x in cells])
        cells = cells.assign(total=cells.sum(axis=1))
        block = cells.reset_index().assign(measure=run.say(f"workbook.measure_{measure}"), row_kind=kind)
        blocks.append(block)
    return pd.concat(blocks, ignore_index=True)


def flows_sheet(run: RunTables) -> pd.DataFrame | str:
    """One row per from, to and cause, the most accounts first; who stayed is in the matrix."""
    flows = run.read("migration_flows")
    if flows is None:
        return run.why_none("migration_flows", "workbook.no_previous")
    moved = flows[flows["cause"] != "stayed"]
    if moved.empty:
        return "workbook.empty_movers"
    keys = ["n_accounts", "from_segment_id", "to_segment_id", "cause"]
    moved = moved.sort_values(keys, ascending=[False, True, True, True], kind="stable")
    return moved.assign(cause=run.in_words(moved["cause"], "migration.cause_"))


def restatements_sheet(run: RunTables) -> pd.DataFrame | str:
    """What late bookings changed in quarters that were released, the largest difference first."""
    rows = run.read("restatements")
    if rows is None:
        return run.why_none("restatements", "workbook.empty_restatements")
    rows = rows.assign(name=rows["account_id"].map(run.known["name"]), size=rows["difference"].abs())
    return rows.sort_values(["quarter", "size", "account_id"], ascending=[False, False, True], kind="stable")


def rules_sheet(run: RunTables) -> pd.DataFrame | str:
    """The rules that give each segment, in words and as a condition, in the order in which they are tried."""
    from segkit.segments.findings import describe_rules_in_words

    rules, sizes, model = run.read("typing_rules"), run.read("segment_sizes"), run.model()
    if rules is None or sizes is None or model is None:
        return "workbook.absent"
    rules = rules.sort_values("step")
    said = [run.say(key, **numbers) for key, numbers in describe_rules_in_words(rules, model, sizes)]
    return rules.assign(sentence=said)
