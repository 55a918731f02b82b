-- One row per account and calendar month with a line, from since to as_of: net revenue alone, for trend and season.
-- Parameters: $since, $as_of
select
    account_id,
    cast(date_trunc('month', invoice_date) as date) as month,
    cast(sum(revenue) as decimal(18, 4)) as revenue
from invoices
where invoice_date between cast($since as date) and cast($as_of as date)
group by account_id, cast(date_trunc('month', invoice_date) as date)
order by 1, 2
