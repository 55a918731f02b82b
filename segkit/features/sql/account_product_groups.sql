-- One row per account and product group with a line in the twelve months up to as_of.
-- Parameters: $as_of
-- Frame: product_groups (product_id, product_group)
-- Lines of products without a group are left out.
select
    invoices.account_id,
    product_groups.product_group,
    cast(sum(invoices.revenue) as decimal(18, 4)) as revenue
from invoices
inner join product_groups on invoices.product_id = product_groups.product_id
where product_groups.product_group is not null
    and invoices.invoice_date > cast($as_of as date) - interval 12 month
    and invoices.invoice_date <= cast($as_of as date)
group by invoices.account_id, product_groups.product_group
order by 1, 2
