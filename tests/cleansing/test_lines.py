"""Invoice lines by hand: what each is, and which of identical ones count."""

from __future__ import annotations

from decimal import Decimal

import pytest

from segkit.settings.cleansing import Cleansing


def test_kind_of_line_follows_the_signs(put, line, clean, rows):
    put("invoices", [
        line(invoice_id="1", revenue=10),
        line(invoice_id="2", revenue=-10),
        line(invoice_id="3", revenue=0),
        line(invoice_id="4", revenue=0, quantity=-3),
        line(invoice_id="5", revenue=-5, quantity=1),
        line(invoice_id="C6", revenue=-5, quantity=1),
        line(invoice_id="C7", revenue=5),
        line(invoice_id="8", revenue=5, quantity=-1),
        line(invoice_id="9", revenue=4, product_id="Versandkosten"),
        line(invoice_id="10", revenue=-4, product_id="Versandkosten"),
        line(invoice_id="11", revenue=7, quantity=None),
        line(invoice_id="12", revenue=-7, quantity=None),
    ])  # fmt: skip
    clean()
    kinds = dict(rows("SELECT invoice_id, line_type FROM invoices"))
    assert kinds == {
        "1": "sale",
        "2": "return",
        "3": "free",
        "4": "adjustment",
        "5": "adjustment",
        "C6": "return",
        "C7": "sale",
        "8": "adjustment",
        "9": "charge",
        "10": "charge",
        "11": "sale",
        "12": "return",
    }


def test_invoice_in_two_deliveries_counts_as_often_as_in_the_fuller_one(put, line, clean, rows):
    same = line(invoice_id="R1")
    put(
        "invoices",
        [
            same,
            same,
            line(invoice_id="R2"),
            *({**same, "source": "b.csv"},) * 3,
            line(invoice_id="R2", revenue=11, source="b.csv"),
        ],
    )
    clean()
    assert rows("SELECT invoice_id, revenue, count(*) FROM invoices GROUP BY ALL ORDER BY ALL") == [
        ("R1", Decimal(10), 3),
        ("R2", Decimal(10), 1),
        ("R2", Decimal(11), 1),
    ]
    assert rows("SELECT source, n_rows FROM reconciliation WHERE step = 'excluded_duplicate'") == [("b.csv", 2)]
    assert rows("SELECT source, old_value, new_value, n_rows FROM cleaning_log WHERE rule = 'duplicate_line'") == [
        ("b.csv", "R1", "a.csv:2", 2)
    ]
    assert rows("SELECT n_bad FROM data_quality WHERE \"check\" = 'differs_between_deliveries'") == [(2,)]


def test_identical_lines_in_one_delivery_stay_and_the_further_ones_are_marked(put, line, clean, rows):
    put("invoices", [line(), line(), line(), line(revenue=11)])
    clean()
    assert rows('SELECT "row_number", is_repeated FROM invoices ORDER BY 1') == [
        (2, False),
        (3, True),
        (4, True),
        (5, False),
    ]


def test_earlier_delivery_is_the_one_that_stays(put, line, clean, rows):
    put(
        "invoices",
        [
            {**line(), "source": "a.csv", "delivery": "2026-10-02"},
            {**line(), "source": "b.csv", "delivery": "2026-07-02"},
        ],
    )
    clean()
    assert rows("SELECT source FROM invoices") == [("b.csv",)]


def test_lines_without_account_go_to_quarantine_as_compact_json(put, line, clean, rows):
    put("invoices", [line(), line(account=None, product_id='A"1', invoice_id="R9", revenue="12.5")])
    clean()
    assert rows("FROM quarantine") == [
        (
            "a.csv",
            3,
            "no_account",
            '{"invoice_id":"R9","invoice_date":"2026-08-03","product_id":"A\\"1","quantity":1.0,"revenue":12.5000}',
        )
    ]


def test_without_quantity_and_invoice_number_the_line_still_counts(put, line, clean, rows):
    put("invoices", [line(quantity=None, invoice_id=None), line(quantity=None, invoice_id=None, revenue=-3)])
    clean()
    assert rows("SELECT invoice_id, quantity FROM invoices ORDER BY revenue DESC") == [
        ("K1/2026-08-03", 1.0),
        ("K1/2026-08-03", -1.0),
    ]
    assert rows("SELECT rule, n_rows FROM cleaning_log ORDER BY 1") == [("invoice_id_made", 2), ("quantity_assumed", 2)]


@pytest.mark.parametrize(("charges", "used"), [("included", 14), ("excluded", 10)])
def test_charges_belong_to_revenue_by_setting(put, line, clean, rows, charges, used):
    put("invoices", [line(), line(product_id="FRACHT", revenue=4)])
    clean(cleansing=Cleansing(charges=charges))
    assert rows("SELECT sum(revenue) FROM invoices") == [(Decimal(used),)]
    assert rows("SELECT sum(revenue) FROM reconciliation WHERE step = 'excluded_charge'") == [
        (Decimal(4) if charges == "excluded" else None,)
    ]
    assert rows("SELECT old_value FROM cleaning_log WHERE rule = 'charge'") == [("FRACHT",)]


def test_charge_codes_found_by_themselves_are_rare_words_and_known_words(put, line, clean, rows):
    many = [line(invoice_id=f"R{i}", product_id=f"{i % 7}A") for i in range(400)]
    put("invoices", [*many, line(product_id="M"), line(product_id="Porto"), line(product_id="77")])
    put("products", [{"product_id": "77", "product_name": "Versandkosten"}, {"product_id": "0A"}])
    clean()
    assert rows("SELECT DISTINCT product_id FROM invoices WHERE line_type = 'charge' ORDER BY 1") == [
        ("77",),
        ("M",),
        ("Porto",),
    ]


def test_product_codes_without_digits_are_no_charges_where_they_are_the_habit(put, line, clean, rows):
    put(
        "invoices",
        [line(invoice_id=f"R{i}", product_id="GTX Pro" if i % 9 else "MG Special") for i in range(400)]
        + [line(product_id="Rarely Sold")],
    )
    clean()
    assert rows("SELECT count(*) FROM invoices WHERE line_type = 'charge'") == [(0,)]


def test_named_charge_codes_are_the_only_ones(put, line, clean, rows):
    put("invoices", [line(product_id="900"), line(product_id="FRACHT")])
    clean(cleansing=Cleansing(charge_codes=[900]))
    assert rows("SELECT product_id FROM invoices WHERE line_type = 'charge'") == [("900",)]
