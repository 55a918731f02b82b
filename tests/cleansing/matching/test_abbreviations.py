import pytest

from segkit.cleansing.matching.abbreviations import without_abbreviation


@pytest.mark.parametrize(
    ("name", "alone"),
    [
        ("Betreuungsverein Hamburg - Nord (BHN) e.V.", "Betreuungsverein Hamburg - Nord e.V."),
        ("Gesellschaft für ökologische Planung e.V. (GÖP) (e.V.)", "Gesellschaft für ökologische Planung e.V. (e.V.)"),
        ("Hamburger Volkstheater (HVT) GmbH", "Hamburger Volkstheater GmbH"),
        ("Literaturzentrum e.V. (“lit“)", "Literaturzentrum e.V."),
        ("S.T.I.L. (Sprache-Text-Interpretation-Literatur) e.V.", "S.T.I.L. e.V."),
        ("Guttempler-Orden (I.O.G.T.) Distrikt Hamburg", "Guttempler-Orden Distrikt Hamburg"),
        ("Krause + Lechner GmbH (Verwaltung)", "Krause + Lechner GmbH"),
        ("EMB Energie Mark Brandenburg GmbH", "Energie Mark Brandenburg GmbH"),
        ("EnBW Energie Baden-Württemberg AG", "Energie Baden-Württemberg AG"),
        (
            "REWAG Regensburger Energie- und Wasserversorgung AG & Co. KG",
            "Regensburger Energie- und Wasserversorgung AG & Co. KG",
        ),
    ],
)
def test_a_name_loses_its_own_abbreviation_and_its_office(name, alone):
    assert without_abbreviation(name) == alone


@pytest.mark.parametrize(
    "name",
    [
        "Krause Verwaltungs GmbH",
        "Krause (Verwaltung) GmbH",
        "Müller Bau (Nord) GmbH",
        "Müller Bau (Müller) GmbH",
        "Kita Elbe (3)",
        "Stadtwerke Lindau (B) GmbH",
        "AHN Fleischwaren GmbH",
        "EWE Vertrieb GmbH",
        "SWS Energie GmbH",
        "EMB Energie Mark Sachsen GmbH",
        "Emil Energie Mark Illingen",
        "",
        "()",
    ],
)
def test_what_tells_apart_stays(name):
    assert without_abbreviation(name) == name
