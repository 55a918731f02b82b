"""A large file without a single credit note: they may have come without their sign."""

CHECK = """SELECT n_rows, n_bad FROM data_quality WHERE "check" = 'no_credits'"""


def many(con, source: str) -> None:
    con.execute(
        f"""INSERT INTO raw_invoices BY NAME
            SELECT one.* EXCLUDE (invoice_id, source, "row_number"), 'R' || i AS invoice_id, '{source}' AS source,
                   i AS "row_number"
            FROM (FROM raw_invoices WHERE revenue > 0 LIMIT 1) one, range(1000) r(i)"""
    ).fetchall()


def test_a_large_file_without_credits_is_asked_about(put, con, line, clean, rows):
    put("invoices", [line(source="small.csv")])
    many(con, "large.csv")
    clean()
    assert rows(CHECK) == [(2, 1)]


def test_one_credit_is_enough(put, con, line, clean, rows):
    put("invoices", [line(), line("K2", revenue=-1, source="large.csv", row_number=9999)])
    many(con, "large.csv")
    clean()
    assert rows(CHECK) == []


def test_small_files_say_nothing(put, line, clean, rows):
    put("invoices", [line()])
    clean()
    assert rows(CHECK) == []
