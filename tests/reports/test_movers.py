"""The accounts behind every cell: one part to open per cell, escaped, largest first, in both languages."""

import re

import pandas as pd

from segkit.reports.movers import movers_html

FLOWS = pd.DataFrame({"from_segment_id": ["S3"], "to_segment_id": ["S7"], "is_above_noise": [True]})


def movers() -> pd.DataFrame:
    rows = [("S1", "S4", f"Firma {i:02d}", 1000.0 - i) for i in range(30)]
    rows += [("S3", "S7", "<b>Bösewicht & Söhne</b>", 10.0), ("NEW", "S5", "Neu AG", None)]
    frame = pd.DataFrame(rows, columns=["from_segment_id", "to_segment_id", "name", "revenue_before"])
    words = {
        f"{word}_{lang}": frame[f"{word}_segment_id"] + f"-{lang}" for word in ("from", "to") for lang in ("de", "en")
    }
    reasons = {f"reason_{lang}": f"weil {lang}" for lang in ("de", "en")}
    return frame.assign(**words, **reasons, revenue_12m=500.0, owner_id=None, is_doubtful=False)


def test_each_cell_has_its_part_with_an_id_marked_ones_first():
    html = movers_html(movers(), FLOWS, 25, "EUR")
    assert re.findall(r'id="([^"]+)"', html) == [
        *("move-S3-S7", "move-S1-S4", "move-NEW-S5"),
        *("move-S3-S7-en", "move-S1-S4-en", "move-NEW-S5-en"),
    ]
    assert "S3-de → S7-de: 1\u00a0Kunde, 10\u00a0€ Umsatz ▲ mehr, als der Zufall erklärt" in html
    assert "S1-en → S4-en: 30\u00a0accounts, €29,565 of revenue" in html


def test_the_list_is_capped_and_says_so_and_the_rest_is_escaped():
    html = movers_html(movers(), FLOWS, 25, "EUR")
    assert "Firma 24" in html and "Firma 25" not in html
    assert "25 von 30 Kunden" in html and "25 of 30 accounts" in html
    assert "&lt;b&gt;Bösewicht &amp; Söhne" in html and "<b>" not in html
    assert "Betreuer" not in html and "Owner" not in html, "nobody has an owner here"


def test_nobody_moved_no_list():
    assert movers_html(movers()[:0], FLOWS, 25, "EUR") == ""
