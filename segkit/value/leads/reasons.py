"""Why a lead stands where it stands: what moves its chance most, beside what is usual."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segkit.value.leads.chances import share_left, shrink_rates
from segkit.value.leads.predictors import NONE, design

if TYPE_CHECKING:
    import pandas as pd

    from segkit.value.leads.chances import Chances

COUNTED = ["n_leads", "n_deals", "active_before", "active_since"]
SILENT = {"size": NONE, "industry": NONE}  # not knowing it is no reason
LATE = 0.9
COLUMNS = ["reason", "reason_value", "reason_usual", "reason_name"]


def explain_leads(
    learnt: Chances, predictors: pd.DataFrame, age: np.ndarray, is_above: np.ndarray, by_rule: bool
) -> pd.DataFrame:
    """Return the weightiest reason of each lead that points the way it stands.

    Parameters
    ----------
    learnt : Chances
        What the model knows.
    predictors : DataFrame
        As `describe_leads` gives them.
    age : array
        Days that each lead has waited.
    is_above : array of bool
        Its chance is above the mean of the leads that wait: what speaks for it is named, else what speaks against.
    by_rule : bool
        Only source and age count.

    Returns
    -------
    DataFrame
        Index lead_id: `reason` (key of the texts), `reason_value` beside `reason_usual` (share of such leads that
        convert beside that of all; or a number beside the mean; or days beside the day by which nine of ten conversions
        had come), `reason_name` (source, channel, division of the industry).
    """
    import pandas as pd

    effects = _effects(learnt, predictors, age)
    if by_rule:
        rate = learnt.by_source["rate"].reindex(predictors["source"].to_numpy()).fillna(learnt.rate).to_numpy()
        effects = pd.DataFrame({"source": np.log(rate / learnt.rate), "age": effects["age"]}, index=predictors.index)
    signed = effects.to_numpy() * np.where(is_above, 1, -1)[:, None]
    chosen = np.array(effects.columns)[signed.argmax(axis=1)] if len(effects) else np.array([], object)
    frame = pd.DataFrame(None, index=predictors.index, columns=COLUMNS, dtype="object")
    for name in dict.fromkeys(chosen):
        rows = chosen == name
        frame.loc[rows, COLUMNS] = _numbers(str(name), learnt, predictors[rows], age[rows], is_above[rows]).to_numpy()
    numbers = frame[["reason_value", "reason_usual"]].astype("float64").round(6)
    return frame.assign(**{name: numbers[name] for name in numbers})


def _effects(learnt: Chances, predictors: pd.DataFrame, age: np.ndarray) -> pd.DataFrame:
    """Return by how much each predictor moves the log odds from those of the mean lead at its birth."""
    import pandas as pd

    matrix, names = design(predictors, learnt.columns)
    shift = (matrix - learnt.mean) * learnt.beta
    of = np.array([name for name, _ in names])
    effects = {name: shift[:, of == name].sum(axis=1) for name in dict.fromkeys(of) if name and name != "season"}
    for name, nothing in SILENT.items():
        if name in effects:
            effects[name] = np.where(predictors[name] == nothing, 0.0, effects[name])
    return pd.DataFrame({**effects, "age": np.log(share_left(learnt.days, age))}, index=predictors.index)


def _numbers(
    name: str, learnt: Chances, predictors: pd.DataFrame, age: np.ndarray, is_above: np.ndarray
) -> pd.DataFrame:
    """Return the columns of the reason for leads that share it."""
    import pandas as pd

    if name == "age":
        usual = float(np.quantile(learnt.days, LATE, method="inverted_cdf"))
        key = np.where(is_above, "leads.reason_fresh", "leads.reason_age")
        return pd.DataFrame({"reason": key, "value": age, "usual": usual, "name": None})
    own = predictors[name].reset_index(drop=True)
    if name in COUNTED:
        usual = 0.5 if name == "active_since" else float(learnt.predictors[name].mean())
        key = np.where(own.fillna(0) >= usual, f"leads.reason_{name}", f"leads.reason_few_{name}")
        return pd.DataFrame({"reason": key, "value": own, "usual": usual, "name": None})
    rates = shrink_rates(learnt.predictors[name], learnt.predictors["converts"].to_numpy())["rate"]
    key = np.where(own == NONE, f"leads.reason_no_{name}", f"leads.reason_{name}")
    if name in ("standing", "size"):
        key = (f"leads.reason_{name}_" + own).to_numpy()
    rate = own.map(rates).fillna(learnt.rate)
    return pd.DataFrame({"reason": key, "value": rate, "usual": learnt.rate, "name": own.where(own != NONE, None)})
