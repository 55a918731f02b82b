"""The exported price list is that of today, so that discounts mean something."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from segkit.demo.invoices import price_list_today
from segkit.demo.parameters import Parameters


def test_list_follows_all_rises():
    p = Parameters()
    first = pd.DataFrame({"product_id": ["P"], "list_price": [100.0], "unit_cost": [50.0]})
    today = price_list_today(first, p)
    rises = np.prod([1 + rise for _, rise in p.price_rises])
    assert today["list_price"][0] == pytest.approx(100 * rises, abs=0.01)
    assert 50 < today["unit_cost"][0] < 50 * rises
