"""Which system wrote a file: said surely where it is sure, and not of a table that anybody might keep."""

import pytest

from segkit.demo import write_demo
from segkit.errors import UserError
from segkit.sources.detection import detect, detect_grid
from segkit.sources.files import read_file
from segkit.sources.presets import load_preset, load_presets

SURE = 0.5
SHAPES = [(system, name) for system, preset in load_presets().items() for name in preset.files]


def n_fields(system, shape):
    return len(load_preset(system).files[shape].fields)


def recognised(folder, least=SURE):
    """File → system and confidence, of the files taken for an export of a system."""
    found = {}
    for path in sorted(folder.rglob("*.*")):
        if path.suffix not in (".csv", ".xlsx", ".gz") or path.stat().st_size > 20_000_000:
            continue
        try:
            grids = read_file(path, path.name)
        except UserError:
            continue
        for match in [match for grid in grids for match in detect_grid(grid)[:1] if match.confidence > least]:
            found[path.name] = (match.system, match.confidence)
    return found


def test_no_real_table_is_taken_for_an_export_of_a_system(real_data):
    found = recognised(real_data)
    assert {name: system for name, (system, _) in found.items() if system != "datev"} == {}
    assert all(name.startswith("EXTF") for name in found)


def test_the_sample_companys_own_files_are_nobodys_export(tmp_path):
    write_demo(tmp_path / "demo", n_accounts=60)
    assert recognised(tmp_path / "demo") == {}


@pytest.mark.parametrize(
    "headers",
    [
        ["Id", "Name"],
        ["Id", "Name", "Phone", "Website", "Industry", "Type"],
        ["Account ID", "Account Name", "Type", "Phone"],
        ["Record ID", "Company name", "City"],
        ["accountid", "name"],
        ["id", "created", "type", "recipient"],
        ["Kundennummer", "Name", "Land", "Ort", "PLZ"],
        ["Kunde", "Name 1", "Ort", "Land"],
        ["Material", "Bezeichnung"],
        ["Rechnungsnummer", "Rechnungsdatum", "Kunde", "Betrag"],
        ["First Name", "Last Name", "Email", "Phone", "Contact ID"],
    ],
)
def test_headers_that_anybody_uses_prove_nothing(headers):
    assert [match for match in detect(headers) if match.confidence > SURE] == []


@pytest.mark.parametrize(("system", "shape"), [pair for pair in SHAPES if n_fields(*pair) > 3])
def test_an_export_of_all_fields_is_its_systems(system, shape):
    of = load_preset(system).files[shape]
    headers = [field for field in of.fields if field not in of.copies]
    best = detect(headers)[0]
    assert best.system == system
    assert best.confidence > SURE


@pytest.mark.parametrize(("system", "shape"), SHAPES)
def test_unknown_columns_beside_them_make_it_less_sure(system, shape):
    of = load_preset(system).files[shape]
    headers = [field for field in of.fields if field not in of.copies]
    alone, among = (
        max(m.confidence for m in detect(columns) if (m.system, m.shape) == (system, shape))
        for columns in (headers, [*headers, *(f"Own {i}" for i in range(3 * len(headers)))])
    )
    assert 0 < among < alone


def test_a_header_that_two_fields_claim_goes_to_the_technical_name():
    renamed = next(
        m for m in detect(["VBELN", "Faktura", "FKDAT", "KUNAG", "Auftraggeber"]) if m.system == "sap"
    ).renamed
    assert renamed == {"VBELN": "VBELN", "FKDAT": "FKDAT", "KUNAG": "KUNAG"}


def test_case_and_white_space_of_headers_do_not_matter():
    assert detect(["vbeln", " FkDat", "KUNAG "])[0].renamed == {"vbeln": "VBELN", " FkDat": "FKDAT", "KUNAG ": "KUNAG"}


def test_an_export_of_every_property_is_recognised_among_a_companys_own_fields():
    known = [
        *("Record ID", "Company name", "Company Domain Name", "Company owner", "Create Date", "City", "Country/Region"),
        *("Industry", "Number of Employees", "Annual Revenue", "Lifecycle Stage", "Phone Number", "Postal Code"),
        *("Street Address", "State/Region", "Website URL", "Last Modified Date", "Type", "Time Zone", "Lead Status"),
    ]
    own = [f"Eigenes Feld {i}" for i in range(130)]
    best = detect([*known, *own])[0]
    assert (best.system, best.shape) == ("hubspot", "company") and best.confidence >= 0.6
