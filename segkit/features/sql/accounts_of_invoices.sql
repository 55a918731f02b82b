-- One row per invoice asked for and account under which it stands.
-- Frame: wanted_invoices (invoice_id)
select i.invoice_id, i.account_id
from invoices as i
inner join wanted_invoices as w on w.invoice_id = i.invoice_id
group by i.invoice_id, i.account_id
order by 1, 2
