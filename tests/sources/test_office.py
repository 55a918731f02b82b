"""A mapping that somebody opened and saved in an office program is read back as it was."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import tiny

from segkit.sources.mapping_company import CompanyFacts, read_company
from segkit.sources.mapping_read import read_mapping
from segkit.sources.project_file import write_project
from segkit.sources.propose import propose

OFFICE = shutil.which("soffice")


@pytest.mark.skipif(OFFICE is None, reason="LibreOffice (soffice) is not installed")
def test_a_mapping_saved_by_libreoffice_is_read_back(tmp_path: Path):
    export = tmp_path / "umsätze.csv"
    export.write_text("\n".join([tiny.HEADER, *tiny.invoice_rows()]), encoding="cp1252")
    folder = tmp_path / "project"
    write_project(folder, propose(folder, [export]))
    profile = f"-env:UserInstallation={(tmp_path / 'office').as_uri()}"
    command = [str(OFFICE), profile, "--headless", "--convert-to", "xlsx", "--outdir", str(tmp_path / "saved")]
    subprocess.run([*command, str(folder / "mapping.xlsx")], check=True, capture_output=True, timeout=120)
    saved = read_mapping(tmp_path / "saved" / "mapping.xlsx")
    assert saved == read_mapping(folder / "mapping.xlsx")
    assert next(entry for entry in saved if entry.table == "invoices").columns["revenue"][0] == "Betrag"
    assert read_company(tmp_path / "saved" / "mapping.xlsx") == CompanyFacts()
