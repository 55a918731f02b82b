"""Values that belong together: they come from one record, and what it lacks from one other that agrees with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from segkit.cleansing.rows import run_sql

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Block:
    """Columns that come from one record.

    ``compared`` must not contradict each other in the two records; of ``telling`` at least one must be equal, unless
    the first record has none of them: half an address of one record and half of another would be an address that
    nobody has.
    """

    name: str
    columns: tuple[str, ...]
    compared: tuple[str, ...]
    telling: tuple[str, ...] = ()


ADDRESS = Block(
    "address",
    ("street", "postal_code", "city", "region", "country"),
    ("street", "postal_code", "city", "country"),
    ("street", "postal_code", "city"),
)
INDUSTRY = Block("industry", ("industry_code", "industry", "industry_date"), ("industry_code", "industry"))


def write_block(con: duckdb.DuckDBPyConnection, block: Block, order: str) -> None:
    """Create ``golden_<block>``: account_id, <block>_base and <block>_filler, turns of the two records.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``golden_rows`` (account_id, turn and the block's columns).
    block : Block
        Columns.
    order : str
        SQL: of the records that have any of the telling columns (else of the compared ones) the first is the base.
    """
    telling = _any(block.telling or block.compared)
    filled = " + ".join(f"(base.{c} IS NULL AND other.{c} IS NOT NULL)::INT" for c in block.columns)
    agrees = [f"coalesce({_folded(f'base.{c}')} = {_folded(f'other.{c}')}, true)" for c in block.compared]
    equal = [f"coalesce({_folded(f'base.{c}')} = {_folded(f'other.{c}')}, false)" for c in block.telling]
    if equal:
        none_there = " AND ".join(f"base.{c} IS NULL" for c in block.telling)
        agrees.append(f"({' OR '.join(equal)} OR ({none_there}))")
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE golden_{block.name} AS
        WITH bases AS (
            SELECT * FROM golden_rows WHERE {_any(block.compared)}
            QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY NOT ({telling}), {order}) = 1)
        SELECT base.account_id, any_value(base.turn) AS {block.name}_base,
               arg_min(other.turn, (-({filled}), other.turn)) FILTER ({filled} > 0) AS {block.name}_filler
        FROM bases base LEFT JOIN golden_rows other
          ON other.account_id = base.account_id AND other.turn <> base.turn AND {" AND ".join(agrees)}
        GROUP BY base.account_id""",
    )


def _any(columns: tuple[str, ...]) -> str:
    return "(" + " OR ".join(f"{c} IS NOT NULL" for c in columns) + ")"


def _folded(column: str) -> str:
    """SQL of a text without capitals, accents and signs; Hauptstr. is Hauptstraße."""
    plain = f"replace(replace(replace(lower({column}), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue')"
    street = f"regexp_replace({plain}, 'stra(ss|ß)e|str\\.', 'str', 'g')"
    return f"regexp_replace(strip_accents({street}), '[^a-z0-9]', '', 'g')"
