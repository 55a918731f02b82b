"""Company names: spellings of one name meet, legal forms are known, different companies stay apart."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.forms.names import name_forms, split_names


def split(*names: str | None) -> pd.DataFrame:
    return split_names(pd.Series(names, dtype="str"))


@pytest.mark.parametrize(
    "spellings",
    [
        (
            "Müller GmbH",
            "Mueller G.m.b.H.",
            "MÜLLER Gesellschaft mit beschränkter Haftung",
            "Muller gmbh",
            "Müllergmbh",
        ),
        (
            "Meyer & Söhne GmbH & Co. KG",
            "MEYER U. SOEHNE GMBH U. CO. KG",
            "Meyer und Söhne GmbH&Co.KG",
            "Meyer+Söhne GmbH u.Co KG",
        ),
        ("Nord Bau GmbH", "Nord Baugesellschaft mbH", "Nord-Bau-Ges. m.b.H."),
        ("Sport e.V.", "Sport e. V.", "Sport eV", "SPORT E.V.", "Sport eingetragener Verein (e.V.)"),
        ("A. B. C. Transporte AG", "ABC Transporte Aktiengesellschaft", "A.B.C. Transporte A.G."),
        ("\u202eMü\u200bller\u00a0GmbH", "Mu\u0308ller GmbH\t", "Müller  GmbH"),
        ("Gebr. Weiß e.K.", "Gebrüder Weiss e.Kfm.", "Gebrueder Weiss e. K."),
    ],
)
def test_spellings_of_one_company_meet(spellings):
    parts = split(*spellings)
    assert parts[["core", "form_group", "words"]].drop_duplicates().shape[0] == 1
    assert parts.notna().all(axis=None)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller GmbH", "Müller GmbH & Co. KG"),
        ("Müller Verwaltungs-GmbH", "Müller GmbH & Co. KG"),
        ("Robert Bosch GmbH", "Robert Bosch Stiftung GmbH"),
        ("Müller Nord GmbH", "Müller Süd GmbH"),
        ("Kita 3 e.V.", "Kita 13 e.V."),
        ("Bauer GmbH", "Baur GmbH"),
        ("Müller KG", "Müller & Co. KG"),
    ],
)
def test_different_companies_stay_apart(one, other):
    parts = split(one, other)[["core", "form_group"]]
    assert parts.drop_duplicates().shape[0] == 2


@pytest.mark.parametrize(
    ("name", "form", "group"),
    [
        ("Foo gGmbH", "gGmbH", "gmbh"),
        ("Foo gemeinnützige Gesellschaft mbH", "gGmbH", "gmbh"),
        ("Foo UG (haftungsbeschränkt)", "UG (haftungsbeschränkt)", "ug"),
        ("Foo UG (haftungsbeschränkt) & Co. KG", "UG (haftungsbeschränkt) & Co. KG", "kg"),
        ("Foo SE & Co. KGaA", "SE & Co. KGaA", "kgaa"),
        ("Foo GmbH & Co.", "GmbH & Co. KG", "kg"),
        ("Foo GmbH & Co. Betriebs KG", "GmbH & Co. KG", "kg"),
        ("Foo AG & Co. oHG", "AG & Co. OHG", "ohg"),
        ("Foo S.à r.l.", "Sàrl", "sarl"),
        ("Foo GesmbH", "GmbH", "gmbh"),
        ("Foo sp. z o.o.", "sp. z o.o.", "spzoo"),
        ("Foo Co., Ltd.", "Ltd.", "ltd"),
        ("Foo B.V.", "B.V.", "bv"),
        ("Meier und Partner PartG mbB", "PartG mbB", "partg"),
        ("Anna Muster e.U.", "e.U.", "ek"),
        ("Stadtwerke AöR", "AöR", "aor"),
        ("Universität K.d.ö.R.", "KdöR", "kdor"),
        ("Volksbank eG", "eG", "eg"),
        ("Müller eGbR", "eGbR", "gbr"),
        ("Müller GmbH i.L.", "GmbH", "gmbh"),
    ],
)
def test_legal_forms(name, form, group):
    assert split(name).loc[0, ["legal_form", "form_group"]].tolist() == [form, group]


@pytest.mark.parametrize(
    "name",
    ["AB Elektro", "Verband Ev. Kirchen", "SE Technik", "AG Neuenahr", "Autohaus AS Nord", "EG Wohnbau", "Müller & Co"],
)
def test_words_that_only_look_like_a_form(name):
    parts = split(name)
    assert parts.legal_form.isna().all()
    assert len(parts.core[0].split()) == len(name.replace("&", "u").split())


def test_nothing_gives_nothing():
    parts = split("", "  ", "-", "???", "\u200b", None)
    assert parts.isna().all(axis=None)
    assert split().shape == (0, 4)


def test_a_form_alone_is_no_name():
    assert split("GmbH", "GmbH & Co. KG").core.isna().all()


def test_index_and_order_of_the_names_stay():
    parts = split_names(pd.Series(["B AG", None, "A AG", "B AG"], index=[7, 3, 9, 1]))
    assert parts.index.tolist() == [7, 3, 9, 1]
    assert parts.core.fillna("").tolist() == ["b", "", "a", "b"]


def test_words_leave_out_what_says_nothing():
    assert split("Verein der Freunde für die Musik e.V.").words[0] == "freunde musik verein"


def test_a_column_of_legal_forms():
    written = [
        "G.m.b.H.",
        "gmbh & co kg",
        "a.s.",
        "AS",
        "Stiftung",
        "Gesellschaft mit beschränkter Haftung (GmbH)",
        "Bau",
        "UG",
    ]
    forms = name_forms(pd.Series(written)).legal_form.fillna("").tolist()
    assert forms == ["GmbH", "GmbH & Co. KG", "a.s.", "AS", "Stiftung", "GmbH", "", "UG (haftungsbeschränkt)"]


def test_hostile_names_end_quickly():
    parts = split("GmbH " * 3000, "a " * 20000, "=cmd|' /C calc'!A0", "<script>alert(1)</script> AG")
    assert parts.core[2] == "cmd c calc a0"
    assert parts.legal_form[3] == "AG"
