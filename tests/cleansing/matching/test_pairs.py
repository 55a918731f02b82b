"""Hand-made pairs of records, and lists that would bring a search to its knees."""

import time

import pandas as pd
import pytest

from segkit import texts
from segkit.cleansing.matching import find_pairs
from segkit.cleansing.matching.comparisons import COMPARISONS, CONTRADICTIONS
from segkit.settings.cleansing import Duplicates

MERGE = Duplicates().merge
MUELLER = {
    "name": "Müller Maschinenbau GmbH",
    "street": "Hauptstr. 12",
    "postal_code": "50667",
    "city": "Köln",
    "phone": "0221 4710815",
    "website": "www.mueller-maschinenbau.de",
}


def probability(changes, more=(), base=MUELLER):
    """Probability that a record and the same with changes are one customer; 0 where they do not come together."""
    other = {**base, **changes}
    records = pd.DataFrame([base, other, *more]).assign(record_id=lambda r: [f"r{n}" for n in range(len(r))])
    pairs = find_pairs(records, Duplicates(), seed=0).pairs.set_index(["record_id_a", "record_id_b"])
    return pairs.probability.get(("r0", "r1"), 0.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "MUELLER MASCHINENBAU G.m.b.H."},
        {"name": "Müller Machinenbau GmbH", "phone": None},
        {"name": "Maschinenbau Müller", "website": None},
        {"name": "Müller Masch.bau GmbH"},
        {"name": "Müller-Maschinenbau GmbH z. Hd. Buchhaltung"},
        {"name": "MÃ¼ller Maschinenbau GmbH", "phone": None},
        {"name": "Müller Maschinenbau Köln GmbH"},
        {"name": "MüllerMaschinenbau", "street": "Hauptstraße 12", "phone": "+49 (0)221 / 47108-15"},
    ],
)
def test_one_company_written_in_two_ways(changes):
    assert probability(changes) >= 0.99


@pytest.mark.parametrize(
    "changes",
    [
        {"name": "Müller Verwaltungs GmbH"},
        {"name": "Müller Maschinenbau GmbH & Co. KG"},
        {"name": "Müller Maschinenbau Beteiligungs-GmbH"},
        {"name": "Müller Maschinenbau Nord GmbH"},
        {"name": "Müller Maschinenbau Vertr. GmbH"},
        {"name": "Schulze Elektro GmbH"},
        {"street": "Markt 1", "postal_code": "80331", "city": "München", "phone": "089 1234567", "website": None},
    ],
)
def test_neighbours_that_are_two_companies_do_not_merge(changes):
    assert probability(changes) < MERGE


@pytest.mark.parametrize(
    ("changes", "is_shown"),
    [
        ({"name": "Müller Maschinenbau GmbH & Co. KG", "phone": "0221 998877"}, True),
        ({"name": "Müler Maschinenbau GmbH & Co. KG", "phone": "0221 998877"}, True),
        ({"name": "Müller Maschinenbau AG", "street": "Markt 1"}, True),  # one telephone, one town
        ({"name": "Müller Maschinenbau AG", "street": "Markt 1", "phone": "0221 998877"}, False),
        ({"name": "Müller Verwaltungs GmbH & Co. KG"}, False),
        ({"name": "Müller Maschinenbau AG", "vat_id": "DE811569869"}, False),
    ],
)
def test_another_legal_form_in_one_house_is_shown_to_people_and_never_merged(changes, is_shown):
    found = probability(changes, base={**MUELLER, "vat_id": "DE136695976" if "vat_id" in changes else None})
    assert found < MERGE
    assert (found >= 0.5) == is_shown


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Autohaus Weber GmbH", "Autohaus Huber GmbH"),
        ("Bäckerei Hofmann GmbH", "Bäckerei Kaufmann GmbH"),
        ("Elektro Maier", "Elektro Bauer"),
    ],
)
def test_two_names_of_one_trade_in_one_street_do_not_merge(one, other):
    street = {"name": one, "street": "Ring 4", "postal_code": "01067", "city": "Dresden"}
    assert probability({"name": other, "street": "Ring 9"}, base=street) < MERGE
    assert probability({"name": other, "street": "Markt 9"}, base=street) < MERGE


def test_a_legal_form_mistyped_in_the_name_is_no_other_company_where_the_field_of_its_own_says_so():
    changes = {"name": "Müller Maschinenbau GmbH & Co. KG", "phone": "0221 998877"}
    stated = {**MUELLER, "legal_form": "GmbH"}
    assert probability(changes, base=stated) >= MERGE
    assert probability({**changes, "legal_form": "GmbH & Co. KG"}, base=stated) < MERGE, "both say two forms"
    assert probability({**changes, "name": "Müller Verwaltungs GmbH"}, base=stated) < MERGE, "a sister all the same"


def test_a_record_without_a_country_is_in_that_of_the_others():
    base = {**MUELLER, "postal_code": "01067", "city": None, "phone": None, "website": None, "country": "DE"}
    other = {"postal_code": "1067", "country": None, "name": "Müller Machinenbau GmbH"}
    assert probability(other, base=base) >= 0.99
    assert probability({**other, "postal_code": "A-1067"}, base=base) < MERGE
    assert probability(other, [{**base, "name": "Wolf AG", "country": "AT", "postal_code": "1010"}], base) < MERGE


def test_a_misspelled_name_without_a_town_is_found_by_its_start_or_its_end_and_shown():
    base = {"name": "Naturstrom AG"}
    others = [{"name": f"Firma{n} Bau GmbH", "city": "Aachen", "postal_code": "52062"} for n in range(40)]
    assert 0.5 <= probability({"name": "Naturstom AG"}, others, base) < MERGE
    assert 0.5 <= probability({"name": "Nalturstrom AG", "city": "Eisenberg"}, others, base) < MERGE


def test_numbers_in_names_and_valid_official_numbers_tell_apart():
    park = {**MUELLER, "name": "Windpark Köln 1 GmbH & Co. KG"}
    assert probability({"name": "Windpark Köln 2 GmbH & Co. KG"}, base=park) < 0.5
    assert probability({"name": "Windpark Köln III GmbH & Co. KG"}, base=park) < 0.5
    with_id = {**MUELLER, "vat_id": "DE136695976"}
    assert probability({"vat_id": "DE811569869"}, base=with_id) < 0.5
    assert probability({"vat_id": "DE136695967"}, base=with_id) >= 0.99  # two digits swapped: no valid number


def test_a_vat_id_does_not_make_one_company_of_two_names():
    base = {**MUELLER, "vat_id": "DE136695976"}
    assert probability({"name": "Schulze Logistik GmbH"}, base=base) < MERGE


def test_evidence_adds_up_to_the_weight_but_for_the_share_of_duplicates():
    records = pd.DataFrame([MUELLER, MUELLER]).assign(record_id=["b", "a"])
    pair = find_pairs(records, Duplicates(), 0).pairs.iloc[0]
    assert (pair.record_id_a, pair.record_id_b) == ("a", "b")
    parts = [float(part.rsplit(" ", 1)[1]) for part in pair.evidence.split("; ")]
    assert pair.evidence.startswith(("name +", "phone +", "domain +", "place +"))
    assert sum(parts) > pair.match_weight > 6


def test_across_systems_finds_no_pair_within_one():
    records = pd.DataFrame([{**MUELLER, "system": s} for s in ("crm", "crm", "list")]).assign(record_id=list("abc"))
    pairs = find_pairs(records, Duplicates(), 0, across="system").pairs
    assert set(zip(pairs.record_id_a, pairs.record_id_b, strict=True)) == {("a", "c"), ("b", "c")}


def test_every_level_and_contradiction_has_its_words():
    names = [f"level_{level.name}" for comparison in COMPARISONS for level in comparison.levels]
    names += [f"comparison_{comparison.name}" for comparison in COMPARISONS]
    names += [f"contradiction_{contradiction.name}" for contradiction in CONTRADICTIONS]
    assert [name for name in names if not texts.has(f"matching.{name}")] == []


def test_few_records_are_said_to_rest_on_fallback_weights():
    matches = find_pairs(pd.DataFrame([MUELLER, MUELLER]).assign(record_id=["a", "b"]), Duplicates(), 0)
    assert [key for key, _ in matches.notes] == ["matching.fallback"]
    assert not matches.model.is_trained.any()
    assert list(matches.model.columns) == [
        "comparison", "place", "level", "m", "u", "match_weight", "is_trained", "n_pairs",
    ]  # fmt: skip


@pytest.mark.parametrize("names", [[""], ["Barverkauf"], ["-"]])
def test_a_hundred_thousand_records_without_a_name_are_nobody(names):
    records = pd.DataFrame({"record_id": [str(n) for n in range(100_000)], "name": names * 100_000})
    start = time.process_time()
    assert find_pairs(records, Duplicates(), 0).pairs.empty
    assert time.process_time() - start < 30


def test_a_file_in_which_all_are_equal_is_left_out_and_said():
    records = pd.DataFrame([MUELLER] * 3000).assign(record_id=lambda r: [f"{n:05d}" for n in range(len(r))])
    matches = find_pairs(records, Duplicates(), 0)
    assert matches.pairs.empty
    left_out = {numbers["key_en"]: numbers["largest"] for key, numbers in matches.notes if key == "matching.left_out"}
    assert left_out["telephone number"] == 3000


def test_no_records_and_one_record():
    for n in (0, 1):
        records = pd.DataFrame([MUELLER] * n, columns=list(MUELLER)).assign(record_id=[str(k) for k in range(n)])
        assert find_pairs(records, Duplicates(), 0).pairs.empty


def test_equal_inputs_in_any_order_give_equal_tables():
    rows = [{**MUELLER, "name": f"{word} Bau GmbH", "phone": f"0221 47108{n}"} for n, word in enumerate(WORDS)]
    records = pd.DataFrame(rows + rows[:5]).assign(record_id=lambda r: [f"{n:03d}" for n in range(len(r))])
    first = find_pairs(records, Duplicates(), 3)
    second = find_pairs(records.sample(frac=1, random_state=1), Duplicates(), 3)
    pd.testing.assert_frame_equal(first.pairs, second.pairs)
    pd.testing.assert_frame_equal(first.model, second.model)


WORDS = "Adler Berger Conrad Dorn Eifel Falk Gruber Hanser Iller Jansen Kolb Linde Mohn Nagel Otter".split()
