"""Firmographics of an external file, linked to accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.origins import ensure_origins
from segkit.cleansing.rows import has_table, run_sql

if TYPE_CHECKING:
    import duckdb
    import pandas as pd

    from segkit.settings.cleansing import Cleansing

IDENTIFIERS = ("vat_id", "register_id", "lei")
COMPARED = (
    *("name", "legal_form", "street", "postal_code", "city", "country", "phone", "website"),
    *IDENTIFIERS,
)
"""What both tables know of a company and `segkit.cleansing.matching` compares."""
CLEAR = 3.0
"""Bits by which the best company must be ahead of the next one: eight times as likely."""
MANY_NAMES = 3
"""More companies of different names than this cannot all be one account."""
FEWEST = 10
"""So many links must be impossible, and half of all, before a whole file is refused."""
LINKS = """external_id VARCHAR, source VARCHAR, "row_number" BIGINT, record_id VARCHAR, system VARCHAR,
           account_id VARCHAR, probability DOUBLE, rule VARCHAR"""
CHECKS = """"table" VARCHAR, "column" VARCHAR, "check" VARCHAR, n_rows BIGINT, n_bad BIGINT, revenue DECIMAL(18,4)"""


def link_firmographics(
    con: duckdb.DuckDBPyConnection, cleansing: Cleansing, seed: int, decisions: pd.DataFrame | None = None
) -> None:
    """Link the companies of ``rows_firmographics`` to accounts.

    A company is an account's by what the file says (account_id), by an identifier that both have and nobody else on
    either side (VAT number, register number, LEI), or by name and address with at least the probability from which
    records are merged. One company belongs to one account at most: of several accounts the likeliest, and none where
    two are about as likely. A file whose companies cannot all be what they match is not used at all.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``rows_accounts`` (one row without step for each account), ``duplicates``, and perhaps
        ``rows_firmographics``. Pairs that people have to look at are added to ``duplicates`` with status review (the
        company's id is its system, a colon and its record_id), and so are decided ones.
    cleansing : Cleansing
        Thresholds.
    seed : int
        Start of random draws.
    decisions : DataFrame or None
        Columns of ``decisions/duplicates.csv``; choice same or different. A record that is part of another account by
        now stands for that account.

    Notes
    -----
    Creates ``firmographic_links`` (external_id, source, row_number, record_id, system, account_id, probability, rule)
    and ``firmographic_checks`` (columns of data_quality).
    """
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE firmographic_links ({LINKS})")
    run_sql(con, f"CREATE OR REPLACE TEMP TABLE firmographic_checks ({CHECKS})")
    if not (has_table(con, "rows_firmographics") and has_table(con, "rows_accounts")):
        return
    _name_companies(con)
    _note_pairs(con, decisions)
    _link_by_keys(con)
    pairs = _link_by_likeness(con, cleansing, seed)
    if _matches_everything(con):
        run_sql(con, "DELETE FROM firmographic_links")
        return
    _note_review(con, pairs, cleansing.duplicates.review)


def _name_companies(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``companies`` and ``buyers``: who is to be linked, with a key that cannot be the other side's."""
    ensure_origins(con)
    fields = ", ".join(COMPARED)
    is_named = "system" in {row[0] for row in run_sql(con, "SELECT column_name FROM (DESCRIBE rows_accounts)")}
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE companies AS
        SELECT coalesce(origins.system, '-') || ':' || record_id AS external_id, f.source, f."row_number", record_id,
               coalesce(origins.system, '-') AS system, account_id, {fields}
        FROM rows_firmographics f LEFT JOIN origins USING (source) WHERE step IS NULL;
        CREATE OR REPLACE TEMP TABLE buyers AS
        SELECT account_id, {"system" if is_named else "NULL::VARCHAR AS system"}, {fields}
        FROM rows_accounts WHERE step IS NULL""",
    )


def _note_pairs(con: duckdb.DuckDBPyConnection, decisions: pd.DataFrame | None) -> None:
    """Create ``decided_links`` (account_id, external_id, choice) from decisions in any order of their ids."""
    run_sql(
        con,
        "CREATE OR REPLACE TEMP TABLE decided_links (account_id VARCHAR, external_id VARCHAR, choice VARCHAR)",
    )
    if decisions is None or decisions.empty:
        return
    con.register("pair_decisions", decisions[["account_id_a", "account_id_b", "choice"]].astype("str"))
    run_sql(
        con,
        """
        WITH pairs AS (SELECT account_id_a AS one, account_id_b AS other, choice FROM pair_decisions
                       UNION ALL SELECT account_id_b, account_id_a, choice FROM pair_decisions),
        moved AS (SELECT source_id, min(account_id) AS account_id FROM account_links
                  GROUP BY source_id HAVING count(DISTINCT account_id) = 1)
        INSERT INTO decided_links
        SELECT DISTINCT buyers.account_id, other, lower(trim(choice))
        FROM pairs LEFT JOIN moved ON moved.source_id = one
        JOIN buyers ON buyers.account_id = coalesce(moved.account_id, one)
        JOIN companies ON companies.external_id = other ORDER BY ALL""",
    )
    con.unregister("pair_decisions")
    _insert_links(con, "SELECT external_id, account_id, 1.0, 'decided' FROM decided_links WHERE choice = 'same'")


def _insert_links(con: duckdb.DuckDBPyConnection, found: str) -> None:
    """Add links (external_id, account_id, probability, rule) of companies that have none, unless decided otherwise."""
    run_sql(
        con,
        f"""
        INSERT INTO firmographic_links
        SELECT c.external_id, c.source, c."row_number", c.record_id, c.system, found.account_id, found.probability,
               found.rule
        FROM ({found}) found(external_id, account_id, probability, rule) JOIN companies c USING (external_id)
        ANTI JOIN firmographic_links USING (external_id)
        ANTI JOIN (FROM decided_links WHERE choice = 'different') decided
          ON decided.external_id = found.external_id AND decided.account_id = found.account_id
        ORDER BY c.external_id, found.account_id""",
    )


def _link_by_keys(con: duckdb.DuckDBPyConnection) -> None:
    """Link by account_id, then by each identifier that stands once on either side."""
    _insert_links(
        con, "SELECT external_id, account_id, 1.0, 'account_id' FROM companies SEMI JOIN buyers USING (account_id)"
    )
    for column in IDENTIFIERS:
        bare = f"nullif(upper(regexp_replace({column}, '[^A-Za-z0-9]', '', 'g')), '')"
        once = "GROUP BY key HAVING count(*) = 1"
        _insert_links(
            con,
            f"""
            WITH sides AS (SELECT external_id, NULL AS account_id, {bare} AS key FROM companies
                           UNION ALL SELECT NULL, account_id, {bare} FROM buyers)
            SELECT c.external_id, b.account_id, 1.0, '{column}'
            FROM (SELECT key, any_value(external_id) AS external_id FROM sides
                  WHERE external_id IS NOT NULL AND length(key) >= 6 {once}) c
            JOIN (SELECT key, any_value(account_id) AS account_id FROM sides
                  WHERE account_id IS NOT NULL {once}) b USING (key)""",
        )


def _link_by_likeness(con: duckdb.DuckDBPyConnection, cleansing: Cleansing, seed: int) -> pd.DataFrame | None:
    """Link what is left by name and address; return all pairs that were found (account_id, external_id …)."""
    import pandas as pd

    from segkit.cleansing.matching import find_pairs

    fields = ", ".join(COMPARED)
    companies = con.execute(
        f"""SELECT 'x' || external_id AS record_id, 'file' AS system, {fields} FROM companies
            ANTI JOIN firmographic_links USING (external_id) WHERE name IS NOT NULL ORDER BY 1"""
    ).df()
    buyers = con.execute(
        f"""SELECT 'a' || account_id AS record_id, 'accounts' AS system, {fields} FROM buyers
            ANTI JOIN firmographic_links USING (account_id) WHERE name IS NOT NULL ORDER BY 1"""
    ).df()
    if companies.empty or buyers.empty:
        return None
    pairs = find_pairs(pd.concat([buyers, companies], ignore_index=True), cleansing.duplicates, seed, "system").pairs
    pairs = pairs.assign(account_id=pairs["record_id_a"].str[1:], external_id=pairs["record_id_b"].str[1:])
    con.register("likely_pairs", pairs)
    run_sql(
        con,
        """CREATE OR REPLACE TEMP TABLE likely_links AS
           SELECT account_id, external_id, probability, match_weight, evidence FROM likely_pairs
           ANTI JOIN decided_links USING (account_id, external_id) ORDER BY ALL""",
    )
    con.unregister("likely_pairs")
    _insert_links(con, CLEAREST.format(merge=cleansing.duplicates.merge, clear=CLEAR))
    return pairs


CLEAREST = """
    WITH sure AS (FROM likely_links WHERE probability >= {merge}),
    ahead AS (
        SELECT sure.*, lower(trim(name)) AS name,
               match_weight - max(match_weight) OVER (PARTITION BY external_id) AS behind,
               count(*) FILTER (true) OVER (PARTITION BY external_id ORDER BY match_weight
                                            RANGE BETWEEN {clear} PRECEDING AND {clear} FOLLOWING) AS n_alike
        FROM sure JOIN companies USING (external_id)),
    best AS (FROM ahead WHERE behind = 0 AND n_alike = 1),
    of_account AS (
        SELECT *, match_weight - max(match_weight) OVER (PARTITION BY account_id) AS account_behind,
               first_value(name) OVER (PARTITION BY account_id ORDER BY match_weight DESC, external_id) AS best_name
        FROM best),
    kept AS (FROM of_account WHERE account_behind > -{clear} OR name = best_name)
    SELECT external_id, account_id, probability, 'likeness' FROM kept
    QUALIFY count(DISTINCT name) OVER (PARTITION BY account_id) = 1"""
"""Of each company the account that is clearly ahead; of each account the companies that are clearly ahead or bear the
same name (the same company in several years), and none where two of different names are about as likely."""


def _matches_everything(con: duckdb.DuckDBPyConnection) -> bool:
    """Say whether most links cannot be right: accounts that would be many companies at once."""
    n_links, n_bad, n_companies = run_sql(
        con,
        f"""
        WITH crowds AS (SELECT l.account_id, count(*) AS n, count(DISTINCT lower(trim(c.name))) AS n_names
                        FROM firmographic_links l JOIN companies c USING (external_id) GROUP BY l.account_id)
        SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER (n_names > {MANY_NAMES}), 0),
               (SELECT count(*) FROM companies) FROM crowds""",
    )[0]
    is_refused = n_bad >= FEWEST and n_bad * 2 >= n_links
    run_sql(
        con,
        "INSERT INTO firmographic_checks VALUES ('firmographics', 'account_id', 'matches_everything', ?, ?, NULL)",
        [n_companies, int(n_bad) if is_refused else 0],
    )
    n_buyers, n_linked = run_sql(
        con,
        """SELECT (SELECT count(*) FROM buyers), count(DISTINCT account_id) FROM firmographic_links""",
    )[0]
    run_sql(
        con,
        "INSERT INTO firmographic_checks VALUES ('accounts', 'account_id', 'not_in_external_file', ?, ?, NULL)",
        [n_buyers, n_buyers - (0 if is_refused else n_linked)],
    )
    return is_refused


def _note_review(con: duckdb.DuckDBPyConnection, pairs: pd.DataFrame | None, review: float) -> None:
    """Add to ``duplicates`` the pairs that are likely but not sure, and those that people have decided."""
    likely = (
        f"SELECT account_id, external_id, probability, match_weight, evidence, 'review' FROM likely_links "
        f"ANTI JOIN firmographic_links USING (external_id) WHERE probability >= {review} "
        "AND account_id NOT IN (SELECT account_id FROM firmographic_links)"
        if pairs is not None
        else "SELECT NULL, NULL, 0.0, NULL, NULL, NULL WHERE false"
    )
    run_sql(
        con,
        f"""
        INSERT INTO duplicates BY NAME
        SELECT found.account_id AS account_id_a, found.external_id AS account_id_b, b.name AS name_a, c.name AS name_b,
               b.system AS system_a, c.system AS system_b, found.probability, found.match_weight, found.evidence,
               found.status, found.status = 'review' AS is_new
        FROM (SELECT account_id, external_id, CASE choice WHEN 'same' THEN 1.0 ELSE 0.0 END, NULL, NULL,
                     'decided_' || choice FROM decided_links WHERE choice IN ('same', 'different')
              UNION ALL {likely}) found(account_id, external_id, probability, match_weight, evidence, status)
        JOIN buyers b USING (account_id) JOIN companies c USING (external_id) ORDER BY 1, 2""",
    )
