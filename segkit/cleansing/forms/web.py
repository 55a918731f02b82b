"""Web and e-mail addresses → the domain that names a company."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segkit.cleansing.forms.spelling import each_distinct, visible

if TYPE_CHECKING:
    import pandas as pd

FREE_MAIL = (
    *("gmx.de", "gmx.net", "gmx.at", "gmx.ch", "web.de", "t-online.de", "freenet.de", "arcor.de", "mail.de"),
    *("posteo.de", "mailbox.org", "online.de", "email.de", "vodafonemail.de", "1und1.de", "aon.at", "chello.at"),
    *("bluewin.ch", "gmail.com", "googlemail.com", "outlook.com", "outlook.de", "hotmail.com", "hotmail.de"),
    *("hotmail.co.uk", "live.com", "live.de", "msn.com", "yahoo.com", "yahoo.de", "yahoo.fr", "yahoo.co.uk"),
    *("ymail.com", "icloud.com", "me.com", "mac.com", "aol.com", "aol.de", "protonmail.com", "proton.me", "pm.me"),
    *("zoho.com", "mail.com", "gmx.com", "orange.fr", "wanadoo.fr", "free.fr", "libero.it", "wp.pl", "o2.pl"),
    *("seznam.cz", "mail.ru", "yandex.ru", "qq.com", "163.com", "comcast.net", "verizon.net", "btinternet.com"),
    *("kpnmail.nl", "ziggo.nl", "bigpond.com"),
)
"""Domains at which anybody can have an address: they name no company."""

_SHARED = frozenset(
    {
        *FREE_MAIL,
        *("facebook.com", "linkedin.com", "xing.com", "instagram.com", "youtube.com", "google.com", "google.de"),
        *("twitter.com", "x.com", "tiktok.com", "ebay.de", "ebay.com", "amazon.de", "amazon.com", "etsy.com"),
        *("example.com", "example.org", "localhost"),
    }
)
_SECOND = frozenset({"co", "com", "org", "net", "ac", "gov", "gv", "or", "edu"})
_HOSTS = frozenset(
    {
        "jimdo.com",
        "jimdofree.com",
        "wixsite.com",
        "wordpress.com",
        "blogspot.com",
        "weebly.com",
        "github.io",
        "npage.de",
    }
)
_HOST = re.compile(r"^(?:[a-z][a-z0-9+.-]*://|//|https?:)?(?:[^@/\s]*@)?([^/:?#\s]+)", re.IGNORECASE)
_LABEL = re.compile(r"[^\W_](?:[\w-]{0,61}[^\W_])?")


def domains(websites: pd.Series) -> pd.Series:
    """Return the domain of each web address.

    Parameters
    ----------
    websites : Series of text

    Returns
    -------
    Series of str
        Same index: ``mueller.de`` of ``https://www.shop.mueller.de/a?b``; small letters. NA where the text is no web
        address, or one of free mail, of a network or market place: they name no company.

    Examples
    --------
    >>> import pandas as pd
    >>> domains(pd.Series(["HTTP://WWW.Mueller.de/", "gmx.de", "mueller.co.uk"])).tolist()
    ['mueller.de', nan, 'mueller.co.uk']
    """
    return each_distinct(websites, lambda text: _company(host(text))).astype("str")


def mail_domains(emails: pd.Series) -> pd.Series:
    """Return the domain of each e-mail address, as `domains` does; NA for free mail and what is no address."""
    return each_distinct(emails, lambda text: _company(mail_host(text))).astype("str")


def host(website: str) -> str | None:
    """Return the host of a web address without www, or None; free mail and networks included."""
    found = _HOST.match(visible(website).strip("<>\"'()"))
    name = found[1].casefold().strip(".") if found else ""
    name = re.sub(r"^www\d?\.", "", name)
    labels = name.split(".")
    is_host = len(labels) > 1 and all(_LABEL.fullmatch(label) for label in labels) and not labels[-1].isdigit()
    return _spelled(name) if is_host and len(labels[-1]) > 1 else None


def mail_host(email: str) -> str | None:
    """Return what stands behind the @ of an e-mail address, or None."""
    name = visible(email).strip("<>\"'() ")
    found = re.fullmatch(r"(?:.*<)?[^@\s<>]+@([^@\s<>]+)", name)
    return host(found[1]) if found else None


def is_free_mail(name: str | None) -> bool:
    """Say whether anybody can have an address at this host."""
    return name in FREE_MAIL


def _company(name: str | None) -> str | None:
    """Return the part of a host that somebody registered; None where it is shared by many."""
    if name is None:
        return None
    labels = name.split(".")
    n_labels = 3 if len(labels) > 2 and labels[-2] in _SECOND and len(labels[-1]) == 2 else 2
    domain = ".".join(labels[-n_labels:])
    if domain in _HOSTS:
        return name if len(labels) > 2 else None
    return None if domain in _SHARED else domain


def _spelled(name: str) -> str:
    """Return a domain with umlauts for its xn-- form."""
    if "xn--" not in name:
        return name
    try:
        return name.encode("ascii").decode("idna")
    except UnicodeError:
        return name
