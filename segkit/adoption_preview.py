"""What an adoption would change: settings, segments, who would move, and the money."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from segkit import texts
from segkit.overview import difference
from segkit.project import Project
from segkit.quarters import Quarter
from segkit.segments.grid import BY_RULE
from segkit.segments.identity import trace_events
from segkit.statistics.clusterings import match
from segkit.store import read_frame, read_json

if TYPE_CHECKING:
    import pandas as pd

REFIT = "refit"
MOST_WAYS, MOST_ACCOUNTS = 12, 10
UNDIVIDED = (*BY_RULE, "MIXED", "UNKNOWN")  # no cluster stands for these


@dataclass(frozen=True)
class Candidate:
    """What is to be adopted: `source` (refit or the scenario), its model, the settings it brings, and their run."""

    source: str
    project: Project
    quarter: Quarter
    model: dict[str, Any]
    patch: dict[str, Any]
    segmentation_id: str = "value"


def read_changes(project: Project, candidate: Candidate) -> pd.DataFrame:
    """Return each account of the official run with its segment now and the one it would have.

    Returns
    -------
    DataFrame
        account_id, before, after (segment or cluster id), revenue_12m, is_manual, would_move (its segment is not the
        counterpart of the new one: the pairing with the largest overlaps, one to one; KEY and DORMANT are rules).
    """
    tables = project.run_folder(candidate.quarter) / "tables"
    segments = _rows(tables / "segments.parquet", candidate)
    if candidate.source == REFIT:
        clusters = _rows(tables / "challenger.parquet", candidate).set_index("account_id")["cluster_id"]
    else:
        path = candidate.project.run_folder(candidate.quarter) / "tables" / "segments.parquet"
        clusters = _rows(path, candidate).set_index("account_id")["segment_id"]
    value = read_frame(tables / "account_value.parquet", ["account_id", "revenue_12m"])
    frame = segments[["account_id", "segment_id", "is_manual"]].merge(value, on="account_id", how="left")
    after = frame["account_id"].map(clusters).fillna(frame["segment_id"]).astype(str)
    frame = frame.rename(columns={"segment_id": "before"}).assign(after=after)
    is_open = ~(frame["before"].isin(UNDIVIDED) | frame["after"].isin(UNDIVIDED)).to_numpy()
    counterpart = frame["after"].copy()
    if is_open.any():
        pairs = match(frame.loc[is_open, "before"].to_numpy(str), frame.loc[is_open, "after"].to_numpy(str))
        counterpart = counterpart.mask(is_open, counterpart.map(pairs))
    return frame.assign(would_move=(counterpart != frame["before"]).to_numpy(bool))


def _rows(path: Any, candidate: Candidate) -> pd.DataFrame:
    """Return the rows of a table that are of the candidate's segmentation."""
    frame = read_frame(path)
    return frame[frame["segmentation_id"] == candidate.segmentation_id]


def show_changes(project: Project, candidate: Candidate, tell: Callable[[str], None]) -> None:
    """Tell what an adoption changes beside the official run of its quarter, line by line."""
    frame = read_changes(project, candidate)
    tables = project.run_folder(candidate.quarter) / "tables"
    names = _names(tables, candidate)
    movers = frame[frame["would_move"]].sort_values(["revenue_12m", "account_id"], ascending=[False, True])
    money = _money(project)
    tell(f"{_called(candidate)}, run of {candidate.quarter}, beside the official run of {candidate.quarter}:")
    manifest = read_json(tables.parent / "manifest.json")
    if not manifest["is_complete"]:
        tell(f"  {candidate.quarter} is incomplete: data up to {manifest['as_of']} only.")
    for line in _settings_changed(project, candidate):
        tell(f"  {line}")
    if candidate.source == REFIT and candidate.model.get("unit") == "person":
        tell("  Who would move is worked out by the next run: persons are placed anew, and accounts by their persons.")
        return
    if not len(frame):
        tell(f"  The official run has no segmentation {candidate.segmentation_id} yet: nobody moves, it is added.")
        return
    events = trace_events(frame["before"].to_numpy(str), frame["after"].to_numpy(str), frame["revenue_12m"].to_numpy())
    for event in events.itertuples():
        tell(f"  {_event(event, names, money)}")
    tell(
        f"  {len(movers):,} of {len(frame):,} accounts would move, with {money(movers['revenue_12m'].sum())} of "
        f"revenue in 12 months (of {money(frame['revenue_12m'].sum())})."
    )
    flows = movers.groupby(["before", "after"])["revenue_12m"].agg(["size", "sum"]).reset_index()
    flows = flows.sort_values(["sum", "before", "after"], ascending=[False, True, True])
    for row in flows.head(MOST_WAYS).itertuples():
        tell(f"    {names(row.before)} → {names(row.after)}: {row.size:,} accounts, {money(row.sum)}")
    if len(flows) > MOST_WAYS:
        tell(f"    … and {len(flows) - MOST_WAYS} smaller ways")
    _show_largest(movers, tables, names, money, tell)
    lost = frame[frame["is_manual"].astype(bool) & ~frame["before"].isin({*frame["after"], *BY_RULE})]
    if len(lost):
        tell(
            f"  {len(lost):,} account(s) were moved by hand into segments that end: decide anew in decisions/moves.csv."
        )


def _show_largest(movers: pd.DataFrame, tables: Any, names, money, tell: Callable[[str], None]) -> None:
    accounts = read_frame(tables / "accounts.parquet", ["account_id", "name"]).set_index("account_id")["name"]
    if len(movers):
        tell("  The largest of them:")
    for row in movers.head(MOST_ACCOUNTS).itertuples():
        name = accounts.get(row.account_id)
        shown = f"{row.account_id} {name}" if isinstance(name, str) and name else row.account_id
        tell(f"    {shown}: {names(row.before)} → {names(row.after)}, {money(row.revenue_12m)}")


def _called(candidate: Candidate) -> str:
    k = len(candidate.model.get("segments", ())) or None
    method = candidate.model["method"] + (f" with {k} segments" if k else "")
    method = method if candidate.segmentation_id == "value" else f"{candidate.segmentation_id}: {method}"
    return f"The challenger ({method})" if candidate.source == REFIT else f"Scenario {candidate.source} ({method})"


def _settings_changed(project: Project, candidate: Candidate) -> list[str]:
    if candidate.source == REFIT:
        name = candidate.segmentation_id
        method = getattr(project.settings.segmentations.by_id[name], "method", "")
        return [f"segmentations.{name}.method: {method} → {candidate.model['method']}"] if candidate.patch else []
    runs = str(candidate.quarter), f"{candidate.quarter}@{candidate.source}"
    found = difference(project, *runs)["settings"]
    return [f"{key}: {before} → {after}" for key, (before, after) in found.items()]


def _event(event: Any, names: Callable[[str], str], money: Callable[[float], str]) -> str:
    size = f"{event.n_accounts:,} accounts, {money(event.revenue_12m)}"
    now, before = names(event.segment_id), names(event.from_segment_id) if event.from_segment_id else ""
    return {
        "continued": f"{now} continues {before}: {size} in both (overlap {event.overlap:.0%})",
        "split": f"{now} splits off from {before}: {size}",
        "merge": f"{before} goes into {now}: {size}",
        "birth": f"{now} is new: {size}",
        "death": f"{now} ends, its accounts go to several segments: {size}",
    }[event.event]


def _names(tables: Any, candidate: Candidate) -> Callable[[str], str]:
    """Return what segments are called: id and English name; clusters have no name yet."""
    known = _rows(tables / "segment_register.parquet", candidate).set_index("segment_id")["name_en"].to_dict()
    if candidate.source != REFIT:
        other = candidate.project.run_folder(candidate.quarter) / "tables" / "segment_register.parquet"
        known = _rows(other, candidate).set_index("segment_id")["name_en"].to_dict() | known

    def called(segment: str) -> str:
        if segment in known:
            return f"{segment} {known[segment]}"
        return texts.say("segments.cluster_label", "en", number=segment.rpartition(" ")[2])

    return called


def _money(project: Project) -> Callable[[float], str]:
    return lambda value: texts.show(float(value), "money", "en_GB", project.settings.currency)
