-- One row per account and invoice up to as_of.
-- Parameters: $as_of
-- A sale is a line with quantity and revenue above zero. Without an invoice number, the lines of one account and day
-- are one order.
select
    account_id,
    coalesce(invoice_id, cast(invoice_date as varchar)) as invoice_id,
    min(invoice_date) as order_date,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(margin) as decimal(18, 4)) as margin,
    cast(sum(case when coalesce(quantity, 1) > 0 and revenue > 0 then revenue else 0 end) as decimal(18, 4)) as gross,
    count(*) as n_lines,
    sum(case when coalesce(quantity, 1) > 0 and revenue > 0 then 1 else 0 end) > 0 as has_sale
from invoices
where invoice_date <= cast($as_of as date)
group by account_id, coalesce(invoice_id, cast(invoice_date as varchar))
order by 1, 3, 2
