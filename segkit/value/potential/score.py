"""What each account could buy, and how far that can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.tables import TABLES
from segkit.value.backtests.scored import Scored
from segkit.value.backtests.scores import compare, is_used
from segkit.value.churn.cases import days_of
from segkit.value.potential.benchmark import top_down_potential
from segkit.value.potential.classes import class_limits, potential_classes
from segkit.value.potential.diamonds import select_diamonds
from segkit.value.potential.facts import collect_facts
from segkit.value.potential.findings import (
    compare_sources,
    describe_diamonds,
    describe_gaps,
    describe_potential,
    describe_trust,
)
from segkit.value.potential.limits import Limits, fit_limits
from segkit.value.potential.reasons import list_reasons
from segkit.value.potential.wallet import known_potential, read_estimates

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from segkit.settings.value import Value

COLUMNS = [
    "account_id", "potential", "potential_low", "potential_high", "potential_basis", "n_peers", "peer_industry",
    "peer_size", "peer_revenue", "potential_top_down", "potential_estimate", "potential_known", "competitor",
    "competitor_share", "share_of_wallet", "potential_class",
]  # fmt: skip
RULE = "potential.rule_peers"


def score_potential(
    value: pd.DataFrame,
    accounts: pd.DataFrame,
    installed_base: pd.DataFrame,
    sectors: pd.DataFrame,
    competitors: pd.DataFrame,
    estimates: pd.DataFrame,
    as_of: dt.date,
    settings: Value,
    seed: int,
) -> Scored:
    """Return the potential of each account: what the best 10 % of similar customers buy, with what is known beside it.

    Parameters
    ----------
    value : DataFrame
        As `score_accounts` gives it: account_id, revenue_12m (money of twelve months), abc_class.
    accounts, installed_base, sectors, competitors : DataFrame
        The tables; all but `accounts` may have no rows.
    estimates : DataFrame
        Rows of ``decisions/potentials.csv``, as text.
    as_of : date
        Day of the run: market data of periods that end later are not known yet.
    settings : Value
        Section `potential`: quantile and fewest peers; section `backtest`: draws.
    seed : int
        Start of all random draws.

    Returns
    -------
    Scored
        rows: `COLUMNS`, one row per account of `value`. potential is the limit by the model where it beats the count
        among peers on customers it did not know, else that count; never below the account's own revenue, nor are its
        interval's ends. With fewer than `fewest_peers` customers, or customers of whom neither size nor industry is
        known, there is none, and a finding says what is missing; what market, competitors and owners say stays.
        cards: coverage and pinball loss of log money. calibration: no rows (a limit has none but its coverage).
    """
    import pandas as pd

    facts = collect_facts(value, accounts, installed_base)
    rows, findings = _known_beside(facts, sectors, competitors, estimates, accounts, as_of)
    n_known = int((facts["is_buyer"] & facts["is_known"]).sum())
    fewest = settings.potential.fewest_peers
    if n_known < fewest:
        n_buyers = int(facts["is_buyer"].sum())
        key = "potential.too_few" if n_buyers < fewest else "potential.no_firmographics"
        missing = {"key": key, "n": n_known, "n_buyers": n_buyers, "fewest": fewest}
        cards = _tried(pd.DataFrame(columns=["account_id", "outcome", "prediction", "baseline"]), as_of, settings, seed)
        said = {"findings": {"answer": [missing, *findings], "grid": [], "diamonds": [], "trust": []}}
        return Scored(rows.reindex(columns=COLUMNS), cards, _empty("calibration"), _empty("account_reasons"), said)
    limits = fit_limits(facts, settings.potential, seed)
    cards = _tried(limits.cases, as_of, settings, seed)
    has_model = is_used(cards)
    rows = _add_limits(rows, facts, limits, has_model, class_limits(value))
    scored = value[["account_id", "revenue_12m", "abc_class", "days_since_last"]].merge(rows, on="account_id")
    silent_days = days_of(settings.churn.horizon_quarters)
    diamonds = select_diamonds(scored, accounts, silent_days)
    model: dict[str, Any] = {
        "basis": "model" if has_model else "peers",
        "quantile": settings.potential.quantile,
        "n_fitted": len(limits.cases),
        "coefficients": {name: round(float(c), 12) for name, c in limits.coefficients.items()},
        "findings": {
            "answer": [describe_potential(scored, settings.potential), *findings],
            "grid": [describe_gaps(scored)],
            "diamonds": [describe_diamonds(diamonds, scored, accounts, silent_days)],
            "trust": [describe_trust(cards, settings.potential.quantile), *compare_sources(scored)],
        },
    }
    return Scored(rows[COLUMNS], cards, _empty("calibration"), list_reasons(facts, limits.effects, rows), model)


def _known_beside(
    facts: pd.DataFrame, sectors: pd.DataFrame, competitors: pd.DataFrame, estimates: pd.DataFrame,
    accounts: pd.DataFrame, as_of: dt.date,
) -> tuple[pd.DataFrame, list[dict[str, Any]]]:  # fmt: skip
    """Return account_id with what market, competitors and owners say, and findings on rows of no use."""
    import pandas as pd

    known, n_odd = known_potential(facts.set_index("account_id")["revenue"], competitors)
    ids = pd.Index(facts["account_id"]).union(pd.Index(accounts["account_id"].dropna().astype("object")))
    amounts, refused = read_estimates(estimates, ids)
    odd = {"key": "potential.warn_competitors", "n": n_odd} if n_odd else None
    rows = facts[["account_id"]].assign(
        potential_top_down=top_down_potential(facts, sectors, as_of).round(4),
        potential_estimate=facts["account_id"].map(amounts).astype("float64"),
        **{name: known[name].to_numpy() for name in known},
    )
    return rows, [finding for finding in (refused, odd) if finding]


def _tried(cases: pd.DataFrame, as_of: dt.date, settings: Value, seed: int) -> pd.DataFrame:
    """Return the model card, with one origin, the run's day.

    What is known of accounts has no history: the cases are customers that the fit had not seen, not earlier quarters.
    """
    import pandas as pd

    dated = cases.assign(origin=pd.Timestamp(as_of))
    quantile = settings.potential.quantile
    return compare(dated, "bound", "potential", RULE, "pinball", None, settings.backtest, seed, quantile=quantile)


def _add_limits(
    rows: pd.DataFrame, facts: pd.DataFrame, limits: Limits, has_model: bool, classes: tuple[float, float]
) -> pd.DataFrame:
    """Return the rows with potential, its interval, basis, peers, share of wallet and class."""
    by_model = facts["is_known"].to_numpy() & has_model
    own = facts["revenue"].clip(lower=0)
    money = {
        name: np.maximum(np.exp(np.where(by_model, limits.model[name], limits.peers[name])), own).round(4)
        for name in ("limit", "low", "high")
    }
    words = facts.dropna(subset=["industry_division"]).drop_duplicates("industry_division")
    industry = words.set_index("industry_division")["industry"]
    return rows.assign(
        potential=money["limit"],
        potential_low=np.minimum(money["low"], money["limit"]),
        potential_high=np.maximum(money["high"], money["limit"]),
        potential_basis=np.where(by_model, "model", "peers"),
        n_peers=limits.peers["n_peers"].astype("Int64"),
        peer_industry=limits.peers["peer_industry"].map(industry).astype("object"),
        peer_size=limits.peers["peer_size"].astype("object"),
        peer_revenue=np.exp(limits.peers["limit"]).round(4),
        share_of_wallet=(own / money["limit"]).round(6),
        potential_class=potential_classes(money["limit"], classes),
    )


def _empty(table: str) -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=[c for c in TABLES[table].columns if c != "is_contactable"])
