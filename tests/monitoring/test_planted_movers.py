"""The sample company's planted movers are in the migration table, far beyond chance, though not all of them."""

import pandas as pd
import pytest

from segkit.demo.parameters import QUARTERS
from segkit.demo.sample import simulate
from segkit.demo.truth import movers
from segkit.monitoring.migration import BY_BEHAVIOUR, Moment, build_migration
from segkit.quarters import Quarter
from segkit.segments.draws import count_draws, store_draws
from segkit.segments.grid import assign_grid
from segkit.segments.membership import take_slice
from segkit.settings.monitoring import Monitoring

from .market import MODEL, build_panel

NO_MERGED = pd.DataFrame(columns=["account_id", "merged_into"])


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    """`migration` from 2026Q2 to 2026Q3 with the planted move of each account beside it."""
    sample = simulate()
    lines = sample.lines[sample.lines["kind"] != "freight"]
    renamed = {"booked_id": "account_id", "invoice": "invoice_id"}
    lines = lines.drop(columns="account_id").rename(columns=renamed).assign(revenue=lines["revenue_cents"] / 100)
    panel, con = build_panel(lines[["account_id", "invoice_id", "invoice_date", "revenue"]], QUARTERS[-1])
    con.close()
    moments = []
    for quarter in (Quarter.parse(QUARTERS[-2]), Quarter.parse(QUARTERS[-1])):
        features = take_slice(panel, quarter.end)
        axes = assign_grid(features, MODEL)
        segments = axes[["account_id", "segment_id"]].assign(segmentation_id="value", confidence=1.0)
        segments = segments.assign(is_manual=False, kept_segment_id=segments["segment_id"])
        moments.append(Moment(segments, features, axes))
    draws = store_draws(count_draws(moments[0].features, MODEL, 40, seed=1))
    found = build_migration("value", *moments, NO_MERGED, draws=draws).set_index("account_id")
    planted = movers(sample).query("quarter == @QUARTERS[-1]").set_index("account_id")
    both = found[found["from_segment_id"].notna() & found["to_segment_id"].notna()]
    return both.join(planted[["from_segment_id", "to_segment_id"]].add_prefix("true_"))


def test_planted_movers_are_found_far_beyond_chance(table):
    """Measured: 78 % of 64 planted movers, 94 % of these in the right cell; by chance 10 %. The oracle finds 95 %.

    Of all that moved 45 % were planted (oracle: 90 %): windows of twelve months cross limits without a change.
    """
    is_planted, is_found = table["true_to_segment_id"].notna(), table["cause"] != "stayed"
    found = is_found[is_planted].mean()
    assert is_planted.sum() > 60
    assert found >= 0.72 and found > 5 * is_found.mean(), (found, is_found.mean())
    hits = table[is_planted & is_found]
    right = (hits["to_segment_id"] == hits["true_to_segment_id"]) & (
        hits["from_segment_id"] == hits["true_from_segment_id"]
    )
    assert right.mean() >= 0.80
    assert is_planted[is_found].mean() > 0.38


def test_their_reason_fits_their_way(table):
    """An account that was planted to grow or to fall is said to grow or to fall, not something else."""
    hits = table[table["true_to_segment_id"].notna() & (table["cause"] != "stayed")]
    into = hits[hits["true_to_segment_id"] == hits["to_segment_id"]].set_index("to_segment_id")["reason"]
    growing = into[into.index == "S2"]
    told = growing.isin(["migration.reason_turned_growing", "migration.reason_no_longer_new", "migration.reason_back"])
    assert len(growing) and told.all()


def test_moves_within_the_noise_are_seldom_planted_and_the_others_mostly(table):
    """Measured: within the noise 18 % were planted, beyond it 71 %; over eight quarters 37 of 100 and 72 of 100."""
    moved = table[table["cause"].isin(BY_BEHAVIOUR)]
    is_planted, is_within = moved["true_to_segment_id"].notna(), moved["noise_share"] >= Monitoring().noise_share
    assert min(is_within.sum(), (~is_within).sum()) > 30
    assert is_planted[is_within].mean() < 0.35 and is_planted[~is_within].mean() > 0.6
