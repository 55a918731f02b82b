-- One row per pair of quarters and account with a line in one of them: what its revenue was, and what changed it.
-- Frame: growth_quarters (position, first_day, last_day), the quarters without a gap, positions in order of time
-- Frame: growth_sides (pair, position, is_now), two rows per pair: pair is the position of the later quarter
-- Frame: product_groups (product_id, product_group)
-- Money is in ten-thousandths, so that whole numbers add up exactly; only within a group are quantities added up.
-- A line is priced if it is a sale with product, quantity and revenue above zero. price: (p - p0) (q + q0) / 2 of each
-- product (p, q: price and quantity of the later quarter, p0, q0: of the earlier). A product that the account bought in
-- both is matched; what it bought in one alone would have cost it in the other what it cost all accounts there, times how
-- its prices stood to theirs. A price five times the other is another unit, not another price.
create temp table growth_days as
select d.invoice_date, q.position
from (select distinct invoice_date from invoices) as d
inner join growth_quarters as q on d.invoice_date between cast(q.first_day as date) and cast(q.last_day as date);

create temp table growth_cells as
select
    account_id,
    position,
    kind,
    product_id,
    cast(sum(revenue) as decimal(18, 4)) as revenue,
    cast(sum(quantity) as decimal(18, 4)) as quantity,
    max(is_sale) as is_sale
from (
    select
        i.account_id,
        d.position,
        i.revenue,
        case
            when i.line_type = 'sale' and i.revenue > 0 and i.quantity > 0 and i.product_id is not null then 'priced'
            when i.line_type = 'return' then 'return'
            else 'other'
        end as kind,
        case when i.line_type = 'sale' and i.revenue > 0 and i.quantity > 0 then i.product_id end as product_id,
        case when i.line_type = 'sale' and i.revenue > 0 and i.quantity > 0 then cast(i.quantity as decimal(18, 4)) end
            as quantity,
        case when i.revenue > 0 and coalesce(i.quantity, 1) > 0 then 1 else 0 end as is_sale
    from invoices as i
    inner join growth_days as d on d.invoice_date = i.invoice_date
) as lines
group by account_id, position, kind, product_id;

create temp table growth_sales as
select account_id, position from growth_cells group by account_id, position having max(is_sale) = 1;

create temp table growth_first as
select account_id, min(invoice_date) as first_sale_date
from invoices
where revenue > 0 and coalesce(quantity, 1) > 0
group by account_id;

create temp table growth_totals as
select
    s.pair,
    c.account_id,
    cast(sum(cast(case when s.is_now then c.revenue else 0 end as decimal(22, 4)) * 10000) as bigint) as revenue,
    cast(sum(cast(case when s.is_now then 0 else c.revenue end as decimal(22, 4)) * 10000) as bigint)
        as revenue_before,
    cast(sum(cast(case when s.is_now and c.kind = 'priced' then c.revenue else 0 end as decimal(22, 4)) * 10000)
        as bigint) as priced,
    cast(sum(cast(case when c.kind <> 'return' then 0 when s.is_now then c.revenue else -c.revenue end
        as decimal(22, 4)) * 10000) as bigint) as returned,
    cast(sum(cast(case when c.kind <> 'other' then 0 when s.is_now then c.revenue else -c.revenue end
        as decimal(22, 4)) * 10000) as bigint) as other,
    max(case when s.is_now then c.is_sale else 0 end) as is_sold,
    max(case when s.is_now then 0 else c.is_sale end) as was_sold
from growth_cells as c
inner join growth_sides as s on s.position = c.position
group by s.pair, c.account_id;

-- what accounts that bought in both quarters bought of each product
create temp table growth_products as
select
    pair,
    account_id,
    product_id,
    product_group,
    quantity,
    quantity_before,
    revenue,
    revenue_before,
    is_matched,
    case
        when is_matched then floor(
            (
                cast(revenue as double) / cast(quantity as double)
                - cast(revenue_before as double) / cast(quantity_before as double)
            )
            * (cast(quantity as double) + cast(quantity_before as double)) * 5000 + 0.5
        )
        else 0
    end as price
from (
    select
        *,
        quantity > 0 and quantity_before > 0
        and cast(revenue as double) * cast(quantity_before as double)
        <= 5 * cast(revenue_before as double) * cast(quantity as double)
        and cast(revenue_before as double) * cast(quantity as double)
        <= 5 * cast(revenue as double) * cast(quantity_before as double) as is_matched
    from (
        select
            s.pair,
            c.account_id,
            c.product_id,
            coalesce(g.product_group, '') as product_group,
            cast(sum(case when s.is_now then c.quantity else 0 end) as decimal(18, 4)) as quantity,
            cast(sum(case when s.is_now then 0 else c.quantity end) as decimal(18, 4)) as quantity_before,
            cast(sum(case when s.is_now then c.revenue else 0 end) as decimal(18, 4)) as revenue,
            cast(sum(case when s.is_now then 0 else c.revenue end) as decimal(18, 4)) as revenue_before
        from growth_cells as c
        inner join growth_sides as s on s.position = c.position
        inner join growth_totals as t
            on t.pair = s.pair and t.account_id = c.account_id and t.is_sold = 1 and t.was_sold = 1
        left join product_groups as g on g.product_id = c.product_id
        where c.kind = 'priced'
        group by s.pair, c.account_id, c.product_id, coalesce(g.product_group, '')
    ) as sides
) as compared;

-- the mean price of a product, to all accounts, in either quarter
create temp table growth_product_prices as
select
    pair,
    product_id,
    case when sum(quantity) > 0 then cast(sum(revenue) as double) / cast(sum(quantity) as double) end as price,
    case
        when sum(quantity_before) > 0 then cast(sum(revenue_before) as double) / cast(sum(quantity_before) as double)
    end as price_before
from growth_products
group by pair, product_id;

-- how the prices of an account stand to the mean ones, in either quarter
create temp table growth_levels as
select
    pair,
    account_id,
    case when sum(usual) > 0 then cast(sum(revenue) as double) / cast(sum(usual) as double) end as level_now,
    case
        when sum(usual_before) > 0 then cast(sum(revenue_before) as double) / cast(sum(usual_before) as double)
    end as level_before
from (
    select
        l.pair,
        l.account_id,
        cast(l.revenue * 10000 as bigint) as revenue,
        cast(l.revenue_before * 10000 as bigint) as revenue_before,
        cast(floor(coalesce(p.price, 0) * cast(l.quantity as double) * 10000 + 0.5) as bigint) as usual,
        cast(floor(coalesce(p.price_before, 0) * cast(l.quantity_before as double) * 10000 + 0.5) as bigint)
            as usual_before
    from growth_products as l
    inner join growth_product_prices as p on p.pair = l.pair and p.product_id = l.product_id
) as bought
group by pair, account_id;

-- matched purchases: revenue of both quarters together, and what prices changed of it
create temp table growth_by_group as
select
    pair,
    product_group,
    cast(sum(cast(revenue + revenue_before as decimal(22, 4)) * 10000) as bigint) as money,
    cast(sum(cast(price as bigint)) as bigint) as price
from growth_products
where is_matched
group by pair, product_group;

create temp table growth_everything as
select pair, cast(sum(money) as bigint) as money, cast(sum(price) as bigint) as price
from growth_by_group
group by pair;

create temp table growth_priced as
select
    pair,
    account_id,
    product_group,
    quantity,
    quantity_before,
    is_matched,
    revenue,
    revenue_before,
    cast(
        floor(
            case
                when is_matched then price
                when other <= 5 * (revenue + revenue_before) and revenue + revenue_before <= 5 * other
                    then (case when quantity > 0 then revenue - other else other - revenue_before end) / 2
                else (revenue + revenue_before) * coalesce(rate, 0)
            end
            + 0.5
        ) as bigint
    ) as price
from (
    select
        l.pair,
        l.account_id,
        l.product_group,
        l.quantity,
        l.quantity_before,
        l.is_matched,
        cast(cast(l.revenue as decimal(22, 4)) * 10000 as bigint) as revenue,
        cast(cast(l.revenue_before as decimal(22, 4)) * 10000 as bigint) as revenue_before,
        l.price,
        -- what a purchase of one quarter alone would have cost in the other
        case
            when l.quantity > 0 and l.quantity_before > 0 then null
            when l.quantity > 0 then p.price_before * v.level_before * cast(l.quantity as double) * 10000
            else p.price * v.level_now * cast(l.quantity_before as double) * 10000
        end as other,
        case
            when g.money > 0 then cast(g.price as double) / cast(g.money as double)
            when e.money > 0 then cast(e.price as double) / cast(e.money as double)
        end as rate
    from growth_products as l
    inner join growth_product_prices as p on p.pair = l.pair and p.product_id = l.product_id
    inner join growth_levels as v on v.pair = l.pair and v.account_id = l.account_id
    left join growth_by_group as g on g.pair = l.pair and g.product_group = l.product_group
    left join growth_everything as e on e.pair = l.pair
) as purchases;

-- the mean price of a group is that of all accounts and both quarters: an account's own mean, of a handful of units,
-- would make a change of quantity look larger than it is whenever quantities go up and down
create temp table growth_group_prices as
select
    pair,
    product_group,
    cast(sum(cast(revenue + revenue_before as decimal(22, 4))) as double)
        / cast(sum(cast(quantity + quantity_before as decimal(22, 4))) as double) as mean_price
from growth_priced
group by pair, product_group
having sum(quantity + quantity_before) > 0;

create temp table growth_split as
select
    g.pair,
    g.account_id,
    cast(sum(g.price) as bigint) as price,
    cast(sum(g.measured) as bigint) as measured,
    cast(sum(coalesce(cast(floor(m.mean_price * cast(g.more as double) + 0.5) as bigint), 0)) as bigint) as volume
from (
    select
        pair,
        account_id,
        product_group,
        cast(sum(price) as bigint) as price,
        cast(sum(case when is_matched then revenue else 0 end) as bigint) as measured,
        cast(sum(quantity) - sum(quantity_before) as decimal(22, 4)) as more
    from growth_priced
    group by pair, account_id, product_group
) as g
left join growth_group_prices as m on m.pair = g.pair and m.product_group = g.product_group
group by g.pair, g.account_id;

create temp table growth_later as
select b.pair, s.account_id, count(*) as n_quarters
from growth_sides as b
inner join growth_sales as s on s.position > b.position and s.position <= b.pair
where not b.is_now
group by b.pair, s.account_id;

select
    t.pair,
    t.account_id,
    t.revenue,
    t.revenue_before,
    t.priced,
    t.returned,
    t.other,
    coalesce(s.price, 0) as price,
    coalesce(s.volume, 0) as volume,
    coalesce(s.measured, 0) as measured,
    t.is_sold = 1 as is_sold,
    t.was_sold = 1 as was_sold,
    coalesce(l.n_quarters, 0) as n_later,
    f.first_sale_date
from growth_totals as t
left join growth_split as s on s.pair = t.pair and s.account_id = t.account_id
left join growth_later as l on l.pair = t.pair and l.account_id = t.account_id
left join growth_first as f on f.account_id = t.account_id
order by 1, 2
