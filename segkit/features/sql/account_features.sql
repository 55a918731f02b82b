-- The panel: one row per account and as_of, for accounts with a line up to that day. Sums, counts and dates only; the
-- ratios of table account_features are made from them by panel.add_ratios.
-- Frame: panel_dates (quarter, as_of, quarter_start, year_start, prev_start, history_limit), all but the first dates
-- Once for each row of: panel_dates, at most 62; its columns are the $names of the last statement.
-- Order: account_id, as_of
-- A sale is a line with quantity and revenue above zero. Months are calendar months, the last of the twelve that of as_of.
-- Lines are read twice: summed to days, and for which products an account bought when. All else is made from days.
-- month_spread = n_months * sum of squares - square of the sum of the monthly revenue, exact in decimals.

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
    cast(extract(year from d.day) * 12 + extract(month from d.day) as int) as month,
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
group by a.account, d.day
order by 1, 2;

drop table invoice_days;

create temp table opened as
select a.account_id, f.account, f.first_date, f.first_sale_date, d.gross as gross_first
from (
    select account, min(day) as first_date, min(case when gross > 0 then day end) as first_sale_date
    from days
    group by account
) as f
inner join account_numbers as a on a.account = f.account
left join days as d on d.account = f.account and d.day = f.first_sale_date;

create temp table product_numbers as
select product_id, cast(row_number() over (order by product_id) as int) as product
from (select distinct product_id from invoices where product_id is not null) as known;

create temp table day_bits as
select d.day, bit_or(p.bit) as bits
from (select distinct day from days) as d
inner join dated as p on d.day between p.year_start and p.as_of
group by d.day;

-- how many products an account bought in the same windows: a product bought twice in one counts once
create temp table product_counts as
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
group by account, bits;

with totals as (
    select
        account,
        max(day) as last_date,
        max(case when gross > 0 then day end) as last_sale_date,
        count(case when gross > 0 then 1 end) as n_sale_days,
        sum(n_orders) as frequency,
        sum(case when day >= $year_start then n_orders else 0 end) as frequency_12m,
        sum(case when day >= $quarter_start then n_orders else 0 end) as orders_q,
        sum(revenue) as revenue_total,
        sum(case when day >= $year_start then revenue else 0 end) as revenue_12m,
        sum(case when day >= $prev_start and day < $year_start then revenue else 0 end) as revenue_prev_12m,
        sum(case when day >= $quarter_start then revenue else 0 end) as revenue_q,
        sum(gross) as gross_total,
        sum(case when day >= $year_start then gross else 0 end) as gross_12m,
        sum(case when day >= $quarter_start then gross else 0 end) as gross_q,
        sum(case when day >= $year_start then returned else 0 end) as returned_12m,
        sum(case when day >= $year_start then margin end) as margin_12m,
        sum(case when day >= $quarter_start then margin end) as margin_q
    from days
    where day <= $as_of
    group by account
),
months as (
    select
        account,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        max(case when gross > 0 then 1 else 0 end) as has_sale
    from days
    where day <= $as_of and month > extract(year from $as_of) * 12 + extract(month from $as_of) - 12
    group by account, month
),
month_sums as (
    select
        account,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        sum(cast(revenue as decimal(19, 4)) * revenue) as squares,
        sum(has_sale) as active_months
    from months
    group by account
),
bought as (
    select c.account, sum(c.n_products) as n_products
    from product_counts as c
    inner join dated as p on p.as_of = $as_of and (c.bits & p.bit) <> 0
    group by c.account
),
opened_now as (
    select
        *,
        least(
            12,
            cast(extract(year from $as_of) * 12 + extract(month from $as_of) as int)
            - cast(extract(year from first_date) * 12 + extract(month from first_date) as int) + 1
        ) as n_months
    from opened
    where first_date <= $as_of
)
select
    o.account_id,
    $quarter as quarter,
    $as_of as as_of,
    o.first_date,
    t.last_date,
    case when o.first_sale_date <= $as_of then o.first_sale_date end as first_sale_date,
    t.last_sale_date,
    cast(date_diff('day', o.first_date, $as_of) as bigint) as tenure_days,
    cast(date_diff('day', t.last_date, $as_of) as bigint) as days_since_last,
    cast(t.n_sale_days as bigint) as n_sale_days,
    cast(t.frequency as bigint) as frequency,
    cast(t.frequency_12m as bigint) as frequency_12m,
    cast(t.orders_q as bigint) as orders_q,
    cast(t.revenue_total as decimal(18, 4)) as revenue_total,
    cast(t.revenue_12m as decimal(18, 4)) as revenue_12m,
    case when s.first_day <= $history_limit then cast(t.revenue_prev_12m as decimal(18, 4)) end as revenue_prev_12m,
    cast(t.margin_12m as decimal(18, 4)) as margin_12m,
    cast(t.revenue_q as decimal(18, 4)) as revenue_q,
    cast(t.gross_q as decimal(18, 4)) as gross_q,
    cast(t.margin_q as decimal(18, 4)) as margin_q,
    cast(t.gross_12m as decimal(18, 4)) as gross_12m,
    cast(t.gross_total as decimal(18, 4)) as gross_total,
    case when o.first_sale_date <= $as_of then o.gross_first end as gross_first,
    cast(t.returned_12m as decimal(18, 4)) as returned_12m,
    t.gross_q > 0 as is_active_q,
    cast(coalesce(b.n_products, 0) as bigint) as n_products_12m,
    cast(coalesce(m.active_months, 0) as bigint) as active_months_12m,
    cast(o.n_months as bigint) as n_months,
    cast(coalesce(m.revenue, 0) as decimal(18, 4)) as month_revenue,
    coalesce(
        cast(cast(o.n_months as decimal(2, 0)) * cast(m.squares as decimal(33, 8)) as decimal(36, 8))
        - cast(cast(m.revenue as decimal(19, 4)) * m.revenue as decimal(36, 8)),
        0
    ) as month_spread,
    cast(date_diff('day', s.first_day, $as_of) as bigint) as history_days
from totals as t
inner join opened_now as o on o.account = t.account
left join month_sums as m on m.account = t.account
left join bought as b on b.account = t.account
cross join (select min(first_date) as first_day from opened) as s
order by t.account
