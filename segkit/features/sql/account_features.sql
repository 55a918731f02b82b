-- What table account_features is made from: sums, counts and dates only. panel.build_panel lays the windows of every
-- quarter end over them.
-- Frame: panel_dates (as_of, year_start)
-- Frame: panel_cuts (cell, first_day), the days at which a window or a month begins; a cell goes up to the next cut
-- Results: panel_accounts, panel_cells, panel_products
-- A sale is a line with quantity and revenue above zero. Lines are read twice: summed to days, and for which products an
-- account bought when. Money is in ten-thousandths, so that whole numbers add up exactly.

-- each as_of has a bit of its own, so that one number says in which of the twelve months up to which as_of a day lies
create temp table dated as
select
    cast(as_of as date) as as_of,
    cast(year_start as date) as year_start,
    cast(1 as bigint) << cast(row_number() over (order by as_of) - 1 as int) as bit
from panel_dates;

create temp table invoice_days as
select
    account_id,
    coalesce(invoice_id, cast(invoice_date as varchar)) as invoice_id,
    invoice_date as day,
    sum(revenue) as revenue,
    sum(margin) as margin,
    sum(case when coalesce(quantity, 1) > 0 and revenue > 0 then revenue else 0 end) as gross,
    sum(case when line_type = 'return' then -revenue else 0 end) as returned
from invoices
where invoice_date <= (select max(as_of) from dated)
group by account_id, coalesce(invoice_id, cast(invoice_date as varchar)), invoice_date;

-- numbers instead of names: faster to group by; in the order of the names
create temp table account_numbers as
select account_id, cast(row_number() over (order by account_id) as int) as account
from (select distinct account_id from invoice_days) as known;

create temp table days as
select
    a.account,
    d.day,
    cast(sum(d.revenue) as decimal(18, 4)) as revenue,
    cast(sum(d.margin) as decimal(18, 4)) as margin,
    cast(sum(d.gross) as decimal(18, 4)) as gross,
    cast(sum(d.returned) as decimal(18, 4)) as returned,
    cast(sum(d.n_orders) as int) as n_orders
from (
    select account_id, day, revenue, margin, gross, returned, 0 as n_orders from invoice_days
    union all
    -- an invoice counts on its first day with a sale
    select account_id, min(day), 0, null, 0, 0, 1 from invoice_days where gross > 0 group by account_id, invoice_id
) as d
inner join account_numbers as a on a.account_id = d.account_id
group by a.account, d.day;

drop table invoice_days;

create temp table panel_accounts as
select a.account, a.account_id, f.first_date, f.first_sale_date, cast(cast(d.gross as decimal(22, 4)) * 10000 as bigint) as gross_first
from (
    select account, min(day) as first_date, min(case when gross > 0 then day end) as first_sale_date
    from days
    group by account
) as f
inner join account_numbers as a on a.account = f.account
left join days as d on d.account = f.account and d.day = f.first_sale_date;

create temp table day_cells as
select d.day, cast(count(c.cell) as int) as cell
from (select distinct day from days) as d
left join panel_cuts as c on cast(c.first_day as date) <= d.day
group by d.day;

create temp table panel_cells as
select
    d.account,
    c.cell,
    max(d.day) as last_date,
    max(case when d.gross > 0 then d.day end) as last_sale_date,
    count(case when d.gross > 0 then 1 end) as n_sale_days,
    cast(sum(d.n_orders) as bigint) as n_orders,
    cast(cast(sum(d.revenue) as decimal(22, 4)) * 10000 as bigint) as revenue,
    cast(cast(coalesce(sum(d.margin), 0) as decimal(22, 4)) * 10000 as bigint) as margin,
    count(d.margin) as n_margins,
    cast(cast(sum(d.gross) as decimal(22, 4)) * 10000 as bigint) as gross,
    cast(cast(sum(d.returned) as decimal(22, 4)) * 10000 as bigint) as returned
from days as d
inner join day_cells as c on c.day = d.day
group by d.account, c.cell;

create temp table product_numbers as
select product_id, cast(row_number() over (order by product_id) as int) as product
from (select distinct product_id from invoices where product_id is not null) as known;

create temp table day_bits as
select d.day, bit_or(p.bit) as bits
from (select distinct day from days) as d
inner join dated as p on d.day between p.year_start and p.as_of
group by d.day;

-- how many products an account bought in the same windows: a product bought twice in one counts once
create temp table panel_products as
select account, bits, count(*) as n_products
from (
    select cast(pair >> 32 as int) as account, bits
    from (
        select (cast(a.account as bigint) << 32) + p.product as pair, bit_or(d.bits) as bits
        from invoices as i
        inner join day_bits as d on d.day = i.invoice_date
        inner join account_numbers as a on a.account_id = i.account_id
        inner join product_numbers as p on p.product_id = i.product_id
        where coalesce(i.quantity, 1) > 0 and i.revenue > 0
        group by (cast(a.account as bigint) << 32) + p.product
    ) as pairs
) as bought
group by account, bits
