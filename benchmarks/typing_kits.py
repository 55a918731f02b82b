"""Do the stated figures of the typing kits hold on further accounts? The tables of typing_kits.md.

``python -m benchmarks.typing_kits SAMPLE_RUN RETAIL_RUN [partings] [companies] [draws]`` prints the tables; a run is a
folder such as ``data/demo/runs/2026Q3``; the first one of the sample company, the second one of Online Retail II.

Three questions, each with draws that nothing was chosen on:

1. *Do the intervals hold?* From a population of thousands of accounts a company is drawn, a kit made, its figures
   stated; the rule then tells all the others. So what is met is nearly the true figure of that rule.
2. *The next 200*: the same for 200 accounts drawn from the others, with the wider interval for next accounts.
3. *A company's own accounts*: each account of one company is held back once from the whole procedure, in five parts;
   the kits made of the other four fifths state their figures, and tell the fifth. The mean of what the five stated is
   compared with what was met over all accounts; ten such partings, and ten further sample companies.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from segkit.demo.crm import contacts
from segkit.demo.customer_master import customer_master
from segkit.demo.firmographics import company_data
from segkit.segments.typing.conditions import first_that_holds
from segkit.segments.typing.fields import BEHAVIOUR, TypingInputs, join_fields, join_persons, usable_fields
from segkit.segments.typing.kit import fit_kit
from segkit.segments.typing.quality import measure_kit, typical_values
from segkit.segments.typing.quarterly import SET_APART, STATES_OF_TIME
from segkit.segments.typing.stated import next_interval
from segkit.settings.typing import Typing
from segkit.store import read_frame
from tests.planted.churners import simulate_company

DRAWS, FIRST_SEED, PARTINGS, PARTS, NEXT = 40, 90_000, 10, 5, 200
FIGURES = ("accuracy", "accuracy_placed", "share_abstained", "error_cost")
SETTINGS = Typing()
CRM = list(SETTINGS.crm_fields)
FULL = [*CRM, *BEHAVIOUR]
PERSON = [*SETTINGS.person_fields, *CRM]
SIMULATED_VALUES = np.array([1e3, 1e4, 5e4, 3e5])


class World:
    """Accounts or persons with their true segment, and the fields that a kit of them may ask for."""

    def __init__(self, known: pd.DataFrame, names: list[str], values: np.ndarray | None = None):
        told = known["segment_id"].to_numpy(str)
        is_used = ~np.isin(told, [*SET_APART, *STATES_OF_TIME])
        self.known, self.names = known[is_used].reset_index(drop=True), names
        self.segments, self.codes = np.unique(told[is_used], return_inverse=True)
        self.values = np.full(len(self.segments), np.nan)
        if "revenue_12m" in known:
            self.values = typical_values(self.segments, told[is_used], self.known["revenue_12m"].to_numpy(float))
        if values is not None:
            self.values = values

    def judge(self, part: np.ndarray, rng: np.random.Generator | None = None) -> list[dict[str, float]]:
        """Make a kit of a part, and return per figure what it stated and what the others met."""
        known, codes = self.known[part].reset_index(drop=True), self.codes[part]
        fields = usable_fields(known, self.names)
        costs = SETTINGS.crm_fields | SETTINGS.person_fields
        kit = fit_kit(known, codes, [str(i) for i in range(len(self.segments))], fields, costs, SETTINGS)
        stated = {row["metric"]: row for row in measure_kit(kit, codes, self.values)}
        others = self.known[~part].reset_index(drop=True)
        met = self._tell(kit.model, others, self.codes[~part])
        rows = []
        for name in FIGURES:
            row, values = stated[name], met[name]
            found = {"figure": name, "stated": row["value"], "n": row["n_accounts"]}
            found |= {side: row[side] for side in ("low", "high")}
            found |= {"met": values.mean() if len(values) else np.nan, "m": len(values)}
            chance = values.std() / np.sqrt(len(values)) if len(values) else np.nan
            found |= {"sum": values.sum(), "chance": chance, "next": np.nan}
            if rng is not None and name != "error_cost" and len(values) > NEXT and np.isfinite(row["value"]):
                low, high = next_interval(row["value"], row["low"], row["high"], NEXT)
                found["next"] = float(low - 1e-9 <= rng.choice(values, NEXT, replace=False).mean() <= high + 1e-9)
            rows.append(found)
        return rows

    def _tell(self, model, known: pd.DataFrame, codes: np.ndarray) -> dict[str, np.ndarray]:
        position, rules = first_that_holds(known, model), model["rules"]
        told = np.array([*(int(rule["segment_id"]) for rule in rules), int(model["likely"])])[position]
        chance = np.array([*(rule["confidence"] for rule in rules), model["likely_confidence"]])[position]
        is_placed = (chance >= model["threshold"]) & (position < len(rules))
        is_right, cost = (told == codes).astype(float), np.abs(self.values[codes] - self.values[told])
        placed = {"accuracy_placed": is_right[is_placed], "error_cost": cost[is_placed & np.isfinite(cost)]}
        return {"accuracy": is_right, "share_abstained": 1.0 - is_placed} | placed


def simulate(n: int, seed: int) -> pd.DataFrame:
    """Accounts whose segment depends on head count and industry, with noise: as many as one likes."""
    rng = np.random.default_rng(seed)
    heads = np.exp(rng.normal(4, 1.6, n)).round()
    branch = rng.choice([f"{i:02d}" for i in range(10, 22)], n)
    region = rng.choice(["Nord", "Süd", "West", "Ost"], n)
    pull = np.array([0.6 * (int(b) % 3 - 1) for b in branch])
    size = np.log(heads + 1) - 4 + pull + rng.normal(0, 1.2, n)
    heads[rng.random(n) < 0.1] = np.nan
    known = {"account_id": [f"{seed}-{i:07d}" for i in range(n)], "employees": heads, "industry_division": branch}
    return pd.DataFrame(known | {"region": region, "segment_id": np.digitize(size, [-1.2, 0.8, 2.2]).astype(str)})


def sample_company(seed: int, n_accounts: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return accounts and persons of one company of the sample's world with their true segments and needs."""
    company = simulate_company(seed, n_accounts)
    sample, panel = company.sample, company.tables["panel"]
    true = sample.accounts.set_index("account_id")
    master = customer_master(sample).drop_duplicates("account_id").set_index("account_id").reindex(true.index)
    agency = company_data(sample).dropna(subset=["account_id"]).drop_duplicates("account_id").set_index("account_id")
    agency = agency.reindex(true.index)
    fields = pd.DataFrame({"legal_form": true["legal_form"], "region": true["region"]})
    for name in ("employees", "account_revenue"):
        newer, older = (pd.to_numeric(frame[name], errors="coerce") for frame in (agency, master))
        fields[name] = newer.where(newer > 0, older)
    has_code = (master["industry_code"].fillna("") != "") | (agency["industry_code"].fillna("") != "")
    fields["industry_division"] = true["industry_code"].str[:2].where(has_code)
    fields["credit_rating"] = pd.to_numeric(agency["credit_rating"], errors="coerce")
    segments = sample.segments()
    now = segments[segments["quarter"] == "2026Q3"][["account_id", "segment_id"]]
    known = panel[panel["as_of"] == panel["as_of"].max()].merge(fields.reset_index(), on="account_id", how="left")
    people = contacts(sample).rename(columns={"need_class": "segment_id"}).merge(fields.reset_index(), on="account_id")
    return known.merge(now, on="account_id"), people


def read_run(run: Path, segmentation_id: str) -> TypingInputs:
    """Return the tables of a run that typing needs."""

    def table(name: str):
        path = run / "tables" / f"{name}.parquet"
        return read_frame(path) if path.exists() else None

    def of_segmentation(name: str):
        frame = table(name)
        return None if frame is None else frame[frame["segmentation_id"] == segmentation_id].reset_index(drop=True)

    panel = table("account_features")
    now = panel[panel["as_of"] == panel["as_of"].max()]
    return TypingInputs(
        table("accounts"),
        of_segmentation("segments"),
        now,
        table("leads"),
        of_segmentation("contact_segments"),
        table("contacts"),
    )


def world_of_run(run: Path, segmentation_id: str, names: list[str]) -> World:
    """Return the accounts of a run, or the persons who answered where `names` are those of persons."""
    inputs = read_run(run, segmentation_id)
    if names is PERSON:
        return World(join_persons(inputs), names)
    return World(join_fields(inputs).merge(inputs.segments[["account_id", "segment_id"]], on="account_id"), names)


def draw_from(world: World, n: int) -> Callable[[np.random.Generator], tuple[World, np.ndarray]]:
    """Return draws of companies of `n` accounts from a population; persons go with their account."""

    def draw(rng: np.random.Generator) -> tuple[World, np.ndarray]:
        ids = world.known["account_id"].unique()
        return world, world.known["account_id"].isin(rng.permutation(ids)[:n]).to_numpy()

    return draw


def draw_simulated(n: int) -> Callable[[np.random.Generator], tuple[World, np.ndarray]]:
    """Return draws of simulated companies of `n` accounts, with 10,000 others."""

    def draw(rng: np.random.Generator) -> tuple[World, np.ndarray]:
        known = simulate(n + 10_000, int(rng.integers(1 << 30)))
        return World(known, CRM, SIMULATED_VALUES), np.arange(len(known)) < n

    return draw


def held_back_in_parts(world: World, seed: int) -> pd.DataFrame:
    """Return per figure what five kits of four fifths stated, weighted by whom they tell, and what was met."""
    ids, place = np.unique(world.known["account_id"].to_numpy(str), return_inverse=True)
    parts = (np.random.default_rng(seed).permutation(len(ids)) % PARTS)[place]
    rows = pd.DataFrame([row for part in range(PARTS) for row in world.judge(parts != part)])
    rows = rows[rows["stated"].notna() & (rows["m"] > 0)].assign(expected=lambda f: f["stated"] * f["m"])
    sums = rows.groupby("figure")[["expected", "sum", "m"]].sum()
    return pd.DataFrame({"stated": sums["expected"] / sums["m"], "met": sums["sum"] / sums["m"], "m": sums["m"]})


def tell_draws(title: str, rows: pd.DataFrame) -> list[str]:
    """Return the lines of the first table for one population."""
    lines = []
    for name in FIGURES:
        one = rows[(rows["figure"] == name) & rows["stated"].notna() & rows["met"].notna()]
        if len(one) < 10:
            continue
        is_money = name == "error_cost"
        unit = 100 / one["stated"].mean() if is_money else 100.0
        gap = unit * (one["met"] - one["stated"])
        # the others are many but not all: their own chance belongs to the comparison, not to the interval
        low = one["stated"] - np.sqrt((one["stated"] - one["low"]) ** 2 + (1.96 * one["chance"]) ** 2)
        high = one["stated"] + np.sqrt((one["high"] - one["stated"]) ** 2 + (1.96 * one["chance"]) ** 2)
        holds = ((one["met"] >= low - 1e-9) & (one["met"] <= high + 1e-9)).mean()
        width = unit * (one["high"] - one["low"]).mean() / 2
        means = [f"{one[c].mean():,.0f}" if is_money else f"{100 * one[c].mean():.1f}" for c in ("stated", "met")]
        error = 1.96 * gap.std(ddof=1) / np.sqrt(len(gap))
        within, after = (gap.abs() <= 3).mean(), one["next"].mean()
        cells = [title, name, f"{one['n'].mean():.0f}", *means, f"{gap.mean():+.1f} ± {error:.1f}",
                 f"{gap.std(ddof=1):.1f}", f"± {width:.1f}", f"{holds:.0%}", "–" if np.isnan(after) else f"{after:.0%}",
                 "–" if is_money else f"{within:.0%}", f"{len(one)}"]  # fmt: skip
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def tell_parts(title: str, found: list[pd.DataFrame]) -> list[str]:
    """Return the lines of the second table for one company or several."""
    lines = []
    for name in FIGURES:
        rows = pd.DataFrame([one.loc[name] for one in found if name in one.index])
        if rows.empty:
            continue
        is_money = name == "error_cost"
        gap = rows["met"] - rows["stated"]
        gap = 100 * (gap / rows["stated"] if is_money else gap)
        means = [f"{rows[c].mean():,.0f}" if is_money else f"{100 * rows[c].mean():.1f}" for c in ("stated", "met")]
        within = "–" if is_money else f"{(gap.abs() <= 3).sum()} of {len(gap)}"
        cells = [
            title,
            name,
            f"{rows['m'].mean():.0f}",
            *means,
            f"{gap.mean():+.1f}",
            f"{gap.min():+.1f} to {gap.max():+.1f}",
            within,
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def print_partings(sample_run: Path) -> None:
    """Print the sample company's own accounts, parted ten times."""
    print_head("company, rule|figure|accounts held back|stated|met|difference|from … to|within 3")
    for title, segmentation_id, names in (("crm", "value", CRM), ("full", "value", FULL), ("person", "needs", PERSON)):
        world = world_of_run(sample_run, segmentation_id, names)
        found = [held_back_in_parts(world, FIRST_SEED + seed) for seed in range(PARTINGS)]
        print("\n".join(tell_parts(f"sample company, {title}, ten partings", found)), flush=True)


def print_companies() -> None:
    """Print ten further sample companies, parted once each."""
    others = [sample_company(FIRST_SEED + seed, 1_200)[0] for seed in range(1, PARTINGS + 1)]
    for title, names in (("crm", CRM), ("full", FULL)):
        found = [held_back_in_parts(World(accounts, names), FIRST_SEED) for accounts in others]
        print("\n".join(tell_parts(f"ten further sample companies, {title}", found)), flush=True)


def print_draws(retail_run: Path) -> None:
    """Print draws of companies from populations."""
    print_head(
        "population, rule|figure|accounts|stated|met|difference (95 %)|spread|interval"
        f"|holds|holds, next {NEXT}|within 3|draws"
    )
    accounts, people = sample_company(FIRST_SEED, 12_000)
    populations = {
        "sample world, crm": draw_from(World(accounts, CRM), 872),
        "sample world, full": draw_from(World(accounts, FULL), 872),
        "sample world, person": draw_from(World(people, PERSON), 300),
        "online retail, full": draw_from(world_of_run(retail_run, "value", FULL), 800),
        "simulated, 400": draw_simulated(400),
        "simulated, 1,600": draw_simulated(1_600),
    }
    for title, draw in populations.items():
        rows = []
        for seed in range(FIRST_SEED, FIRST_SEED + DRAWS):
            rng = np.random.default_rng(seed)
            world, part = draw(rng)
            rows += world.judge(part, rng)
        print("\n".join(tell_draws(title, pd.DataFrame(rows))), flush=True)


def main() -> None:
    """Print the tables asked for: partings, companies, draws; all three where none is named."""
    sample_run, retail_run = map(Path, sys.argv[1:3])
    asked = sys.argv[3:] or ["partings", "companies", "draws"]
    if "partings" in asked:
        print_partings(sample_run)
    if "companies" in asked:
        print_companies()
    if "draws" in asked:
        print_draws(retail_run)


def print_head(titles: str) -> None:
    """Print the first two lines of a table."""
    cells = titles.split("|")
    print(f"| {' | '.join(cells)} |\n|{'---|' * len(cells)}")


if __name__ == "__main__":
    main()
