"""What notebook 01 says of whom nobody may contact, and of what people decide first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing import duplicate_findings, repair_findings
from segkit.cleansing.firmographic_findings import revenue_at_stake

if TYPE_CHECKING:
    import pandas as pd

    from segkit.cleansing.findings import Finding


def describe_privacy(accounts: pd.DataFrame, contacts: pd.DataFrame | None) -> list[Finding]:
    """Say how many accounts and contacts must not be contacted, and how many agreed to advertising.

    Parameters
    ----------
    accounts : DataFrame
        is_contactable, and consent and do_not_contact where delivered.
    contacts : DataFrame, optional
        The same columns; None where nobody delivered contacts.
    """
    flags = ("consent", "do_not_contact")
    delivered = [frame for frame in (accounts, contacts) if frame is not None]
    if not any(name in frame.columns and frame[name].notna().any() for frame in delivered for name in flags):
        return [("quality.privacy_unknown", {})]
    numbers = {"n_accounts": len(accounts), "n_accounts_blocked": _n_blocked(accounts)}
    if contacts is None or contacts.empty:
        return [("quality.privacy_accounts", numbers)]
    numbers |= {"n_contacts": len(contacts), "n_contacts_blocked": _n_blocked(contacts)}
    consent = contacts["consent"].astype("boolean")
    counts = {"n_yes": int((consent == True).sum()), "n_no": int((consent == False).sum()),  # noqa: E712
              "n_unknown": int(consent.isna().sum())}  # fmt: skip
    return [("quality.privacy", numbers), ("quality.privacy_consent", counts)]


def _n_blocked(frame: pd.DataFrame) -> int:
    return int((~frame["is_contactable"].astype("boolean").fillna(True)).sum())


def describe_questions(duplicates: pd.DataFrame, proposals: pd.DataFrame, freshness: pd.DataFrame) -> list[Finding]:
    """Say what people are asked, the most money first: pairs, doubtful values, stale firmographics.

    Parameters
    ----------
    duplicates, proposals, freshness : DataFrame
        The tables of these names.
    """
    review = duplicates[duplicates["status"] == "review"]
    doubtful = proposals[proposals["status"] == "open"]
    asked = [
        ("quality.decide_duplicates", len(review), duplicate_findings.revenue_of(review)),
        ("quality.decide_proposals", len(doubtful), repair_findings.revenue_of(doubtful)),
        ("quality.decide_stale", int(len(freshness) > 0), revenue_at_stake(freshness)),
    ]
    asked = [one for one in asked if one[1] and (one[2] or one[0] != "quality.decide_stale")]
    asked = sorted(asked, key=lambda one: -one[2])
    found = [(key, {"revenue": money, **({} if key.endswith("stale") else {"n": n})}) for key, n, money in asked]
    return found or [("quality.decide_none", {})]
