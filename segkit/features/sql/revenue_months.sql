-- One row per calendar month with a line, up to as_of: the company's money by month.
-- Parameters: $as_of
-- An account is active with a line whose quantity and revenue are above zero.
select
    cast(date_trunc('month', invoice_date) as date) as month,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(margin) as decimal(18, 4)) as margin,
    count(distinct case when coalesce(quantity, 1) > 0 and revenue > 0 then account_id end) as n_active
from invoices
where invoice_date <= cast($as_of as date)
group by cast(date_trunc('month', invoice_date) as date)
order by 1
