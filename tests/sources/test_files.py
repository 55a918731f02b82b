import gzip
import io
import zipfile
from pathlib import Path

import pytest

from segkit.errors import UserError
from segkit.sources.files import read_file

TEXT = "Kunde;Ort\nMüller;Köln\n".encode("cp1252")


def pack(**members: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in members.items():
            archive.writestr(name.replace("_", "."), content)
    return buffer.getvalue()


def grids(folder: Path, name: str, content: bytes):
    path = folder / name
    path.write_bytes(content)
    return read_file(path, name)


def test_packed_files_are_read(tmp_path):
    assert grids(tmp_path, "a.csv.gz", gzip.compress(TEXT))[0].headers == ["Kunde", "Ort"]
    found = grids(tmp_path, "a.zip", pack(a_csv=TEXT, b_csv=TEXT))
    assert [grid.name for grid in found] == ["a.zip/a.csv", "a.zip/b.csv"]
    assert grids(tmp_path, "b.zip", pack(a_csv=TEXT))[0].name == "b.zip"


def test_what_a_file_is_its_content_says_not_its_name(tmp_path):
    assert grids(tmp_path, "export.xls", "Kunde\tOrt\nA\tB\n".encode("utf-16"))[0].delimiter == "\t"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv.gz", gzip.compress(TEXT * 99)[:-20], "is damaged: the gzip archive ends early"),
        ("a.zip", pack(a_csv=TEXT)[:-30], "is damaged"),
        ("a.zip", pack(readme_md=b"hello"), "holds no file that can be read"),
        ("a.parquet", b"PAR1 nonsense PAR1", "cannot be read as Parquet"),
    ],
    ids=["gzip that ends early", "zip that ends early", "zip without exports", "no Parquet"],
)
def test_damaged_archives_are_named(tmp_path, name, content, message):
    with pytest.raises(UserError, match=message):
        grids(tmp_path, name, content)


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match="gone.csv cannot be read"):
        read_file(tmp_path / "gone.csv", "gone.csv")
