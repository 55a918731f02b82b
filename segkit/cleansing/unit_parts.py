"""Sites, departments and persons as unit of analysis: what a company's invoices name, and the company for the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.rows import columns_of, has_table, run_sql

if TYPE_CHECKING:
    import duckdb

    from segkit.settings.cleansing import Unit

COLUMNS = {
    "site": {"invoices": "ship_to_id", "installed_base": "site_id"},
    **dict.fromkeys(
        ("department", "person"), dict.fromkeys(("contacts", "invoices", "surveys", "engagements"), "contact_id")
    ),
}
"""Unit → tables whose rows can name it, and the column that does; a contact names its department."""
MAKES = {"site": ("invoices", "installed_base"), "person": ("invoices", "contacts")}
"""Unit → tables whose rows make units; rows of the others only go to units that exist."""
DEPARTMENT = "nullif(lower(trim(regexp_replace(department, '\\s+', ' ', 'g'))), '')"
"""Spellings of one department that differ by capitals and blanks are one."""
INHERITED = (
    *("legal_form", "industry_code", "industry", "industry_date", "industry_scheme", "industry_division", "size_class"),
    *("credit_rating", "owner_id", "team", "account_group", "source_abc_class", "is_inactive", "created_date"),
    *("consent", "do_not_contact", "is_contactable"),
)
"""Columns that say the same of a part as of its company. Not among them: numbers (a head count would count once for
each part) and what identifies the company."""
PLACE = ("street", "postal_code", "city", "region", "country")


def write_parts(con: duckdb.DuckDBPyConnection, unit: Unit, tables: list[str]) -> None:
    """Split accounts into the chosen parts, in every table that names them, and replace ``accounts``.

    Parameters
    ----------
    con : duckdb.DuckDBPyConnection
        Holds ``companies`` (the accounts as they were) and `tables`.
    unit : str
        site, department or person.
    tables : list of str
        Cleansed tables; those with account_id are rewritten.

    Notes
    -----
    Creates ``parts`` (account_id of the company, part, unit_id). A unit's id is its company's id, a slash, and the id
    of the site or person, or the department in small letters: one person or warehouse at two companies is two units.
    Where that id is taken (accounts with a slash in their number), two slashes stand between.
    A company stays, as a unit of level company, where it has no parts or some table still names it.
    """
    named = {table: column for table, column in COLUMNS[unit].items() if table in tables}
    made = [
        f"SELECT account_id, {named[table]} AS part FROM {table}" for table in MAKES.get(unit, ()) if table in named
    ]
    if unit == "department" and "contacts" in tables:
        _write_departments(con)
        made = ["SELECT DISTINCT account_id, part FROM departments"]
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE parts AS
        SELECT account_id, part,
               CASE WHEN named IN (SELECT account_id FROM companies) OR count(*) OVER (PARTITION BY named) > 1
                    THEN account_id || '//' || part ELSE named END AS unit_id
        FROM (SELECT account_id, part, account_id || '/' || part AS named
              FROM ({" UNION ".join(made) or "SELECT NULL::VARCHAR AS account_id, NULL::VARCHAR AS part"})
              SEMI JOIN companies USING (account_id) WHERE part IS NOT NULL)
        ORDER BY unit_id""",
    )
    keys = "SELECT account_id, part AS key, unit_id FROM parts"
    if unit == "department" and made:
        keys = "SELECT account_id, contact_id AS key, unit_id FROM parts JOIN departments USING (account_id, part)"
    for table, column in named.items():
        run_sql(
            con,
            f"""UPDATE {table} SET account_id = found.unit_id FROM ({keys}) found
                WHERE found.account_id = {table}.account_id AND found.key = {column}""",
        )
    _write_accounts(con, unit, [table for table in tables if "account_id" in columns_of(table)])


def _write_departments(con: duckdb.DuckDBPyConnection) -> None:
    """Create ``departments``: contact_id, account_id, department as compared (part) and as most write it (label)."""
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TEMP TABLE departments AS
        WITH rows AS (SELECT contact_id, account_id, is_contactable, {DEPARTMENT} AS part, trim(department) AS written
                      FROM contacts WHERE account_id IS NOT NULL),
        labels AS (SELECT part, arg_min(written, (-n, written)) AS label
                   FROM (SELECT part, written, count(*) AS n FROM rows GROUP BY ALL) GROUP BY part)
        SELECT contact_id, account_id, is_contactable, part, label
        FROM rows JOIN labels USING (part) ORDER BY contact_id""",
    )


def _write_accounts(con: duckdb.DuckDBPyConnection, unit: Unit, tables: list[str]) -> None:
    """Replace ``accounts``: the companies that are still named or have no parts, and one row for each part."""
    still_named = " UNION ".join(f"SELECT account_id FROM {table}" for table in tables)
    inherited = ", ".join(f"company.{c}" for c in INHERITED if c not in _own(unit))
    run_sql(
        con,
        f"""
        CREATE OR REPLACE TABLE accounts AS
        SELECT * REPLACE ('company' AS unit_level) FROM companies
        WHERE account_id NOT IN (SELECT account_id FROM parts)
           OR account_id IN (SELECT account_id FROM ({still_named}) WHERE account_id IS NOT NULL)
        UNION ALL BY NAME
        SELECT parts.unit_id AS account_id, '{unit}' AS unit_level, 1 AS n_records,
               company.account_id AS parent_id, {inherited}, {_described(unit)}
        FROM parts JOIN companies company ON company.account_id = parts.account_id {_described_by(con, unit)}
        ORDER BY account_id""",
    )


def _own(unit: Unit) -> tuple[str, ...]:
    """Columns that a part has of its own."""
    return {"person": ("consent", "do_not_contact", "is_contactable"), "department": ("is_contactable",)}.get(unit, ())


def _described(unit: Unit) -> str:
    """SQL of the columns that a part has of its own."""
    company_place = ", ".join(f"company.{c}" for c in PLACE)
    if unit == "site":
        own_place = ", ".join(f"place.{c}" for c in (*PLACE, "phone"))
        is_main = "parts.part = parts.account_id"
        label = "coalesce(place.name, parts.part)"
        return f"CASE WHEN {is_main} THEN company.name ELSE company.name || ' · ' || {label} END AS name, {own_place}"
    if unit == "department":
        return f"""company.name || ' · ' || named.label AS name, {company_place},
                   company.is_contactable AND coalesce(named.is_contactable, true) AS is_contactable"""
    return f"""company.name || ' · ' || coalesce(named.name, parts.part) AS name, {company_place}, named.phone,
               named.consent, coalesce(company.do_not_contact OR named.do_not_contact,
                                       company.do_not_contact, named.do_not_contact) AS do_not_contact,
               company.is_contactable AND coalesce(named.is_contactable, true) AS is_contactable"""


def _described_by(con: duckdb.DuckDBPyConnection, unit: Unit) -> str:
    """SQL joins for `_described`: a site that is an account itself, a department's persons, the person."""
    if unit == "site":
        return "LEFT JOIN companies place ON place.account_id = parts.part"
    if unit == "department" and has_table(con, "departments"):
        return """JOIN (SELECT account_id, part, max(label) AS label, bool_or(is_contactable) AS is_contactable
                        FROM departments GROUP BY ALL) named
                  ON named.account_id = parts.account_id AND named.part = parts.part"""
    persons = PERSONS if has_table(con, "contacts") else f"(SELECT * FROM ({NOBODY}) WHERE false)"
    return f"LEFT JOIN {persons} named ON named.contact_id = parts.part"


PERSONS = """(SELECT contact_id, nullif(trim(concat_ws(' ', first_name, last_name)), '') AS name, phone, consent,
                     do_not_contact, is_contactable FROM contacts)"""
NOBODY = """SELECT NULL::VARCHAR AS contact_id, NULL::VARCHAR AS name, NULL::VARCHAR AS label, NULL::VARCHAR AS phone,
                   NULL::BOOLEAN AS consent, NULL::BOOLEAN AS do_not_contact, NULL::BOOLEAN AS is_contactable"""
