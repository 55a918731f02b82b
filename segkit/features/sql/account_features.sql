-- The panel: one row per account and as_of, for accounts with a line up to that day. Sums, counts and dates only; the
-- ratios of table account_features are made from them by panel.add_ratios.
-- Frame: panel_dates (quarter, as_of, quarter_start, year_start, prev_start, history_limit), all but the first dates
-- A sale is a line with quantity and revenue above zero. Months are calendar months, the last of the twelve that of as_of.
-- month_spread = n_months * sum of squares - square of the sum of the monthly revenue, exact in decimals.
with lines as (
    select
        account_id,
        coalesce(invoice_id, cast(invoice_date as varchar)) as invoice_id,
        invoice_date as day,
        product_id,
        revenue,
        margin,
        coalesce(quantity, 1) > 0 and revenue > 0 as is_sale,
        case when line_type = 'return' then -revenue else 0 end as returned
    from invoices
    where invoice_date <= (select max(as_of) from panel_dates)
),
data_start as (
    select min(day) as first_day from lines
),
orders as (
    select account_id, invoice_id, min(day) as day
    from lines
    where is_sale
    group by account_id, invoice_id
),
money_and_orders as (
    select
        account_id,
        day,
        sum(revenue) as revenue,
        sum(margin) as margin,
        sum(case when is_sale then revenue else 0 end) as gross,
        sum(returned) as returned,
        0 as n_orders
    from lines
    group by account_id, day
    union all
    select account_id, day, 0, null, 0, 0, count(*)
    from orders
    group by account_id, day
),
days as (
    select
        account_id,
        day,
        extract(year from day) * 12 + extract(month from day) as month,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        cast(sum(margin) as decimal(18, 4)) as margin,
        cast(sum(gross) as decimal(18, 4)) as gross,
        cast(sum(returned) as decimal(18, 4)) as returned,
        sum(n_orders) as n_orders
    from money_and_orders
    group by account_id, day
),
totals as (
    select
        d.account_id,
        p.as_of,
        min(d.day) as first_date,
        max(d.day) as last_date,
        min(case when d.gross > 0 then d.day end) as first_sale_date,
        max(case when d.gross > 0 then d.day end) as last_sale_date,
        sum(case when d.gross > 0 then 1 else 0 end) as n_sale_days,
        sum(d.n_orders) as frequency,
        sum(case when d.day >= p.year_start then d.n_orders else 0 end) as frequency_12m,
        sum(case when d.day >= p.quarter_start then d.n_orders else 0 end) as orders_q,
        sum(d.revenue) as revenue_total,
        sum(case when d.day >= p.year_start then d.revenue else 0 end) as revenue_12m,
        sum(case when d.day >= p.prev_start and d.day < p.year_start then d.revenue else 0 end) as revenue_prev_12m,
        sum(case when d.day >= p.quarter_start then d.revenue else 0 end) as revenue_q,
        sum(case when d.day >= p.year_start then d.gross else 0 end) as gross_12m,
        sum(case when d.day >= p.quarter_start then d.gross else 0 end) as gross_q,
        sum(d.gross) as gross_total,
        sum(case when d.day >= p.year_start then d.returned else 0 end) as returned_12m,
        sum(case when d.day >= p.year_start then d.margin end) as margin_12m,
        sum(case when d.day >= p.quarter_start then d.margin end) as margin_q
    from days as d
    inner join panel_dates as p on d.day <= p.as_of
    group by d.account_id, p.as_of
),
first_sales as (
    select d.account_id, d.day, d.gross
    from days as d
    inner join (select account_id, min(day) as day from days where gross > 0 group by account_id) as f
        on f.account_id = d.account_id and f.day = d.day
),
months as (
    select
        d.account_id,
        p.as_of,
        d.month,
        cast(sum(d.revenue) as decimal(18, 4)) as revenue,
        max(case when d.gross > 0 then 1 else 0 end) as has_sale
    from days as d
    inner join panel_dates as p
        on d.day <= p.as_of
        and d.month > extract(year from p.as_of) * 12 + extract(month from p.as_of) - 12
    group by d.account_id, p.as_of, d.month
),
month_sums as (
    select
        account_id,
        as_of,
        cast(sum(revenue) as decimal(18, 4)) as revenue,
        sum(cast(revenue as decimal(19, 4)) * revenue) as squares,
        sum(has_sale) as active_months
    from months
    group by account_id, as_of
),
product_days as (
    select distinct account_id, product_id, day
    from lines
    where is_sale and product_id is not null
),
product_gaps as (
    select account_id, day, lead(day) over (partition by account_id, product_id order by day) as next_day
    from product_days
),
bought as (
    -- a product counts on the last day of the window on which it was bought: faster than counting distinct products
    select d.account_id, p.as_of, count(*) as n_products
    from product_gaps as d
    inner join panel_dates as p
        on d.day between p.year_start and p.as_of
        and (d.next_day is null or d.next_day > p.as_of)
    group by d.account_id, p.as_of
),
known_months as (
    select
        account_id,
        as_of,
        least(
            12,
            extract(year from as_of) * 12 + extract(month from as_of)
            - extract(year from first_date) * 12 - extract(month from first_date) + 1
        ) as n_months
    from totals
)
select
    t.account_id,
    p.quarter,
    t.as_of,
    t.first_date,
    t.last_date,
    t.first_sale_date,
    t.last_sale_date,
    cast(date_diff('day', t.first_date, t.as_of) as bigint) as tenure_days,
    cast(date_diff('day', t.last_date, t.as_of) as bigint) as days_since_last,
    cast(t.n_sale_days as bigint) as n_sale_days,
    cast(t.frequency as bigint) as frequency,
    cast(t.frequency_12m as bigint) as frequency_12m,
    cast(t.orders_q as bigint) as orders_q,
    cast(t.revenue_total as decimal(18, 4)) as revenue_total,
    cast(t.revenue_12m as decimal(18, 4)) as revenue_12m,
    case when s.first_day <= p.history_limit then cast(t.revenue_prev_12m as decimal(18, 4)) end as revenue_prev_12m,
    cast(t.margin_12m as decimal(18, 4)) as margin_12m,
    cast(t.revenue_q as decimal(18, 4)) as revenue_q,
    cast(t.gross_q as decimal(18, 4)) as gross_q,
    cast(t.margin_q as decimal(18, 4)) as margin_q,
    cast(t.gross_12m as decimal(18, 4)) as gross_12m,
    cast(t.gross_total as decimal(18, 4)) as gross_total,
    case when f.day <= t.as_of then f.gross end as gross_first,
    cast(t.returned_12m as decimal(18, 4)) as returned_12m,
    t.gross_q > 0 as is_active_q,
    cast(coalesce(r.n_products, 0) as bigint) as n_products_12m,
    cast(coalesce(m.active_months, 0) as bigint) as active_months_12m,
    cast(k.n_months as bigint) as n_months,
    cast(coalesce(m.revenue, 0) as decimal(18, 4)) as month_revenue,
    coalesce(k.n_months * m.squares - cast(m.revenue as decimal(19, 4)) * m.revenue, 0) as month_spread,
    cast(date_diff('day', s.first_day, t.as_of) as bigint) as history_days
from totals as t
inner join panel_dates as p on p.as_of = t.as_of
inner join known_months as k on k.account_id = t.account_id and k.as_of = t.as_of
left join month_sums as m on m.account_id = t.account_id and m.as_of = t.as_of
left join first_sales as f on f.account_id = t.account_id
left join bought as r on r.account_id = t.account_id and r.as_of = t.as_of
cross join data_start as s
order by 1, 3
