"""Retention and churn of a real wholesaler, by the published figures."""

from __future__ import annotations

import datetime as dt
from functools import partial

import pandas as pd
import pytest

from segkit.engines import connect
from segkit.features.panel import build_panel, panel_dates
from segkit.features.queries import query
from segkit.kpis.inputs import KpiInputs
from segkit.kpis.members import Members
from segkit.kpis.tracking import complete_quarters, kpis_of_quarter, measure_quarter
from segkit.quarters import Quarter
from segkit.settings.kpis import KpiSettings
from segkit.tables import no_rows

RETENTION = [0.6314, 0.6062, 0.5779, 0.6320, 0.4213, 0.5873, 0.6082, 0.6270]
REVENUE_CHURN = [0.1867, 0.2130, 0.2115, 0.2088, 0.3187, 0.2467, 0.2162, 0.1929]
ACTIVE = [1803, 2047, 2060, 2670, 1776, 1991, 2161, 2560]
FIRST, LAST = dt.date(2009, 12, 1), dt.date(2011, 12, 9)
LINES = """
create table invoices as
with first_year as (
    select Invoice as id, Quantity as quantity, cast(InvoiceDate as date) as day,
           cast(Price as decimal(18, 4)) as price, cast("Customer ID" as bigint) as account, StockCode as product
    from read_parquet('{folder}/invoices_2009-12_2010-12.parquet')
),
second_year as (
    select InvoiceNo as id, cast(Quantity as bigint) as quantity, cast(InvoiceDate as date) as day,
           cast(UnitPrice as decimal(18, 4)) as price, cast(cast(CustomerID as double) as bigint) as account,
           StockCode as product
    from read_csv('{folder}/2010-12_2011-12/*.csv.gz', all_varchar = true, nullstr = ['nan', ''])
),
lines as (
    select * from first_year
    union all
    select * from second_year where id not in (select id from first_year)
)
select cast(account as varchar) as account_id, id as invoice_id, day as invoice_date, product as product_id, quantity,
       cast(quantity * price as decimal(18, 4)) as revenue, cast(null as decimal(18, 4)) as margin,
       case when quantity < 0 then 'return' else 'sale' end as line_type
from lines where account is not null
"""


@pytest.fixture(scope="module")
def panel(real_data) -> pd.DataFrame:
    con = connect()
    con.execute(LINES.format(folder=(real_data / "online_retail").as_posix())).fetchall()
    dates = panel_dates(Quarter.parse("2011Q4"), LAST, FIRST)
    return build_panel(partial(query, con), dates)


def overall(panel: pd.DataFrame, quarter: Quarter, complete: set[str]) -> pd.DataFrame:
    settings, nobody = KpiSettings(draws=200), no_rows("segments")
    facts = measure_quarter(KpiInputs(panel, period_of(quarter)), quarter, complete, settings)
    kpis = kpis_of_quarter(facts, Members(nobody, nobody, None, "value", quarter), settings, seed=1)
    return kpis.set_index("kpi_id")


def period_of(quarter: Quarter) -> pd.DataFrame:
    return pd.DataFrame({"quarter": [quarter.label], "as_of": pd.to_datetime([min(quarter.end, LAST)])})


def test_retention_and_revenue_churn_are_the_published_ones(panel):
    quarters = Quarter.between(Quarter.parse("2010Q1"), Quarter.parse("2011Q4"))
    every = {quarter.label for quarter in [Quarter.parse("2009Q4"), *quarters]}
    told = [overall(panel, quarter, every) for quarter in quarters]
    assert [kpis["value"]["n_active_accounts"] for kpis in told] == ACTIVE
    assert [round(kpis["value"]["retention"], 4) for kpis in told] == RETENTION
    assert [round(kpis["value"]["revenue_churn"], 4) for kpis in told] == REVENUE_CHURN
    for kpis in told:
        assert (kpis["low"].dropna() <= kpis["value"][kpis["low"].notna()]).all()
        assert (kpis["high"].dropna() >= kpis["value"][kpis["high"].notna()]).all()


def test_pairs_with_an_incomplete_quarter_are_not_told(panel):
    days = pd.DataFrame({"start": ["2011-10-01"], "first_money_date": [FIRST], "last_money_date": [LAST]})
    period = days.astype("datetime64[us]").assign(quarter="2011Q4", is_complete=False)
    complete = complete_quarters(panel, period)
    assert complete == {q.label for q in Quarter.between(Quarter.parse("2010Q1"), Quarter.parse("2011Q3"))}
    reasons = {q: overall(panel, Quarter.parse(q), complete)["reason"]["retention"] for q in ("2010Q1", "2011Q4")}
    assert reasons == {"2010Q1": "kpis.reason_base_incomplete", "2011Q4": "kpis.reason_incomplete"}
