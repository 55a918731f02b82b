"""Files of a system that belong together, and what is wrong where they do not."""

from decimal import Decimal as D

import pytest

from segkit.errors import UserError

from .tiny_preset import ITEMS

pytestmark = pytest.mark.usefixtures("tiny")


def test_a_line_without_its_document_is_told_so(read_join):
    found = read_join(items=ITEMS + "90009;10;5,00;1,00;1\n")
    assert [row[:3] for row in found.unreadable()] == [(6, "join_missing", "90009;10;5,00;1,00;1")]


def test_files_of_a_join_with_different_columns_are_told_not_mixed(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG\n1;01.02.2024;5\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG;KURRF\n2;01.02.2025;5;1,1\n",
        "items.csv": "VBELN;POSNR;NETWR\n1;10;5,00\n2;10;6,00\n",
    }
    with pytest.raises(UserError) as error:
        read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items.csv"]}})
    assert "heads_1.csv: there is no column 'KURRF', which heads_2.csv has" in str(error.value)


def test_a_column_that_only_newer_files_of_a_join_have_is_empty_in_the_others(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG\n1;01.02.2024;5\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG;FKSTO\n2;01.02.2025;5;\n3;01.02.2025;5;X\n",
        "items_1.csv": "VBELN;POSNR;NETWR;FKIMG\n1;10;5,00;2\n",
        "items_2.csv": "VBELN;POSNR;NETWR\n2;10;6,00\n3;10;7,00\n",
    }
    found = read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items_*.csv"]}})
    assert found.values("revenue") == [D("5.0000"), D("6.0000"), D("7.0000")]
    assert found.values("quantity")[0] == 2.0
    assert [value is None for value in found.values("quantity")] == [False, True, True]
    assert found.values("skip") == [None, None, "cancelled"]


def test_a_header_named_in_project_must_be_in_all_files_of_a_join(read):
    files = {
        "heads_1.csv": "VBELN;FKDAT;KUNAG;Kurs\n1;01.02.2024;5;2\n",
        "heads_2.csv": "VBELN;FKDAT;KUNAG\n2;01.02.2025;5\n",
        "items.csv": "VBELN;POSNR;NETWR\n1;10;5,00\n2;10;6,00\n",
    }
    for columns in ({"ship_to_id": "Kurs"}, {"revenue": ["NETWR * Kurs", "NETWR"]}):
        with pytest.raises(UserError, match="heads_2.csv: there is no column 'Kurs'"):
            read(files, {"invoices": {"preset": "tiny", "from": ["heads_*.csv", "items.csv"], "columns": columns}})


def test_a_missing_file_of_a_join_is_named(read):
    with pytest.raises(UserError) as error:
        read({"items.csv": ITEMS}, {"invoices": {"preset": "tiny", "files": "items.csv"}})
    assert "Tiny ERP" in str(error.value)
    assert "revenue" not in str(error.value)
