"""What the sentences on single accounts must say, worked out again in plain pandas."""

from __future__ import annotations

from segkit import texts


def accounts(t):
    frame = t["account_value"].merge(t["segments"][["account_id", "segment_id"]], on="account_id")
    if "accounts" in t:
        return frame.merge(t["accounts"][["account_id", "name"]], on="account_id").assign(
            name=lambda f: f["name"].map(cut)
        )
    return frame.assign(name=frame["account_id"])


def cut(name):
    return name if len(name) <= 38 else name[:37].rstrip() + "…"


def was_large(before):
    """The accounts that together brought 80 % a year ago, the one that crosses the limit included."""
    total = before[before > 0].sum()
    return before.map(lambda x: x > 0 and before[before > x].sum() / total < 0.8)


def risky(t):
    v = accounts(t)
    before, now = v["revenue_prev_12m"], v["revenue_12m"]
    large = (v["abc_class"] == "A") | was_large(before) | (v["segment_id"] == "KEY")
    lost = (now <= 0) & (before > 0)
    silent = ~lost & (v["days_since_last"] > 180)
    falling = ~lost & ~silent & (before > 0) & (now <= 0.75 * before)
    v = v.assign(kind=lost * 1 + silent * 2 + falling * 3, loss=before - now)
    v = v[large & (v["kind"] > 0)]
    return v.assign(stake=v["loss"].fillna(v["revenue_12m"])).sort_values("stake", ascending=False)


def growing(t):
    v = accounts(t)
    v = v[v["abc_class"].isin(["A", "B"]) & (v["revenue_prev_12m"] > 0)]
    v = v[v["revenue_12m"] >= 1.25 * v["revenue_prev_12m"]]
    return v.assign(gain=v["revenue_12m"] - v["revenue_prev_12m"]).sort_values("gain", ascending=False)


def risk(kind, **more):
    def work_out(t):
        rows = risky(t)
        rows = rows[rows["kind"] == kind]
        sums = {"before": rows["revenue_prev_12m"].sum(), "now": rows["revenue_12m"].sum()}
        return {"n": len(rows), **sums, **more}

    return work_out


def risk_first(t):
    rows = risky(t)
    first = rows.iloc[0]
    money = {"before": first["revenue_prev_12m"], "now": first["revenue_12m"]}
    return {"n": len(rows), "name": first["name"], **money}


def growing_sum(t):
    rows = growing(t)
    return {"n": len(rows), "gain": rows["gain"].sum(), "growth": 0.25}


def growing_first(t):
    rows = growing(t)
    return {"n": len(rows), "name": rows["name"].iloc[0], "gain": rows["gain"].iloc[0]}


def silent_key(t):
    """In these tables every account buys every eight days."""
    v = accounts(t)
    v = v[(v["segment_id"] == "KEY") & (v["days_since_last"] > 32) & ~v["account_id"].isin(risky(t)["account_id"])]
    v = v.sort_values("days_since_last", ascending=False)
    return {"n": len(v), "name": v["name"].iloc[0], "days": v["days_since_last"].iloc[0], "interval": 8.0}


def new(t):
    v = t["account_value"]
    rows = v[(v["revenue_prev_12m"] == 0) & (v["tenure_days"] <= 365) & (v["revenue_12m"] > 0)]
    money = rows["revenue_12m"].sum()
    return {"n": len(rows), "revenue": money, "share": money / v["revenue_12m"].sum()}


def carried(t):
    v = t["account_value"]
    large, money = v["abc_class"] == "A", v["revenue_12m"]
    return {"n": large.sum(), "n_all": (money > 0).sum(), "share": money[large].sum() / money[money > 0].sum()}


def largest_off(t):
    rows = t["control_totals"]
    row = rows[rows["is_off"]].sort_values("deviation", key=abs, ascending=False).iloc[0]
    return {"year": str(row["fiscal_year"]), "deviation": abs(row["deviation"]), "share": abs(row["deviation_pct"])}


def compact(value):
    return texts.show(value, "million", "de_DE")


ACCOUNTS = {
    "lead_risk": ("full", lambda t: {"n": len(risky(t)), "loss": risky(t)["loss"].sum()}),
    "lead_growing": ("full", growing_sum),
    "lead_carried": ("first", carried),
    "risk_falling": ("full", risk(3, fall=0.25)),
    "risk_silent": ("full", risk(2, days=180)),
    "risk_silent_level": ("first", risk(2, days=180)),
    "risk_lost": ("full", risk(1)),
    "risk_key": ("full", silent_key),
    "chance_growing": ("full", growing_sum),
    "chance_new": ("full", new),
    "decide_risk": ("full", risk_first),
    "decide_silent": ("first", risk_first),
    "decide_growing": ("full", growing_first),
}
