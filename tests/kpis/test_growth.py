"""What changed revenue: parts by hand, planted changes, and that they always add up."""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from segkit.features.queries import query
from segkit.kpis import growth
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings
from segkit.store import write_frame
from segkit.texts import LANGUAGES, say

QUARTER = Quarter.parse("2026Q3")
THEN, BETWEEN, NOW = "2025-08-01", "2026-02-01", "2026-08-01"
COMPLETE = [str(QUARTER - back) for back in range(6)]
CON = duckdb.connect()
SETTINGS = KpiSettings(draws=200, min_accounts=2)
INVOICES = """
    account_id VARCHAR, invoice_date DATE, product_id VARCHAR, quantity DOUBLE, revenue DECIMAL(18,4), line_type VARCHAR
"""
GROUPS = pd.DataFrame({"product_id": ["cheap", "dear"], "product_group": ["pumps", "pumps"]})


def changes_of(lines: list[tuple], threads: int = 1, groups: pd.DataFrame | None = GROUPS):
    """Lines: account, day, product, quantity, revenue, kind of line."""
    CON.execute(f"SET threads = {threads}")
    CON.execute(f"CREATE OR REPLACE TABLE invoices ({INVOICES})")
    if lines:
        CON.executemany("INSERT INTO invoices VALUES (?, ?, ?, ?, ?, ?)", list(lines))
    plan = growth.plan_quarters(QUARTER, COMPLETE)
    found = query(CON, "growth_accounts", product_groups=growth.product_groups(groups), **plan)
    return found, plan["growth_quarters"]


def split(lines, now: dict[str, str] | None = None, then: dict[str, str] | None = None, **options) -> pd.DataFrame:
    changes, quarters = changes_of(lines, **options)

    def held(of: dict[str, str] | None, quarter: Quarter) -> pd.DataFrame:
        rows = [("value", str(quarter), account, segment) for account, segment in (of or {}).items()]
        return pd.DataFrame(rows, columns=["segmentation_id", "quarter", "account_id", "segment_id"])

    past = pd.concat([held(then if then is not None else now, QUARTER - 4), held(now, QUARTER - 1)])
    return growth.split_growth(changes, quarters, held(now, QUARTER), past, QUARTER, SETTINGS)


def amounts(parts: pd.DataFrame, segment: str = "ALL") -> dict[str, float]:
    """Parts of one segment that are not nothing."""
    mine = parts[parts["segment_id"] == segment].set_index("part")["amount"]
    return {part: round(amount, 4) for part, amount in mine.items() if amount}


def assert_adds_up(parts: pd.DataFrame) -> None:
    cents = (parts[["amount", "revenue", "revenue_before"]].astype(float) * 10_000).round().astype("int64")
    sums = cents.assign(key=parts["segment_id"]).groupby("key")
    np.testing.assert_array_equal(sums["amount"].sum(), sums["revenue"].first() - sums["revenue_before"].first())
    moved = parts["part"].isin(["moved_in", "moved_out"]) & (parts["segment_id"] != "ALL")
    assert cents.loc[moved, "amount"].sum() == 0


def sale(
    account: str, day: str, product: str | None, quantity: float | None, revenue: float, kind: str = "sale"
) -> tuple:
    return account, day, product, quantity, revenue, kind


def test_price_volume_and_mix_by_hand():
    parts = split(
        [
            sale("a", THEN, "cheap", 10, 100),
            sale("a", THEN, "dear", 10, 300),
            sale("a", NOW, "cheap", 20, 220),
            sale("a", NOW, "dear", 10, 300),
        ],
        {"a": "S1"},
    )
    # price (11 - 10) (10 + 20) / 2; volume 10 more at the mean of both quarters, 920 / 50; mix the rest of 120
    assert amounts(parts) == {"price": 15, "volume": 184, "mix": -79}
    assert parts.set_index("part")["share_measured"].eq(1).all()


@pytest.mark.parametrize("rise", [0.05, -0.2])
def test_a_planted_price_rise_of_one_segment_lands_in_its_price(rise):
    lines = []
    for account in range(40):
        factor = 1 + rise if account < 20 else 1
        lines += [sale(f"a{account:02}", THEN, "cheap", 5 + account, (5 + account) * 10)]
        lines += [sale(f"a{account:02}", NOW, "cheap", 5 + account, (5 + account) * 10 * factor)]
    parts = split(lines, {f"a{account:02}": "S1" if account < 20 else "S2" for account in range(40)})
    before = parts.set_index(["segment_id", "part"]).loc[("S1", "price"), "revenue_before"]
    assert amounts(parts, "S1") == {"price": pytest.approx(rise * before)}
    assert amounts(parts, "S2") == {}
    row = parts.set_index(["segment_id", "part"]).loc[("S1", "price")]
    assert row["low"] <= row["amount"] <= row["high"] and row["n"] == 20
    assert_adds_up(parts)


def test_what_was_bought_in_one_quarter_alone_would_have_cost_what_it_cost_others():
    bought = [
        *(sale("a", THEN, "cheap", 10, 100), sale("a", NOW, "cheap", 10, 110), sale("a", NOW, "dear", 1, 42)),
        *(sale("b", THEN, "dear", 10, 400), sale("b", NOW, "dear", 10, 440)),
        *(sale("c", THEN, "cheap", 1, 10), sale("c", NOW, "dear", 1, 44)),
    ]
    changes, _ = changes_of(bought)
    price = dict(zip(changes["account_id"], changes["price"] / 10_000, strict=True))
    # c then paid what all did (40 for the dear one), now 44 where all paid 526 / 12; half of both steps counts
    now_of_c = 11 * 44 / (526 / 12)
    assert price == {
        "a": pytest.approx(10 + (42 - 40) / 2),
        "b": pytest.approx(40),
        "c": pytest.approx((44 - 40) / 2 + (now_of_c - 10) / 2, abs=1e-4),
    }
    assert_adds_up(split(bought, dict.fromkeys("abc", "S1")))


def test_a_planted_price_rise_of_one_segment_is_found_where_hardly_anything_is_bought_twice():
    rng = np.random.default_rng(5)
    lines = []
    for account in range(200):
        for day in (THEN, NOW):
            rise = 1.05 if day == NOW and account < 100 else 1.0
            for product in rng.choice(60, 3, replace=False):
                n = int(rng.integers(1, 9))
                lines.append(sale(f"a{account:03}", day, f"p{product}", n, round(n * (5 + product) * rise, 2)))
    parts = split(lines, {f"a{account:03}": "S1" if account < 100 else "S2" for account in range(200)})
    rows = parts.set_index(["segment_id", "part"])
    rise = rows.loc[("S1", "price"), "revenue"] * (1 - 1 / 1.05)
    assert rows.loc[("S1", "price"), "share_measured"] < 0.15
    assert rows.loc[("S1", "price"), "amount"] == pytest.approx(rise, rel=0.1)
    assert abs(rows.loc[("S2", "price"), "amount"]) < 0.1 * rise


def test_a_planted_shift_to_dearer_products_lands_in_mix():
    then = [line for a in "abc" for line in (sale(a, THEN, "cheap", 30, 300), sale(a, THEN, "dear", 10, 300))]
    now = [line for a in "abc" for line in (sale(a, NOW, "cheap", 10, 100), sale(a, NOW, "dear", 30, 900))]
    assert amounts(split(then + now, dict.fromkeys("abc", "S1"))) == {"mix": 1200}
    more = [line for a in "abc" for line in (sale(a, NOW, "cheap", 60, 600), sale(a, NOW, "dear", 20, 600))]
    assert amounts(split(then + more, dict.fromkeys("abc", "S1"))) == {"volume": 1800}


def test_planted_movers_are_carried_at_their_old_revenue():
    lines = [
        sale(a, day, "cheap", n, 10 * n)
        for a, n, day in (("a", 10, THEN), ("a", 13, NOW), ("b", 5, THEN), ("b", 5, NOW))
    ]
    parts = split(lines, {"a": "S2", "b": "S1"}, {"a": "S1", "b": "S1"})
    assert amounts(parts, "S1") == {"moved_out": -100}
    assert amounts(parts, "S2") == {"moved_in": 100, "volume": 30}
    assert amounts(parts) == {"volume": 30}
    assert_adds_up(parts)


def test_new_lost_and_paused_accounts():
    lines = [
        *(sale("new", NOW, "cheap", 1, 10), sale("new", NOW, "cheap", -1, -4, "return")),
        sale("lost", THEN, "cheap", 1, 20),
        *(sale("rests", THEN, "cheap", 1, 40), sale("rests", BETWEEN, "cheap", 1, 40)),
        *(sale("back", "2024-05-01", "cheap", 1, 80), sale("back", NOW, "cheap", 1, 80)),
    ]
    parts = split(lines, dict.fromkeys(["new", "lost", "rests", "back"], "S1"))
    assert amounts(parts) == {"new": 6, "lost": -20, "paused": 40}
    assert parts.set_index(["segment_id", "part"]).loc[("ALL", "paused"), "n"] == 2
    assert parts["share_measured"].isna().all()


def test_returns_free_goods_charges_and_lines_without_product_are_not_priced():
    lines = [
        *(sale("a", THEN, "cheap", 10, 100), sale("a", NOW, "cheap", 10, 100)),
        *(sale("a", NOW, "cheap", -2, -20, "return"), sale("a", NOW, "cheap", 3, 0, "free")),
        *(sale("a", NOW, None, None, 7, "sale"), sale("a", THEN, None, 1, -5, "adjustment")),
        sale("a", NOW, "dear", None, 9, "sale"),
        sale("only", NOW, None, None, -3, "adjustment"),
    ]
    parts = split(lines, {"a": "S1", "only": "S1"})
    assert amounts(parts) == {"returns": -20, "other": 7 + 5 + 9 - 3}
    assert_adds_up(parts)


def test_another_unit_is_no_price_rise():
    lines = [sale("a", THEN, "cheap", 100, 1000), sale("a", NOW, "cheap", 2, 1100), sale("a", NOW, "dear", 1e-9, 3)]
    assert amounts(split(lines, {"a": "S1"})).keys() == {"volume", "mix"}


def test_negative_revenue_and_an_account_without_any_segment_still_add_up():
    lines = [sale("a", THEN, "cheap", 1, 5), sale("a", NOW, "cheap", -1, -50, "return"), sale("b", NOW, "cheap", 1, 8)]
    parts = split(lines, {"a": "S1"}, {"a": "S1"})
    assert amounts(parts) == {"lost": -55, "new": 8}
    assert amounts(parts, "NONE") == {"new": 8}
    assert_adds_up(parts)


def test_without_a_year_before_there_is_nothing_to_tell(tmp_path):
    assert growth.plan_quarters(QUARTER, ["2026Q3", "2026Q2"])["growth_sides"].empty
    plan = growth.plan_quarters(QUARTER, [])
    con = duckdb.connect()
    con.execute(f"CREATE TABLE invoices ({INVOICES})")
    none = query(con, "growth_accounts", product_groups=growth.product_groups(None), **plan)
    nobody = pd.DataFrame(columns=["segmentation_id", "quarter", "account_id", "segment_id"])
    parts = growth.split_growth(none, plan["growth_quarters"], nobody, nobody, QUARTER, SETTINGS)
    assert parts.empty and write_frame(tmp_path / "growth_parts.parquet", parts, "growth_parts") == 0


def test_a_missing_quarter_in_between_is_no_comparison_but_hides_no_purchase():
    plan = growth.plan_quarters(QUARTER, ["2026Q3", "2025Q3", "2025Q2"])
    assert plan["growth_quarters"]["quarter"].tolist() == ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    assert plan["growth_sides"].to_numpy().tolist() == [[4, 4, True], [4, 0, False]]


def test_earlier_quarters_are_told_by_the_past_and_overall_where_nobody_has_segments():
    lines = [sale("a", day, "cheap", 1, 10) for day in ("2025-05-01", THEN, "2026-05-01", NOW)]
    changes, quarters = changes_of(lines)
    parts = split(lines, {"a": "S1"})
    assert set(parts.loc[parts["quarter"] == "2026Q2", "segment_id"]) == {"ALL"}
    assert set(parts.loc[parts["quarter"] == "2026Q3", "segment_id"]) == {"ALL", "S1"}
    assert parts.loc[parts["quarter"] == "2026Q2", ["is_back_cast"]].all().all()
    assert parts.loc[parts["quarter"] == "2026Q2", "low"].isna().all()
    assert len(changes) == 2 and len(quarters) == 6


LINE = st.tuples(
    st.sampled_from("abcd"),
    st.sampled_from([THEN, BETWEEN, NOW, "2025-05-02", "2026-05-02"]),
    st.sampled_from(["cheap", "dear", "else", None]),
    st.one_of(st.none(), st.integers(-5, 50), st.floats(0.001, 10, allow_nan=False)),
    st.decimals(-1000, 1000, places=4),
    st.sampled_from(["sale", "return", "charge", "free", "adjustment"]),
)
HELD = st.dictionaries(st.sampled_from("abcd"), st.sampled_from(["S1", "S2", "S3"]))


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(LINE, max_size=15), HELD, HELD)
def test_whatever_is_bought_the_parts_add_up(lines, now, then):
    parts = split(lines, now, then)
    for _, rows in parts.groupby("quarter"):
        assert_adds_up(rows)
    others = split(lines[::-1], now, then, threads=2)
    pd.testing.assert_frame_equal(parts, others)


def test_online_retail_adds_up_to_the_cent(retail_invoices):
    quarters = [Quarter.parse("2011Q3") - back for back in range(8)]
    plan = growth.plan_quarters(Quarter.parse("2011Q3"), [q.label for q in quarters if q >= Quarter.parse("2010Q1")])
    changes = query(retail_invoices, "growth_accounts", product_groups=growth.product_groups(None), **plan)
    parts = growth.account_parts(changes, plan["growth_quarters"])
    assert (parts[growth.OWN].sum(axis=1) == parts["revenue"] - parts["revenue_before"]).all()
    for label, rows in parts.groupby("quarter"):
        quarter = Quarter.parse(label)
        for each, column in ((quarter, "revenue"), (quarter - 4, "revenue_before")):
            day = f"invoice_date between '{each.start}' and '{each.end}'"
            known = retail_invoices.execute(f"select sum(revenue) from invoices where {day}").fetchone()[0]
            assert rows[column].sum() == int(known * 10_000)


@pytest.fixture(scope="module")
def retail_invoices(real_data: Path) -> duckdb.DuckDBPyConnection:
    """Both deliveries of online retail from December 2009 to September 2011, as delivered; some lines stand in both."""
    folder = real_data / "online_retail"
    con = duckdb.connect(config={"threads": 2})
    con.execute(f"""
        CREATE TABLE invoices AS
        SELECT account_id, day AS invoice_date, product_id, quantity::DOUBLE AS quantity,
            (quantity * price)::DECIMAL(18,4) AS revenue,
            CASE WHEN quantity < 0 THEN 'return' WHEN price = 0 THEN 'free' ELSE 'sale' END AS line_type
        FROM (
            SELECT "Customer ID"::VARCHAR AS account_id, InvoiceDate::TIMESTAMP::DATE AS day, StockCode AS product_id,
                Quantity::BIGINT AS quantity, Price::DECIMAL(14,4) AS price
            FROM '{folder}/invoices_2009-12_2010-12.parquet' WHERE InvoiceDate::TIMESTAMP < '2010-12-01'
            UNION ALL
            SELECT CustomerID::DOUBLE::BIGINT::VARCHAR, InvoiceDate::TIMESTAMP::DATE, StockCode, Quantity::BIGINT,
                UnitPrice::DECIMAL(14,4)
            FROM read_csv('{folder}/2010-12_2011-12/*.csv.gz', all_varchar = true)
        ) WHERE account_id IS NOT NULL""")
    return con


def test_every_part_has_its_words():
    for part in (*growth.PARTS, "before", "after"):
        assert all(
            say(f"growth.part_{part}", language) and say(f"column.amount_{part}", language) for language in LANGUAGES
        )
