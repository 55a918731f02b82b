-- One row per account with a sale of a product in the twelve months up to as_of: what it paid, and what the same cost others.
-- Parameters: $as_of
-- Frame: list_prices (product_id, list_price)
-- decimal(19, 4): two decimals of at most 18 digits would be multiplied in 64 bits, and large amounts overflow.
-- A mean price is that of one product in one calendar quarter over all accounts, in millionths of the currency: so a price
-- rise in January is no discount for those who bought before it. A product that one account alone bought in the quarter,
-- or that one unit price (to the rounding of half a cent a line) explains for all, is not compared.
with lines as (
    select
        account_id,
        product_id,
        cast(date_trunc('quarter', invoice_date) as date) as quarter,
        quantity as units,
        cast(quantity as decimal(18, 4)) as quantity,
        revenue
    from invoices
    where line_type = 'sale' and product_id is not null and quantity > 0 and revenue > 0
        and invoice_date > cast($as_of as date) - interval 12 month
        and invoice_date <= cast($as_of as date)
),
prices as (
    select
        product_id,
        quarter,
        cast(
            floor(cast(sum(revenue) as double) / cast(sum(quantity) as double) * 1000000 + 0.5) as decimal(18, 0)
        ) as unit_price,
        min(account_id) = max(account_id) as has_one_buyer,
        max((cast(revenue as double) - 0.005) / units) <= min((cast(revenue as double) + 0.005) / units) as has_one_price
    from lines
    group by product_id, quarter
    having sum(quantity) > 0
)
select
    l.account_id,
    cast(sum(l.revenue) as decimal(18, 4)) as revenue,
    count(*) as n_lines,
    cast(sum(case when p.has_one_buyer then 1 else 0 end) as bigint) as n_one_buyer,
    cast(sum(case when p.has_one_price and not p.has_one_buyer then 1 else 0 end) as bigint) as n_one_price,
    cast(sum(case when p.has_one_price or p.has_one_buyer then 0 else 1 end) as bigint) as n_compared,
    cast(sum(case when p.has_one_price or p.has_one_buyer then 0 else l.revenue end) as decimal(18, 4)) as compared,
    cast(
        sum(
            case
                when p.has_one_price or p.has_one_buyer then 0
                else cast(l.quantity as decimal(19, 4)) * p.unit_price
            end
        ) as decimal(38, 4)
    ) as usual_millionths,
    cast(sum(case when s.list_price > 0 then l.revenue else 0 end) as decimal(18, 4)) as listed,
    cast(
        sum(
            case
                when s.list_price > 0 then cast(l.quantity as decimal(19, 4)) * cast(s.list_price as decimal(18, 4))
                else 0
            end
        ) as decimal(38, 8)
    ) as list_value
from lines as l
inner join prices as p on p.product_id = l.product_id and p.quarter = l.quarter
left join list_prices as s on s.product_id = l.product_id
group by l.account_id
order by 1
