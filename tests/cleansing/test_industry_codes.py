def put_codes(put, line, codes: list, **more) -> None:
    put("accounts", [{"account_id": f"K{i}", "industry_code": code, **more} for i, code in enumerate(codes, 1)])
    put("invoices", [line(f"K{i}") for i in range(1, len(codes) + 1)])


def test_codes_get_one_writing_a_scheme_and_a_division(put, line, refresh, rows):
    put_codes(put, line, ["28.22", "2822", "28.22.0", "C46.69", "99.99", None])
    refresh()
    assert rows("SELECT account_id, industry_code, industry_scheme, industry_division FROM accounts ORDER BY 1") == [
        ("K1", "28.22", "WZ 2008", "28"),
        ("K2", "28.22", "WZ 2008", "28"),
        ("K3", "28.22.0", "WZ 2008", "28"),
        ("K4", "46.69", "WZ 2008", "46"),
        ("K5", "99.99", None, None),
        ("K6", None, None, None),
    ]
    assert rows("SELECT \"row_number\", n_rows FROM refresh_log WHERE rule = 'industry_code_written'") == [(None, 2)]
    assert rows("SELECT n_rows, n_changed FROM cleaning_rules WHERE rule = 'industry_code_written'") == [(5, 2)]
    assert rows("SELECT n_rows, n_bad FROM firmographic_checks WHERE \"check\" = 'unknown_industry_code'") == [(5, 1)]


def test_sectors_are_written_alike_so_that_they_still_find_their_accounts(put, line, refresh, rows):
    put_codes(put, line, ["2822", "4669"])
    put("sectors", [{"industry_code": "2822", "growth": 0.1}, {"industry_code": "46.69", "growth": 0.2}])
    refresh()
    assert rows("SELECT account_id, growth FROM accounts JOIN rows_sectors USING (industry_code) ORDER BY 1") == [
        ("K1", 0.1),
        ("K2", 0.2),
    ]


def test_each_file_has_its_own_scheme(put, line, refresh, rows):
    put(
        "accounts",
        [{"account_id": f"K{i}", "industry_code": "46.71", "source": "alt.csv"} for i in (1, 2)]
        + [{"account_id": "K3", "industry_code": "46.71", "source": "neu.csv"}]
        + [{"account_id": "K4", "industry_code": "62.10", "source": "neu.csv"}]
        + [{"account_id": "K5", "industry_code": "45.20", "source": "alt.csv"}],
    )
    put("invoices", [line(f"K{i}") for i in range(1, 6)])
    refresh()
    assert rows("SELECT account_id, industry_scheme, industry_division FROM accounts ORDER BY 1") == [
        ("K1", "NACE 2.0", "46"),
        ("K2", "NACE 2.0", "46"),
        ("K3", "NACE 2.1", "45"),
        ("K4", "NACE 2.1", "62"),
        ("K5", "NACE 2.0", "45"),
    ]


def test_an_unclear_division_is_proposed_and_taken_when_somebody_accepts_it(put, line, refresh, rows):
    import pandas as pd

    put_codes(put, line, ["62.10", "43.60", "46.71"])
    refresh()
    open_ones = rows(
        "SELECT record_id, \"column\", proposed_value, status FROM proposals WHERE rule = 'industry_unclear'"
    )
    assert open_ones == [("K2", "industry_division", "82", "open")]
    assert rows("SELECT industry_division FROM accounts WHERE account_id = 'K2'") == [(None,)]
    decided = {"table": "accounts", "record_id": "K2", "column": "industry_division", "choice": "accept", "value": ""}
    refresh(repairs=pd.DataFrame([decided]))
    assert rows("SELECT industry_division FROM accounts WHERE account_id = 'K2'") == [("82",)]
    assert rows("SELECT status FROM proposals WHERE rule = 'industry_unclear'") == [("accepted",)]
