-- One row per account and calendar month with a line, from since to as_of.
-- Parameters: $since, $as_of
-- n_orders counts the invoices with a sale: a line with quantity and revenue above zero.
select
    account_id,
    cast(date_trunc('month', invoice_date) as date) as month,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(margin) as decimal(18, 4)) as margin,
    cast(sum(case when coalesce(quantity, 1) > 0 and revenue > 0 then revenue else 0 end) as decimal(18, 4)) as gross,
    count(*) as n_lines,
    count(distinct case
        when coalesce(quantity, 1) > 0 and revenue > 0 then coalesce(invoice_id, cast(invoice_date as varchar))
    end) as n_orders
from invoices
where invoice_date between cast($since as date) and cast($as_of as date)
group by account_id, cast(date_trunc('month', invoice_date) as date)
order by 1, 2
