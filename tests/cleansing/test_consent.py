"""Who may be contacted: what one record forbids holds for its account and its person."""

import pytest


@pytest.fixture
def flags(put, clean, line, rows):
    """Put accounts and contacts, clean them, and return account or contact id → is_contactable."""

    def put_and_read(accounts: list[dict], contacts: list[dict] | None = None) -> tuple[dict, dict]:
        put("accounts", accounts)
        put("invoices", [line(row["account_id"]) for row in accounts])
        if contacts is not None:
            put("contacts", contacts)
        clean()
        of_contacts = dict(rows("SELECT contact_id, is_contactable FROM contacts")) if contacts is not None else {}
        return dict(rows("SELECT account_id, is_contactable FROM accounts")), of_contacts

    return put_and_read


def account(account_id: str, **more) -> dict:
    return {"account_id": account_id, "name": account_id, **more}


def contact(contact_id: str, account_id: str | None, **more) -> dict:
    return {"contact_id": contact_id, "account_id": account_id, **more}


def test_silence_forbids_nothing_and_either_flag_forbids(flags):
    accounts, _ = flags([
        account("silent"), account("agreed", consent=True), account("refused", consent=False),
        account("blocked", do_not_contact=True), account("open", do_not_contact=False),
        account("both", consent=True, do_not_contact=True),
    ])  # fmt: skip
    assert accounts == {
        "silent": True, "agreed": True, "refused": False, "blocked": False, "open": True, "both": False
    }  # fmt: skip


def test_an_account_is_blocked_when_all_its_contacts_are_and_not_when_one_is_silent(flags):
    accounts, contacts = flags(
        [account("all"), account("most"), account("none"), account("itself", consent=False)],
        [
            contact("A1", "all", consent=False), contact("A2", "all", do_not_contact=True),
            contact("M1", "most", consent=False), contact("M2", "most"),
            contact("I1", "itself", consent=True),
        ],
    )  # fmt: skip
    assert accounts == {"all": False, "most": True, "none": True, "itself": False}
    assert contacts == {"A1": False, "A2": False, "M1": False, "M2": True, "I1": False}


def test_a_person_who_refused_in_one_system_is_blocked_in_the_other(flags):
    accounts, contacts = flags(
        [account("K1"), account("K2")],
        [
            contact("crm-1", "K1", email="Eva.Lang@firma.de", consent=True),
            contact("mail-1", None, email=" eva.lang@firma.de", consent=False),
            contact("crm-2", "K2", email="otto@firma.de"), contact("crm-3", None, email=""),
            contact("crm-4", None, email="", consent=False),
        ],
    )  # fmt: skip
    assert contacts == {"crm-1": False, "mail-1": False, "crm-2": True, "crm-3": True, "crm-4": False}
    assert accounts == {"K1": False, "K2": True}, "K1's only contact refused, by way of the mailing system"


def test_contacts_without_account_depend_on_themselves(flags):
    _, contacts = flags([account("K1", do_not_contact=True)], [contact("C1", None), contact("C2", "unknown")])
    assert contacts == {"C1": True, "C2": True}


def test_a_block_of_a_linked_record_blocks_the_account(put, clean, line, rows):
    put("accounts", [
        account("0010", source="erp.csv", do_not_contact=False, consent=True),
        {**account("CRM1", source="crm.csv", do_not_contact=True), "external_id": "0010"},
        account("0020", source="erp.csv", consent=True),
        {**account("CRM2", source="crm.csv", consent=False), "external_id": "0020"},
        account("0030", source="erp.csv"), {**account("CRM3", source="crm.csv"), "external_id": "0030"},
    ])  # fmt: skip
    put("invoices", [line(f"00{n}0", source="erp.csv") for n in (1, 2, 3)])
    clean()
    assert rows("SELECT account_id, is_contactable FROM accounts ORDER BY 1") == [
        ("0010", False), ("0020", False), ("0030", True),
    ]  # fmt: skip


def test_a_newer_delivery_takes_a_refusal_back_but_a_second_row_of_the_same_file_does_not(put, clean, line, rows):
    older, newer = {"source": "old.csv", "delivery": "2026-06-30"}, {"source": "new.csv", "delivery": "2026-09-30"}
    put("accounts", [
        account("K1", **older, consent=False), account("K1", **newer, consent=True),
        account("K2", **newer, consent=True, city="Ulm", phone="1"), account("K2", **newer, consent=False),
        account("K3", **older, consent=True), account("K3", **newer, consent=False),
    ])  # fmt: skip
    put("invoices", [line("K1"), line("K2"), line("K3")])
    clean()
    assert rows("SELECT account_id, is_contactable FROM accounts ORDER BY 1") == [
        ("K1", True), ("K2", False), ("K3", False),
    ]  # fmt: skip


def test_the_block_of_a_record_deleted_in_its_source_still_holds(put, clean, con, line, rows):
    put("accounts", [account("K1", do_not_contact=True), account("K2")])
    con.execute("ALTER TABLE raw_accounts ADD COLUMN skip VARCHAR").fetchall()
    con.execute("UPDATE raw_accounts SET skip = 'deleted' WHERE account_id = 'K1'").fetchall()
    put("invoices", [line("K1"), line("K2")])
    clean()
    assert rows("SELECT account_id, is_contactable FROM accounts ORDER BY 1") == [("K1", False), ("K2", True)]


def test_accounts_known_from_invoices_only_may_be_contacted(put, clean, line, rows):
    put("invoices", [line("K1")])
    clean()
    assert rows("SELECT account_id, is_contactable FROM accounts") == [("K1", True)]
