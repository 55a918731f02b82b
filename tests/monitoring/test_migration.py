"""One cause per account, nothing lost, and why in words: on companies made by hand."""

import numpy as np
import pandas as pd
import pytest

from segkit.engines import connect
from segkit.features.queries import query
from segkit.monitoring.flows import GONE, NEW, sum_causes, sum_flows
from segkit.monitoring.merges import find_merged
from segkit.monitoring.migration import CAUSES, Moment, build_migration, select_vanished
from segkit.monitoring.shaping import DOWN, UP, tell_reasons
from segkit.tables import check
from segkit.texts import LANGUAGES, has

# account, before, by the kept model, now, by hand before, by hand now, cause
ACCOUNTS = [
    ("stay", "S1", "S1", "S1", False, False, "stayed"),
    ("back-by-model", "S1", "S3", "S1", False, False, "stayed"),
    ("down", "S1", "S3", "S3", False, False, "customer"),
    ("asleep", "S6", "DORMANT", "DORMANT", False, False, "dormant"),
    ("lapsed", "S7", "S6", "S6", False, False, "lost"),
    ("fresh", None, "S5", "S5", False, False, "new"),
    ("model", "S3", "S3", "S1", False, False, "segment"),
    ("both", "S3", "S7", "S1", False, False, "segment"),
    ("hand", "S3", "S3", "S1", False, True, "manual"),
    ("hand-withdrawn", "KEY", "S3", "S3", True, False, "manual"),
    ("gone", "S7", None, None, False, False, "lost"),
    ("merged", "S7", None, None, False, False, "merged"),
]
NO_REDRAWS = pd.DataFrame(columns=["from_segment_id", "to_segment_id", "n_accounts", "n_draws"])
NO_MERGED = pd.DataFrame({"account_id": ["merged"], "merged_into": ["stay"]})


def moments(rows=ACCOUNTS) -> tuple[Moment, Moment]:
    """Two runs: revenue before is 100 times the account's place, now 110 times."""
    names = ["account_id", "from", "kept_segment_id", "to", "was_manual", "is_manual", "cause"]
    frame = pd.DataFrame(rows, columns=names).assign(
        segmentation_id="value", confidence=0.9, place=range(1, len(rows) + 1)
    )
    before = frame[frame["from"].notna()].rename(columns={"from": "segment_id"})
    now = frame[frame["to"].notna()].rename(columns={"to": "segment_id"})
    then = before.drop(columns="is_manual").rename(columns={"was_manual": "is_manual"})
    return Moment(then, features(before, "2026-06-30", 100), axes(before)), Moment(
        now, features(now, "2026-09-30", 110), axes(now)
    )


def features(rows: pd.DataFrame, as_of: str, scale: int) -> pd.DataFrame:
    revenue = scale * rows["place"].astype(float)
    dates = pd.Series(pd.Timestamp("2020-01-01"), rows.index).mask(
        rows["account_id"] == "fresh", pd.Timestamp("2026-08-02")
    )
    figures = {"revenue_12m": revenue, "revenue_prev_12m": revenue * 0.8, "days_since_last": 30, "first_date": dates}
    return rows[["account_id"]].assign(as_of=pd.Timestamp(as_of), **figures)


def axes(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[["account_id"]].assign(value_class="B", trend="steady", is_silent=False)


def migration(rows=ACCOUNTS, **options) -> pd.DataFrame:
    return check(
        build_migration("value", *moments(rows), NO_MERGED, **options).assign(is_contactable=True), "migration"
    )


def test_each_account_has_one_row_and_its_one_cause():
    found = migration().set_index("account_id")
    assert found["cause"].to_dict() == {row[0]: row[-1] for row in ACCOUNTS}
    assert set(found["cause"]) == set(CAUSES)
    assert found.loc["merged", "merged_into"] == "stay"


def test_margins_agree_with_the_segments_of_both_runs_in_accounts_and_revenue():
    before, now = moments()
    flows = sum_flows(migration(), NO_REDRAWS)
    for moment, end, column, outside in ((before, "from", "revenue_before", NEW), (now, "to", "revenue_12m", GONE)):
        merged = moment.segments.merge(moment.features[["account_id", "revenue_12m"]], on="account_id")
        wanted = merged.groupby("segment_id").agg(n=("account_id", "size"), revenue=("revenue_12m", "sum"))
        inside = flows[flows[f"{end}_segment_id"] != outside]
        sums = inside.groupby(f"{end}_segment_id").agg(n=("n_accounts", "sum"), revenue=(column, "sum"))
        pd.testing.assert_frame_equal(sums, wanted, check_dtype=False, check_names=False)
    assert flows["n_accounts"].sum() == len(ACCOUNTS)


def test_the_first_run_compares_with_the_opening_segments():
    before, now = moments([row for row in ACCOUNTS if row[0] in ("stay", "down", "fresh")])
    opened = Moment(before.segments[["segmentation_id", "account_id", "segment_id"]], before.features, before.axes)
    empty = now.segments.assign(kept_segment_id=None)
    found = build_migration("value", opened, Moment(empty, now.features, now.axes), NO_MERGED[:0], is_first=True)
    found = check(found.assign(is_contactable=True), "migration").set_index("account_id")
    assert found["cause"].to_dict() == {"stay": "stayed", "down": "customer", "fresh": "new"}
    assert (found["kept_segment_id"] == found["to_segment_id"]).all()


def test_only_moves_by_own_buying_can_be_doubtful():
    before, now = moments()
    unsure = Moment(now.segments.assign(confidence=0.5), now.features, now.axes)
    found = build_migration("value", before, unsure, NO_MERGED).set_index("account_id")
    assert set(found.index[found["is_doubtful"]]) == {"down", "asleep", "lapsed"}


REASONS = [  # from, to, changes of the axes (before → now), reason
    ("S1", "S4", {"trend": ("steady", "falling")}, "turned_falling"),
    ("S3", "S4", {"is_silent": (False, True)}, "silent"),
    ("S4", "S3", {"is_silent": (True, False)}, "buys_again"),
    ("S4", "S1", {"trend": ("falling", "steady")}, "no_longer_falling"),
    ("S7", "S2", {"trend": ("steady", "growing")}, "turned_growing"),
    ("S2", "S3", {"trend": ("growing", "steady")}, "no_longer_growing"),
    ("S2", "S4", {"trend": ("growing", "falling")}, "turned_falling"),
    ("S7", "S3", {"value_class": ("C", "B")}, "class_up"),
    ("S3", "S7", {"value_class": ("B", "C"), "revenue_12m": (1000.0, 400.0)}, "class_down"),
    ("S3", "S7", {"value_class": ("B", "C"), "revenue_12m": (1000.0, 1010.0)}, "limit_rose"),
    ("S3", "S1", {"value_class": ("B", "A"), "revenue_12m": (1000.0, 990.0)}, "limit_fell"),
    ("S6", "S3", {}, "back"),
    ("S5", "S3", {}, "no_longer_new"),
    ("S1", "KEY", {}, "key"),
    ("KEY", "S1", {}, "no_key"),
    ("C1", "C2", {}, "profile"),
]


@pytest.mark.parametrize(
    ("origin", "target", "changes", "reason"), REASONS, ids=[f"{r[0]}-{r[1]}-{r[3]}" for r in REASONS]
)
def test_the_reason_names_the_axis_that_changed(origin, target, changes, reason):
    before, now = moments([("a", origin, target, target, False, False, "")])
    for column, (then, today) in changes.items():
        for moment, value in ((before, then), (now, today)):
            frame = moment.features if column in moment.features else moment.axes
            frame[column] = value
    found = build_migration("value", before, now, NO_MERGED[:0])
    assert found["reason"].tolist() == [f"migration.reason_{reason}"]


def test_every_reason_reads_as_a_sentence_with_its_numbers():
    found = migration()
    german, english = (tell_reasons(found, language, "EUR") for language in LANGUAGES)
    assert all("{" not in text and text for text in german + english)
    said = dict(zip(found["account_id"], english, strict=True))
    assert said["fresh"] == "first invoice on 2 Aug 2026; €660.00 since"
    assert said["merged"] == "its invoices now stand under account stay"
    assert all(has(f"migration.reason_{reason}") for reason in (*UP, *DOWN, *(row[3] for row in REASONS)))
    assert all(has(f"migration.cause_{cause}") for cause in CAUSES)


def test_a_merged_account_is_found_by_its_invoices():
    con = connect()
    lines = [("old", "R1"), ("old", "R2"), ("old", "R3"), ("dead", "R8"), ("kept", "R9"), ("old", None)]
    con.execute("CREATE TABLE invoices (account_id VARCHAR, invoice_id VARCHAR, revenue DECIMAL(18,4))")
    con.executemany("INSERT INTO invoices VALUES (?, ?, 10)", lines)
    vanished = select_vanished(
        pd.DataFrame({"account_id": ["old", "dead", "kept"]}), pd.DataFrame({"account_id": ["kept"]})
    )
    invoices = query(con, "invoices_of_accounts", wanted_accounts=vanished)
    assert invoices[["account_id", "invoice_id"]].to_numpy().tolist() == [
        ["dead", "R8"],
        ["old", "R1"],
        ["old", "R2"],
        ["old", "R3"],
    ]
    con.execute("UPDATE invoices SET account_id = 'kept' WHERE invoice_id IN ('R1', 'R2')")
    con.execute("UPDATE invoices SET account_id = 'other' WHERE invoice_id = 'R3'")
    con.execute("DELETE FROM invoices WHERE invoice_id = 'R8'")
    owners = query(con, "accounts_of_invoices", wanted_invoices=invoices[["invoice_id"]])
    assert find_merged(invoices, owners).to_numpy().tolist() == [["old", "kept"]]
    assert find_merged(invoices[:0], owners[:0]).empty


def test_causes_carry_the_larger_of_both_revenues():
    causes = sum_causes(migration()).set_index("cause")
    assert "stayed" not in causes.index
    assert causes.loc["new", "carried"] == 660
    assert causes.loc["merged", "carried"] == 1200
    assert np.isclose(causes["n_accounts"].sum(), len(ACCOUNTS) - 2)
