-- One row per invoice of one account up to as_of, latest first; the last five.
-- Parameters: $account_id, $as_of
-- Without an invoice number, the lines of a day are one invoice.
select
    coalesce(invoice_id, cast(invoice_date as varchar)) as invoice_id,
    max(invoice_date) as invoice_date,
    count(*) as n_lines,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(margin) as decimal(18, 4)) as margin
from invoices
where account_id = $account_id and invoice_date <= cast($as_of as date)
group by coalesce(invoice_id, cast(invoice_date as varchar))
order by 2 desc, 1 desc
limit 5
