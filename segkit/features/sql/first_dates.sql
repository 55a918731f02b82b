-- One row per account: its first and last line, and its first and last sale, up to as_of.
-- Parameters: $as_of
-- A sale is a line with quantity and revenue above zero.
select
    account_id,
    min(invoice_date) as first_date,
    max(invoice_date) as last_date,
    min(case when coalesce(quantity, 1) > 0 and revenue > 0 then invoice_date end) as first_sale_date,
    max(case when coalesce(quantity, 1) > 0 and revenue > 0 then invoice_date end) as last_sale_date,
    count(*) as n_lines
from invoices
where invoice_date <= cast($as_of as date)
group by account_id
order by 1
