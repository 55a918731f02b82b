-- One row per account and invoice of the accounts asked for.
-- Frame: wanted_accounts (account_id)
-- Lines without an invoice number are left out: nothing tells whose they are later.
select i.account_id, i.invoice_id, cast(sum(i.revenue) as decimal(18, 4)) as revenue
from invoices as i
inner join wanted_accounts as w on w.account_id = i.account_id
where i.invoice_id is not null
group by i.account_id, i.invoice_id
order by 1, 2
