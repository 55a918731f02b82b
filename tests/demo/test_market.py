"""Sectors and competitors of the sample company say what the generator knows, give or take."""

import numpy as np
import pytest

from segkit.demo.catalogue import SECTORS
from segkit.demo.market import competitors, sectors
from segkit.demo.sample import simulate


@pytest.fixture(scope="module")
def sample():
    return simulate(4, n_accounts=600)


def test_each_sector_has_three_years_and_spends_in_keeping_with_its_rate():
    frame = sectors(4)
    assert len(frame) == 36 and frame.groupby("industry_code").size().eq(3).all()
    newest = frame[frame["period"] == "2025"].set_index("industry_code")
    rate = SECTORS.set_index(SECTORS["industry_code"].str[:2])["rate"]
    per_head = newest["market_size"] / newest["employees"]
    assert per_head.corr(rate.loc[per_head.index], method="spearman") > 0.9
    growth = newest["market_size"] / frame[frame["period"] == "2024"].set_index("industry_code")["market_size"] - 1
    assert np.allclose(growth, newest["growth"], atol=0.01)


def test_shares_of_competitors_are_what_the_account_does_not_buy_here(sample):
    frame = competitors(sample)
    assert not frame.duplicated(["account_id", "competitor"]).any()
    true = sample.accounts.set_index("account_id")
    assert set(frame["account_id"]) <= set(true.index[true["start"] != 99])
    told = frame[~frame["account_id"].isin(frame.loc[frame["share"].isna(), "account_id"])]
    share = told.groupby("account_id")["share"].sum()
    assert 80 < len(share) < 200 and share.between(0.01, 0.99).all()
    assert np.corrcoef(share, 1 - true.loc[share.index, "share_of_wallet"])[0, 1] > 0.85
