"""Whom nobody may contact: flags of accounts and of persons, apart from their consent to advertising."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segkit.demo.parameters import stream

ACCOUNT_SHARE = 0.015
PERSON_SHARE = 0.03
ALL_PERSONS_SHARE = 0.01


def block_accounts(master: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the customer master with do_not_contact (Ja, Nein, empty at collective accounts).

    Both records of an account that stands twice draw for themselves: the flag may stand at one of them only.
    """
    rng = stream(seed, "blocked accounts")
    blocked = np.where(rng.random(len(master)) < ACCOUNT_SHARE, "Ja", "Nein")
    return master.assign(do_not_contact=np.where(master["account_group"] == "Inland", blocked, ""))


def block_persons(people: pd.DataFrame, seed: int) -> pd.DataFrame:
    """Return the persons with do_not_contact; at a few accounts nobody wants to be contacted."""
    rng = stream(seed, "blocked persons")
    accounts = people["account_id"].unique()
    silent = accounts[rng.random(len(accounts)) < ALL_PERSONS_SHARE]
    blocked = rng.random(len(people)) < PERSON_SHARE
    return people.assign(do_not_contact=blocked | people["account_id"].isin(silent).to_numpy())
