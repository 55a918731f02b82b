"""Which product codes are charges such as postage and bank fees, and no products."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb

RARE_SHARE = 0.01  # of all lines, one code; a code on more lines is a product whose code happens to be a word
ALL_RARE_SHARE = 0.05  # of all lines, all such codes; where more, codes without digits are this company's habit

CHARGE_WORDS = (
    # German
    "fracht", "frachtkosten", "frachtpauschale", "porto", "portokosten", "versand", "versandkosten",
    "versandkostenpauschale", "versandpauschale", "verpackungskosten", "transportkosten", "lieferkosten", "maut",
    "mindermengenzuschlag", "expresszuschlag", "bearbeitungsgebühr", "mahngebühr", "mahngebühren", "gebühr", "gebühren",
    "bankgebühren", "zollgebühren", "transportversicherung",
    # English
    "post", "postage", "dotcom postage", "dot", "carriage", "freight", "shipping", "shipping costs", "delivery charge",
    "handling", "handling fee", "bank charges", "amazonfee", "amazon fee", "fee", "fees", "surcharge",
)  # fmt: skip


def find_charges(con: duckdb.DuckDBPyConnection, codes: Literal["auto"] | list[str]) -> None:
    """Create ``charge_codes`` (product_id): the codes in ``raw_invoices`` that are charges.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``raw_invoices`` (product_id) and perhaps ``raw_products`` (product_id, product_name).
    codes : list of str or "auto"
        The codes themselves; or auto: codes, or names of products, that are a well-known word (Fracht, Porto, postage)
        and codes without any digit that stand on at most `RARE_SHARE` of the lines each and `ALL_RARE_SHARE` together.
    """
    if codes != "auto":
        run_sql(
            con,
            "CREATE OR REPLACE TEMP TABLE charge_codes AS SELECT unnest($codes::VARCHAR[]) AS product_id",
            {"codes": codes},
        )
        return
    named = "SELECT product_id, product_name FROM raw_products" if has_table(con, "raw_products") else "VALUES ('', '')"
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE charge_codes AS
        WITH used AS (
            SELECT product_id, count(*) AS n, NOT regexp_matches(product_id, '[0-9]') AS is_word,
                   sum(count(*)) OVER () AS n_all
            FROM raw_invoices WHERE product_id IS NOT NULL GROUP BY product_id),
        words AS (
            SELECT *, is_word AND n <= {RARE_SHARE} * n_all AS is_rare,
                   sum(n) FILTER (is_word) OVER () <= {ALL_RARE_SHARE} * n_all AS are_rare
            FROM used),
        names(product_id, product_name) AS ({named})
        SELECT product_id FROM words
        WHERE (is_rare AND are_rare) OR list_contains($words, lower(product_id))
           OR product_id IN (SELECT product_id FROM names WHERE list_contains($words, lower(trim(product_name))))
        ORDER BY product_id""",
        {"words": list(CHARGE_WORDS)},
    )
