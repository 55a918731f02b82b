"""A preset with a mistake is refused, and says which tables its files fill."""

import re
from pathlib import Path

import pytest

from segkit.errors import UserError
from segkit.settings import read_settings
from segkit.settings.sources import Source
from segkit.sources import presets
from segkit.sources.detection import detect
from segkit.sources.presets import load_preset, load_presets, table_items

from .tiny_preset import TINY

pytestmark = pytest.mark.usefixtures("tiny")


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("Fakturadatum]", "Faktura]", "presets/tiny.yml: files.heads: 'Faktura' means both VBELN and FKDAT"),
        ("key: [VBELN, POSNR", "key: [VBELM, POSNR", "files.items: key names VBELM"),
        ("account_id: KUNAG", "account_no: KUNAG", "invoices has no column account_no; did you mean account_id?"),
        (
            "revenue: [NETWR * KURRF",
            "revenue: [NETWERT * KURRF",
            "no field NETWERT in heads, items; did you mean NETWR?",
        ),
        ("on: VBELN", "by: VBELN", "unknown key tables.0.by"),
        ("    pad: {KUNNR: 10}\n", "    pad: {KUNNR: 10}\n    pad: {KUNNR: 9}\n", "pad stands twice"),
        ("system: tiny", "system: tin", "system is tin, but the file is called tiny.yml"),
        ("      invoice_date: FKDAT\n", "", "invoices needs invoice_date"),
        ("quantity: FKIMG", "quantity: VBELN * FKIMG\n      currency: GUID", "no field GUID"),
        ("from: [heads, items]", "from: [heads, item]", "no shape item under files; did you mean items?"),
    ],
)
def test_a_preset_with_a_mistake_is_refused(tmp_path, old, new, told):
    (tmp_path / "tiny.yml").write_text(TINY.replace(old, new), encoding="utf-8")
    with pytest.raises(UserError) as error:
        load_presets(tmp_path)
    assert told in str(error.value)


def test_detection_is_sure_of_technical_names_and_less_of_labels():
    api = detect(["VBELN", "FKDAT", "KUNAG", "KURRF"])
    labels = detect(["Faktura", "Fakturadatum", "Auftraggeber", "Umrechnungskurs"])
    assert (api[0].shape, labels[0].shape) == ("heads", "heads")
    assert api[0].confidence > labels[0].confidence > 0.5
    assert labels[0].renamed["Auftraggeber"] == "KUNAG"


def test_detection_looks_at_the_values_of_the_first_column():
    headers = ["(Do Not Modify) Account", "KUNNR", "NAME1"]
    assert detect(headers, ["0F8FAD5B-D9CB-469F-A165-70867728950E"])[0].renamed[headers[0]] == "GUID"
    assert headers[0] not in detect(headers, ["Maier"])[0].renamed


def test_only_tables_whose_files_are_there_are_filled():
    preset = load_preset("tiny")
    assert [item.table for item in table_items(preset, {"customers"})] == ["accounts"]
    both = table_items(preset, {"heads", "items", "list"})
    assert [item.known for item in both] == [("heads", "items")]


def test_settings_without_new_keys_are_written_down_as_before():
    entry = {"files": "u.csv", "columns": {"revenue": "Betrag"}}
    assert set(Source.model_validate(entry).model_dump(mode="json")) == {
        *("files", "joined", "on", "database", "sheet", "encoding", "delimiter", "decimal", "date_format", "columns")
    }
    assert Source.model_validate({**entry, "pad": {"Nr": 5}}).model_dump(mode="json")["pad"] == {"Nr": 5}


def test_the_documents_examples_can_be_loaded(tmp_path):
    text = (Path(__file__).parents[2] / "docs" / "presets.md").read_text("utf-8")
    project, preset = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "tiny.yml").write_text(preset, encoding="utf-8")
    assert load_presets(tmp_path)["tiny"].tables[0].table == "invoices"
    (tmp_path / "project.yml").write_text("name: Example\n" + project, encoding="utf-8")
    assert [source.preset for source in read_settings(tmp_path / "project.yml").sources["accounts"]] == [
        "salesforce",
        None,
    ]


def test_the_documents_name_every_preset_and_its_tables(monkeypatch):
    monkeypatch.setattr(presets, "FOLDER", Path(presets.__file__).with_name("presets"))
    text = (Path(__file__).parents[2] / "docs" / "presets.md").read_text("utf-8")
    told = {row[0]: set(row[1].split(", ")) for row in re.findall(r"^\| `(\w+)` \| .* \| (.*) \|$", text, re.MULTILINE)}
    assert {system: told.get(system) for system in load_presets()} == {
        system: {item.table for item in preset.tables} for system, preset in load_presets().items()
    }
