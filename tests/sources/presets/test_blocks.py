"""Who refused and who must not be contacted: what each system's own fields say, and what they leave open."""

import pytest

PARDOT = """\
id,email,optedOut,isDoNotEmail,isDoNotCall
1,a@x.de,false,false,false
2,b@x.de,true,false,false
3,c@x.de,false,true,false
4,d@x.de,false,false,true
5,e@x.de,,true,
"""
DYNAMICS = """\
contactid;_parentcustomerid_value;firstname;lastname;donotbulkemail;donotemail;donotphone;donotpostalmail
8c000000-0000-4000-8000-00000000000{n};;A;B;{flags}
"""


def said(rows: list[dict]) -> dict[str, tuple]:
    """Contact id → consent and do_not_contact."""
    return {row["contact_id"]: (row.get("consent"), row.get("do_not_contact")) for row in rows}


def test_either_mail_flag_of_pardot_is_a_refusal_and_no_flag_is_no_consent(read_as):
    assert said(read_as("pardot", "contacts", {"prospects.csv": PARDOT})) == {
        "1": (None, False), "2": (False, False), "3": (False, False), "4": (None, True), "5": (False, None),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("false;false;false;false", (None, False)),
        ("true;false;false;false", (False, False)),
        ("false;false;true;false", (None, True)),
        ("false;false;false;true", (None, True)),
        ("Nicht zulassen;Zulassen;Zulassen;Nicht zulassen", (False, True)),
        (";;;", (None, None)),
    ],
)
def test_one_closed_channel_of_dynamics_is_a_block(read_as, flags, expected):
    content = DYNAMICS.format(n=1, flags=flags)
    assert list(said(read_as("dynamics", "contacts", {"contact.csv": content})).values()) == [expected]


def test_an_export_with_one_of_the_channels_is_read_as_well(read_as):
    lines = [line.split(";") for line in DYNAMICS.format(n=1, flags="false;true;false;false").splitlines()]
    content = "\n".join(";".join(line[:6]) for line in lines)
    assert list(said(read_as("dynamics", "contacts", {"contact.csv": content})).values()) == [(None, True)]


@pytest.mark.parametrize("header", ["DoNotCall", "Nicht anrufen"])
def test_who_must_not_be_called_in_salesforce_is_blocked(read_as, header):
    content = f"Id;AccountId;LastName;Email;{header}\n003D000000QRstu;001D000000IRFma;Groß;a@x.de;true\n"
    assert list(said(read_as("salesforce", "contacts", {"c.csv": content})).values()) == [(None, True)]


def test_two_columns_of_ones_own_list(read):
    content = "Nr;Sperre;Robinson\n1;ja;nein\n2;nein;nein\n3;;\n4;;ja\n5;nein;\n"
    entry = {"files": "k.csv", "columns": {"account_id": "Nr", "do_not_contact": "Sperre & Robinson"}}
    found = read({"k.csv": content}, {"accounts": entry})
    assert found.values("do_not_contact", "accounts") == [True, False, None, True, False]
