import pytest

from segkit.errors import UserError
from segkit.sources.files import read_file

PAGE = """<html><head><meta charset="{charset}"></head><body><table border=1>
<tr><td colspan=3>Umsatz</td></tr><tr><th>Kunde</th><th>Datum</th><th>Betrag</th></tr>
<tr><td rowspan=2>Müller &amp; Co</td><td>01.02.2024</td><td x:num="1234.5">1.234,50</td></tr>
<tr><td>02.02.2024<td>7,00</tr></table></body></html>"""
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"
SHEET = f"""<?xml version="1.0"?><Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}"><Worksheet ss:Name="Daten"><Table>
<Row><Cell><Data ss:Type="String">Kunde</Data></Cell><Cell><Data ss:Type="String">Datum</Data></Cell>
<Cell><Data ss:Type="String">Betrag</Data></Cell></Row>
<Row ss:Index="3"><Cell ss:MergeDown="1"><Data ss:Type="String">Müller &amp; Co</Data></Cell>
<Cell><Data ss:Type="DateTime">2024-02-01T00:00:00.000</Data></Cell><Cell><Data ss:Type="Number">1234.5</Data></Cell>
</Row><Row><Cell ss:Index="2"><Data ss:Type="DateTime">2024-02-02T00:00:00.000</Data></Cell>
<Cell><Data ss:Type="Number">7</Data></Cell></Row></Table></Worksheet></Workbook>"""


def read(tmp_path, content: bytes):
    path = tmp_path / "export.xls"
    path.write_bytes(content)
    (grid,) = read_file(path, "export.xls")
    return grid


@pytest.mark.parametrize("charset", ["utf-8", "windows-1252", "utf-16"])
def test_a_page_named_xls_is_read_as_a_sheet(tmp_path, charset):
    grid = read(tmp_path, PAGE.format(charset=charset).encode(charset))
    rows = [tuple(row.values())[1:] for row in grid.cells.to_pylist()]
    assert grid.headers == ["Kunde", "Datum", "Betrag"]
    assert rows == [("Müller & Co", "01.02.2024", "\x021234.5"), ("Müller & Co", "02.02.2024", "7,00")]


def test_an_xml_spreadsheet_keeps_numbers_and_dates(tmp_path):
    grid = read(tmp_path, SHEET.encode())
    assert [tuple(row.values()) for row in grid.cells.to_pylist()] == [
        (3, "Müller & Co", "\x032024-02-01", "\x021234.5"),
        (4, "Müller & Co", "\x032024-02-02", "\x027"),
    ]


def test_other_xml_and_web_archives_are_refused_with_the_way_out(tmp_path):
    with pytest.raises(UserError, match="is XML, but no spreadsheet. Export it as CSV or Excel"):
        read(tmp_path, b'<?xml version="1.0"?><orders><order id="1"/></orders>')
    with pytest.raises(UserError, match="is a web archive .MHTML., not a workbook. Open it in Excel"):
        read(tmp_path, b"MIME-Version: 1.0\r\nContent-Type: multipart/related\r\n\r\n")
