"""One sample company against what is planted; ten are measured by benchmarks/potential.py."""

from __future__ import annotations

import pytest
from planted.potential import held_out, plant_company, score

from segkit.value.potential.classes import class_limits
from segkit.value.potential.diamonds import select_diamonds


def test_limit_holds_ranks_like_the_truth_and_the_diamonds_are_real():
    company = plant_company(3)
    is_below = held_out(company, 3)
    assert len(is_below) > 250 and is_below.mean() == pytest.approx(0.9, abs=0.05)
    scored = score(company, company.value, 3)
    value = company.value.merge(scored.rows, on="account_id").set_index("account_id")
    buying = value[value["revenue_12m"] > 0]
    truth = company.truth["potential"].loc[buying.index]
    assert scored.model["basis"] == "model"
    assert buying["potential"].corr(truth, method="spearman") > 0.92 > buying["revenue_12m"].corr(truth, "spearman")
    listed = select_diamonds(value.reset_index(), company.accounts)["account_id"]
    limit = class_limits(value)[0]
    small = buying[buying["abc_class"] != "A"]["revenue_12m"].sort_values(ascending=False)
    right = (truth.loc[listed] >= limit).mean()
    assert len(listed) >= 30 and right > 0.75
    assert right > (truth.loc[small.index[: len(listed)]] >= limit).mean() + 0.2
