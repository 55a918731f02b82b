"""Who within a company buys: the site that gets the goods and the person who ordered, on a share of the invoices."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.crm import contacts
from segkit.demo.parameters import stream
from segkit.demo.sample import Sample
from segkit.demo.service import installed_base

SITE_SHARE = 0.8
PERSON_SHARE = 0.6
BUYING_WEIGHT = {"Einkauf": 5.0, "Instandhaltung": 2.0}
"""How much more often persons of a department order than others do."""
ORDERS_END = 50_000_000
"""Documents from this number on are no orders of the sample's accounts; before it, the last seven digits are the
order's (a credit note bears the number of its order plus ten million)."""


def add_buyers(lines: pd.DataFrame, sample: Sample) -> pd.DataFrame:
    """Return the lines with ship_to_id and contact_id, the same on all lines of an order and of its credit notes.

    A document of a collective account or of the counter names neither; orders of accounts without site or person do not
    either, and of the others a share of 1 - `SITE_SHARE` and 1 - `PERSON_SHARE`.

    Parameters
    ----------
    lines : DataFrame
        invoice (number of the document).
    sample : Sample
        Its lines say who truly bought each order, whatever number the document bears.
    """
    buyer = sample.lines.drop_duplicates("invoice").set_index("invoice")["account_id"]
    buyer = buyer[buyer.index < 10_000_000]
    sites = installed_base(sample)[["account_id", "site_id"]].drop_duplicates()
    people = contacts(sample)
    weight = people["department"].map(BUYING_WEIGHT).fillna(1.0).to_numpy()
    site = _picked(buyer, sites["account_id"], sites["site_id"], None, SITE_SHARE, stream(sample.seed, "sites"))
    person = _picked(
        buyer, people["account_id"], people["contact_id"], weight, PERSON_SHARE, stream(sample.seed, "buyers")
    )
    order = (lines["invoice"] % 10_000_000).where(lines["invoice"] < ORDERS_END)
    return lines.assign(ship_to_id=order.map(site), contact_id=order.map(person))


def _picked(
    buyer: pd.Series, owners: pd.Series, ids: pd.Series, weight: np.ndarray | None, share: float, rng
) -> pd.Series:
    """Return for a share of the orders one of the buyer's ids; each has its own weight, some weigh much."""
    frame = pd.DataFrame({"owner": owners.to_numpy(), "id": ids.to_numpy()})
    frame["weight"] = rng.gamma(0.8, 1.0, len(frame)) * (1.0 if weight is None else weight)
    frame = frame.sort_values(["owner", "id"], ignore_index=True)
    buyer = buyer.sort_index()
    draw, named = rng.random(len(buyer)), rng.random(len(buyer)) < share
    place = pd.Series(np.arange(frame["owner"].nunique()), frame["owner"].unique())
    upper = frame.groupby("owner", sort=False)["weight"].cumsum() / frame.groupby("owner", sort=False)[
        "weight"
    ].transform("sum")
    bounds = frame["owner"].map(place).to_numpy() + np.minimum(upper.to_numpy(), 1.0)
    known = buyer.map(place)
    found = np.searchsorted(bounds, known.fillna(0).to_numpy() + draw, side="right")
    chosen = frame["id"].to_numpy()[np.minimum(found, len(frame) - 1)]
    return pd.Series(chosen, buyer.index)[(known.notna() & named).to_numpy()]
