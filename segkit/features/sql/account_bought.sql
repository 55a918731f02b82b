-- One row per product that one account bought up to as_of, most revenue first.
-- Parameters: $account_id, $as_of
-- n_orders counts the invoices with a sale: a line with quantity and revenue above zero. Revenue is net of returns.
-- Products without a sale (a credit note alone) are left out.
select
    product_id,
    max(case when coalesce(quantity, 1) > 0 and revenue > 0 then invoice_date end) as last_date,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    count(distinct case
        when coalesce(quantity, 1) > 0 and revenue > 0 then coalesce(invoice_id, cast(invoice_date as varchar))
    end) as n_orders
from invoices
where account_id = $account_id and product_id is not null and invoice_date <= cast($as_of as date)
group by product_id
having sum(case when coalesce(quantity, 1) > 0 and revenue > 0 then 1 else 0 end) > 0
order by 3 desc, 1
