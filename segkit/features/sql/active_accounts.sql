-- One row per account and quarter in which it is active: at least one line with quantity and price above zero.
-- Frame: panel_dates (quarter, quarter_start, as_of)
-- gross counts the sales alone; revenue and margin are net of the returns of the quarter.
select
    p.quarter,
    i.account_id,
    cast(sum(case when coalesce(i.quantity, 1) > 0 and i.revenue > 0 then i.revenue else 0 end) as decimal(18, 4)) as gross,
    cast(sum(i.revenue) as decimal(18, 4)) as revenue,
    cast(sum(i.margin) as decimal(18, 4)) as margin,
    count(distinct case
        when coalesce(i.quantity, 1) > 0 and i.revenue > 0
            then coalesce(i.invoice_id, cast(i.invoice_date as varchar))
    end) as n_orders
from invoices as i
inner join panel_dates as p
    on i.invoice_date >= p.quarter_start and i.invoice_date <= p.as_of
group by p.quarter, i.account_id
having sum(case when coalesce(i.quantity, 1) > 0 and i.revenue > 0 then 1 else 0 end) > 0
order by 1, 2
