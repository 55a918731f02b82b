"""What each sentence of the summary must say: in which quarter, and its numbers worked out again in plain pandas."""

from __future__ import annotations

import datetime as dt

from reports.expected_accounts import ACCOUNTS, accounts, compact, growing, largest_off, risky

__all__ = ["EXPECTED", "accounts", "compact", "growing", "risky"]

DAY = dt.date(2026, 9, 30)


def revenue(t):
    return {"revenue": t["account_value"]["revenue_12m"].sum()}


def overall(t):
    return t["kpis"][t["kpis"]["segment_id"] == "ALL"]


def change(t):
    kpis = overall(t)
    row = kpis[(kpis["quarter"] == kpis["quarter"].max()) & (kpis["kpi_id"] == "growth_12m")].iloc[0]
    return {"change": abs(row["value"])}


def value_of(kpi_id, *columns):
    def work_out(t):
        kpis = overall(t)
        row = kpis[(kpis["quarter"] == kpis["quarter"].max()) & (kpis["kpi_id"] == kpi_id)].iloc[0]
        return {column: row[column] for column in columns}

    return work_out


def difference(kpi_id, scale):
    def work_out(t):
        kpis = overall(t)
        kpis = kpis[kpis["kpi_id"] == kpi_id].set_index("quarter")["value"]
        return {"change": abs(round(scale * kpis.sort_index().diff().iloc[-1], 1))}

    return work_out


def names(t, segment_id, prefix="name"):
    row = t["segment_register"].set_index("segment_id").loc[segment_id]
    return {f"{prefix}_de": row["name_de"], f"{prefix}_en": row["name_en"]}


def share(column):
    def work_out(t):
        codes = t["segments"]["segment_id"]
        n, money = codes.value_counts(), t["account_value"]["revenue_12m"].groupby(codes).sum()
        place = (money if column == "revenue" else n).idxmax()
        shares = {"share_accounts": n[place] / n.sum(), "share_revenue": money[place] / money.sum()}
        return names(t, place) | {"n": n[place]} | shares

    return work_out


def flows(t, *causes):
    frame = t["migration_flows"]
    return frame[frame["cause"].isin(causes)]


def moved(t):
    own = flows(t, "customer")
    own = own[own["from_segment_id"] != "S5"]
    every = t["migration_flows"]
    n, n_all = own["n_accounts"].sum(), every.loc[every["from_segment_id"] != "NEW", "n_accounts"].sum()
    return {"n": n, "n_all": n_all, "share": n / n_all, "revenue": own["revenue_12m"].sum()}


def clear_flows(t):
    own = flows(t, "customer")
    own = own[(own["from_segment_id"] != "S5") & own["is_above_noise"].astype(bool)]
    stake = own[["revenue_12m", "revenue_before"]].max(axis=1)
    own = own.assign(stake=stake).sort_values("stake", ascending=False)
    return [
        names(t, r.from_segment_id, "from")
        | names(t, r.to_segment_id, "to")
        | {"n": r.n_accounts, "most": r.noise_high, "revenue": r.stake}
        for r in own.itertuples()
    ]


def counted(cause, *, gone=None, origin=None, money=None):
    def work_out(t):
        rows = flows(t, cause)
        rows = rows if gone is None else rows[rows["to_segment_id"].eq("GONE") == gone]
        rows = rows if origin is None else rows[rows["from_segment_id"] == origin]
        found = {"n": rows["n_accounts"].sum()}
        return found if money is None else found | {"revenue": rows[money].sum()}

    return work_out


def step(t, name, column="revenue"):
    lines = t["reconciliation"]
    return lines.loc[lines["step"].str.startswith(name), column].sum()


def used(t):
    money = {name: step(t, name) for name in ("used", "excluded", "quarantined")}
    return money | {"delivered": step(t, "in") - step(t, "later"), "n_quarantined": step(t, "quarantined", "n_rows")}


def restated(t):
    rows = t["restatements"]
    by_quarter = [abs(rows.loc[rows["quarter"] == q, "difference"].sum()) for q in rows["quarter"].unique()]
    return {"n": rows["account_id"].nunique(), "n_quarters": len(by_quarter), "difference": sum(by_quarter)}


COUNTS = {"n": 2, "n_all": 4, "n_available": 3}
MONTHS = {"months": 15}
REVIEW = {"quarter": "Q2 2025", "due": dt.date(2026, 6, 30)}
PLAIN = {  # said or headed without a number: in which quarter it stands
    "full": """section_segments section_moves section_risks section_chances section_decisions section_criteria
        section_data section_small label_revenue label_active label_retention label_churn label_margin
        column_segment column_accounts column_revenue column_share column_margin column_change
        column_trait column_customer column_before column_now column_days column_risk column_growth
        kind_falling kind_lost small_rates decide_release tile_noise""",
    "quiet": "lead_calm moved_noise risk_none chance_none restated_none tile_same tile_same_year decide_nothing",
    "falling": "moved_nobody tile_unknown",
    "first": """kind_silent moved_first risk_no_year chance_no_year data_no_margin data_no_accounts data_no_controls
        tile_no_year tile_no_before""",
    "incomplete": "moved_incomplete risk_incomplete chance_incomplete",
    "opportunities": "data_opportunities",
    "nothing": "headline_nothing segments_missing moved_missing criteria_missing",
}
NUMBERED = {
    "kicker": ("full", {"quarter": "Q3 2026"}),
    "headline_incomplete": ("incomplete", {"as_of": DAY}),
    "headline_level": ("first", lambda t: {"n": (t["account_value"]["revenue_12m"] > 0).sum()} | revenue(t)),
    "headline_grown": ("full", lambda t: revenue(t) | change(t)),
    "headline_fell": ("falling", lambda t: revenue(t) | change(t)),
    "headline_steady": ("quiet", revenue),
    "tile_million": ("full", lambda t: {"value": revenue(t)["revenue"]}),
    "tile_count": ("full", value_of("n_active_accounts", "value")),
    "tile_percent": ("full", value_of("retention", "value")),
    "tile_range": ("full", value_of("margin_rate", "low", "high")),
    "tile_small": ("falling", {"n": 12}),
    "tile_grown": ("full", change),
    "tile_fell": ("falling", change),
    "tile_more": ("full", difference("n_active_accounts", 1)),
    "tile_fewer": ("falling", difference("n_active_accounts", 1)),
    "tile_up": ("falling", difference("retention", 100)),
    "tile_down": ("full", difference("revenue_churn", 100)),
    "segment_largest": ("full", share("revenue")),
    "segment_most": ("full", share("accounts")),
    "segment_doubtful": ("full", lambda t: {"n": t["segment_sizes"]["n_doubtful"].sum(), "n_all": len(t["segments"])}),
    "rows_more": ("full", lambda t: {"shown": 5, "n": len(risky(t))}),
    "moved_total": ("full", moved),
    "moved_flow": ("full", lambda t: clear_flows(t)[:3]),
    "moved_more": ("full", lambda t: {"n": len(clear_flows(t)) - 3}),
    "moved_new": ("full", counted("new", money="revenue_12m")),
    "moved_aged": ("full", counted("customer", origin="S5")),
    "moved_lapsed": ("full", counted("lost", gone=False, money="revenue_before")),
    "moved_gone": ("full", counted("lost", gone=True)),
    "moved_merged": ("full", counted("merged")),
    "moved_segment": ("full", counted("segment")),
    "moved_manual": ("full", counted("manual")),
    "drift_none": ("quiet", {"n": 4}),
    "drift_shifted": (
        "full",
        {
            "n": 2,
            "n_all": 3,
            "names_de": "Umsatz mit uns im Jahr, Tage seit dem letzten Kauf",
            "names_en": "Revenue with us a year, Days since the last purchase",
        },
    ),
    "criteria": ("full", COUNTS | {"names_de": "Letzter Kauf, Branche", "names_en": "Last order, Industry"}),
    "criteria_none": ("falling", COUNTS),
    "criteria_best": ("full", {"name_de": "Letzter Kauf", "name_en": "Last order", "power": 0.41}),
    "criteria_sensitive": ("full", {"n": 1}),
    "review_next": ("quiet", REVIEW | {"due": dt.date(2027, 3, 31)}),
    "review_due": ("full", REVIEW),
    "data_agrees": ("quiet", {"n": 3}),
    "data_above": ("full", lambda t: largest_off(t) | {"n": 2, "n_all": 3}),
    "data_below": ("falling", lambda t: largest_off(t) | {"n": 1, "n_all": 3}),
    "data_used": ("full", used),
    "data_all_used": ("tiny", {"used": 8e6}),
    "data_short": ("first", {"days": 400}),
    "data_gaps": ("full", {"n_all": 1262, "n_industry": 70, "n_employees": 170}),
    "restated": ("full", restated),
    "decide_complete": ("incomplete", {"end": DAY}),
    "decide_controls": ("full", lambda t: {k: v for k, v in largest_off(t).items() if k != "share"}),
    "decide_moved": ("full", lambda t: clear_flows(t)[0]),
    "decide_review_keep": ("incomplete", MONTHS),
    "decide_review_relabel": ("falling", MONTHS),
    "decide_review_refit": ("first", MONTHS),
    "decide_quarantine": (
        "first",
        lambda t: {"n": step(t, "quarantined", "n_rows"), "revenue": step(t, "quarantined")},
    ),
    "open_page": ("full", {"title_de": "Datenbereinigung", "title_en": "Data cleansing"}),
    "small_range": ("full", {"level": 0.95}),
    "small_large": ("full", {"abc_a": 0.8}),
    "small_moves": ("full", {"level": 0.95}),
    "footer_released": ("quiet", {"author": "A. Weber", "day": "2026-10-06", "run_id": "abc123def456", "as_of": DAY}),
    "footer_draft": ("full", {"run_id": "abc123def456", "as_of": DAY}),
    **ACCOUNTS,
}
EXPECTED = {
    **{f"summary.{key}": (name, {}) for name, keys in PLAIN.items() for key in keys.split()},
    **{f"summary.{key}": entry for key, entry in NUMBERED.items()},
}
