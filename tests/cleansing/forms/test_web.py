"""Web and e-mail addresses: the domain that names a company."""

from __future__ import annotations

import pandas as pd
import pytest

from segkit.cleansing.forms.web import domains, host, is_free_mail, mail_domains


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("HTTP://WWW.Mueller.de/", "mueller.de"),
        ("shop.mueller.de/a?b#c", "mueller.de"),
        ("https://user:pw@mueller.de:8080", "mueller.de"),
        ("mueller.co.uk", "mueller.co.uk"),
        ("xn--mller-kva.de", "müller.de"),
        ("mueller.jimdo.com", "mueller.jimdo.com"),
        ("info@mueller.de", "mueller.de"),
    ],
)
def test_domains(website, domain):
    assert domains(pd.Series([website]))[0] == domain


def test_what_names_no_company_is_missing():
    websites = ["gmx.de", "facebook.com/mueller", "kein", "1.2.3.4", "javascript:alert(1)", "", None, "jimdo.com"]
    assert domains(pd.Series(websites, dtype="str")).isna().all()


def test_mail_domains():
    emails = ["a@Mueller.DE", "Max <m@b.de>", "x@gmx.de", "no", "a@b@c.de", "a@b", None]
    assert mail_domains(pd.Series(emails, dtype="str")).fillna("").tolist() == [
        "mueller.de",
        "b.de",
        "",
        "",
        "",
        "",
        "",
    ]


def test_hosts_keep_free_mail():
    assert host("www.gmx.de") == "gmx.de"
    assert is_free_mail(host("www.gmx.de"))
    assert not is_free_mail(None)
