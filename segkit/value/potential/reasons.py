"""Why an account's limit is where it is: rows of `account_reasons`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

MOST = 3
DIGITS = 6


def list_reasons(facts: pd.DataFrame, effects: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return up to three reasons per account with potential, the weightiest first.

    Parameters
    ----------
    facts : DataFrame
        As `collect_facts` gives them.
    effects : DataFrame
        employees, turnover, machines, industry: what each fact adds to the model's limit (log money), index as `facts`.
    rows : DataFrame
        account_id, potential_basis, n_peers, peer_revenue in the order of `facts`.

    Returns
    -------
    DataFrame
        model, account_id, reason_rank, reason, value, usual, name, effect. For accounts of the model
        potential.reason_employees (head count beside the median customer's), potential.reason_turnover (turnover per
        head), potential.reason_machines, potential.reason_industry (name says which); what is not known is no reason.
        For accounts judged by their peers potential.reason_peers: number of peers, what their best 10 % buy.
    """
    import pandas as pd

    buyers = facts["is_buyer"]
    per_head = facts["account_revenue"] / facts["employees"]
    number = {"employees": facts["employees"], "turnover": per_head, "machines": facts["machines"]}
    parts = []
    for fact in effects:
        values = number.get(fact)
        known = facts["industry"].notna() if values is None else values.notna()
        is_told = known & rows["potential_basis"].eq("model").to_numpy() & (effects[fact].abs() > 10.0**-DIGITS)
        parts.append(
            pd.DataFrame(
                {
                    "account_id": facts["account_id"],
                    "reason": f"potential.reason_{fact}",
                    "value": np.nan if values is None else values,
                    "usual": np.nan if values is None else float(values[buyers].median()),
                    "name": facts["industry"] if values is None else None,
                    "effect": effects[fact],
                }
            )[is_told]
        )
    by_peers = rows[rows["potential_basis"] == "peers"]
    parts.append(
        pd.DataFrame(
            {
                "account_id": by_peers["account_id"],
                "reason": "potential.reason_peers",
                "value": by_peers["n_peers"].astype("float64"),
                "usual": by_peers["peer_revenue"].astype("float64"),
                "name": None,
                "effect": np.nan,
            }
        )
    )
    frame = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    frame = frame.assign(_size=-frame["effect"].abs()).sort_values(["account_id", "_size", "reason"])
    frame["reason_rank"] = frame.groupby("account_id").cumcount() + 1
    frame = frame[frame["reason_rank"] <= MOST].assign(model="potential", effect=frame["effect"].round(DIGITS))
    columns = ["model", "account_id", "reason_rank", "reason", "value", "usual", "name", "effect"]
    return frame[columns].reset_index(drop=True)
