"""The planted records hold what their description promises: without it, a score on them says nothing."""

from __future__ import annotations

import re
from random import Random

import pytest
from stdnum import lei
from stdnum.de import vat

from planted.companies import World
from planted.damage import KINDS, damaged, typo
from planted.judge import true_pairs
from planted.records import plant


@pytest.fixture(scope="module")
def planted():
    return plant(4000, 1000, seed=3)


def test_a_fifth_are_second_entries_and_ids_are_half_missing(planted):
    records, truth = planted.records, planted.truth
    assert len(records) == len(truth) == records["record_id"].nunique() == 5000
    assert truth["company_id"].nunique() == 4000
    assert 1150 < len(true_pairs(truth)) < 1500
    assert records["vat_id"].isna().mean() == pytest.approx(0.5, abs=0.03)
    assert records["register_id"].isna().mean() == pytest.approx(0.58, abs=0.03)
    assert records["name"].str.strip().ne("").all()


def test_every_kind_of_damage_and_of_hard_neighbour_occurs(planted):
    seen = set(" ".join(planted.truth["damage"]).split())
    assert seen == set(KINDS)
    shares = planted.truth["kind"].value_counts(normalize=True)
    families = ("sisters", "same_name", "relatives", "group", "numbered", "franchise")
    assert all(shares[kind] > 0.02 for kind in families)


def test_ids_have_true_check_digits_unless_damaged(planted):
    both = planted.records.merge(planted.truth, on="record_id")
    has_typo = both["damage"].str.contains("vat_id")
    ids = both["vat_id"].dropna()
    valid = ids.map(lambda text: vat.is_valid(text.upper()))
    assert valid[~has_typo.loc[ids.index]].all()
    assert not valid[has_typo.loc[ids.index]].all()
    assert both["lei"].dropna().map(lei.is_valid).all()


def test_one_town_has_no_two_companies_of_one_name_and_form():
    world = World(3000, seed=5)
    names = [(company.name.casefold(), company.address.town.name) for company in world.companies]
    assert len(set(names)) == len(names) == 3000
    cores = {}
    for company in world.companies:
        cores.setdefault(company.core, set()).add(company.address.town.name)
    assert sum(len(towns) > 1 for towns in cores.values()) > 100  # but other towns do


def test_sisters_share_address_and_exchange():
    world = World(6000, seed=5)
    families = {}
    for company in world.companies:
        if company.kind == "sisters":
            families.setdefault(company.family, []).append(company)
    several = [family for family in families.values() if len(family) > 1]
    assert len(several) > 50
    assert all(len({(c.address, c.number, c.domain) for c in family}) == 1 for family in several)
    share = sum(len({c.vat_id for c in family}) == 1 for family in several) / len(several)
    assert 0.1 < share < 0.45  # Organschaft


def test_same_seed_same_records_and_other_seed_others():
    one, two, three = plant(300, 80, seed=1), plant(300, 80, seed=1), plant(300, 80, seed=2)
    assert one.records.equals(two.records)
    assert one.truth.equals(two.truth)
    assert not one.records["name"].equals(three.records["name"])


def test_damage_always_changes_something():
    world = World(400, seed=2)
    rng = Random(1)
    for company in world.companies:
        entry, kinds = damaged(company, 2, rng, world)
        assert len(kinds) == 2
        assert entry != type(entry).of(company)


def test_typos_stay_near_the_word():
    rng = Random(4)
    for _ in range(300):
        assert abs(len(typo("Bedachungen", rng)) - 11) <= 1
    assert typo("HK 3", rng) == "HK 3"


def test_phones_are_numbers_by_the_german_plan(planted):
    import phonenumbers

    phones = planted.records["phone"].dropna().head(400)
    assert all(phonenumbers.is_possible_number(phonenumbers.parse(phone, "DE")) for phone in phones)
    assert phones.map(lambda text: re.sub(r"\d", "9", text)).nunique() > 20


def test_strangers_never_share_a_domain():
    world = World(6000, seed=8)
    owners = {}
    for place, company in enumerate(world.companies):
        brand = company.kind == "franchise"
        owners.setdefault(company.domain, set()).add(
            "brand" if brand else company.family if company.family >= 0 else place
        )
    assert all(len(found) == 1 for found in owners.values())
    assert sum("-" in domain for domain in owners) > 1000
