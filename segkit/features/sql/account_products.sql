-- One row per account and product with a line, from since to as_of.
-- Parameters: $since, $as_of
-- n_orders counts the invoices with a sale: a line with quantity and revenue above zero. Lines without a product are left out.
select
    account_id,
    product_id,
    min(invoice_date) as first_date,
    max(invoice_date) as last_date,
    cast(sum(cast(quantity as decimal(18, 4))) as decimal(18, 4)) as quantity,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(margin) as decimal(18, 4)) as margin,
    count(*) as n_lines,
    count(distinct case
        when coalesce(quantity, 1) > 0 and revenue > 0 then coalesce(invoice_id, cast(invoice_date as varchar))
    end) as n_orders
from invoices
where product_id is not null and invoice_date between cast($since as date) and cast($as_of as date)
group by account_id, product_id
order by 1, 2
