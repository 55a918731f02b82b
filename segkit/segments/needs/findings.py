"""What the page says of needs: sentences as (key, numbers), from the tables alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from segkit.segments.needs.accounts import MIXED
from segkit.segments.needs.answers import RATING, matches
from segkit.segments.needs.funnel import ACCESS
from segkit.segments.needs.names import bare, main_list
from segkit.segments.needs.persons import ANSWERS, ATTRIBUTES, NONE, UNKNOWN
from segkit.texts import LANGUAGES, say, show

if TYPE_CHECKING:
    import pandas as pd

Sentences = list[tuple[str, dict[str, Any]]]
LOCALES = {"de": "de_DE", "en": "en_GB"}
MOST_TRAITS = 3
UNSTABLE, BLURRED = 0.7, 0.7


def describe_needs(persons: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return how many persons have a known need and from what; why there are none; what was left out.

    Parameters
    ----------
    persons : DataFrame
        Table `contact_segments`, rows of one segmentation.
    model : mapping
        models/<segmentation_id>.
    """
    notes = [(key, dict(numbers)) for key, numbers in model["notes"]]
    if not model["segments"]:
        key, numbers = model["why_not"]
        return [(key, dict(numbers)), *notes]
    counts = persons["basis"].value_counts()
    numbers = {f"n_{name}": int(counts.get(name, 0)) for name in (ANSWERS, ATTRIBUTES, NONE)}
    key = "needs.answer" if numbers["n_attributes"] else "needs.answer_alone"
    told: Sentences = [(key, {"k": len(model["segments"]), "n_all": len(persons), **numbers})]
    if _is_weak(model["search"]["entropy"], model["search"]["stability"]):
        told.append(("needs.warn_blurred", {name: model["search"][name] for name in ("entropy", "stability")}))
    told.append((f"needs.why_{model['why']}", {"quarter": model["fitted_quarter"]}))
    return [*told, *notes]


def describe_each(
    profiles: pd.DataFrame, persons: pd.DataFrame, sizes: pd.DataFrame, model: Mapping[str, Any]
) -> Sentences:
    """Return a sentence for each need, the commonest first: what its persons want more and less than the others.

    Where there are several lists of questions, a second one tells what they answer more often in the lists after the
    first.

    Parameters
    ----------
    profiles : DataFrame
        Table `need_profiles`.
    sizes : DataFrame
        Table `segment_sizes`, for the names.
    """
    answered = persons[persons["basis"] == ANSWERS]
    counts = answered["segment_id"].value_counts()
    main = main_list(profiles["question"], model["questions"])
    told = []
    for segment in sorted(model["segments"], key=lambda s: (-int(counts.get(s, 0)), s)):
        mine = profiles[profiles["segment_id"] == segment]
        n = int(counts.get(segment, 0))
        numbers = _names(sizes, segment) | {"n": n, "share": n / max(len(answered), 1)}
        marked = mine[mine["is_marker"]].sort_values(["effect_size", "question"])
        more, less = marked[marked["difference"] > 0][::-1], marked[marked["difference"] < 0]
        is_main = more["question"].map(lambda question: any(matches(question, pattern) for pattern in main))
        own, beside = more[is_main.astype(bool)], more[~is_main.astype(bool)]
        own, beside = (own, beside) if len(own) else (beside, own)
        less = less[[any(matches(question, pattern) for pattern in main) for question in less["question"]]]
        for language in LANGUAGES:
            numbers[f"more_{language}"] = _traits(own, profiles, main, language)
            numbers[f"less_{language}"] = _traits(less, profiles, main, language)
            numbers[f"beside_{language}"] = _traits(beside, profiles, main, language)
        told.append(("needs.need" if len(marked) else "needs.need_plain", numbers))
        if len(beside):
            told.append(("needs.need_beside", numbers))
    return told


def _traits(rows: pd.DataFrame, profiles: pd.DataFrame, main: Sequence[str], language: str) -> str:
    """Return such as: Preis (6,3 statt 3,4), Beratung (…)."""
    words = []
    for row in rows.head(MOST_TRAITS).itertuples():
        rest = profiles[(profiles["question"] == row.question) & (profiles["segment_id"] != row.segment_id)]
        other = np.average(rest["estimate"], weights=np.maximum(rest["n_persons"], 1)) if len(rest) else np.nan
        own, others = (show_answer(float(v), row.kind, language) for v in (row.estimate, other))
        question = bare(row.question, main)
        words.append(say("needs.trait", language, question=question, own=own, others=others))
    return ", ".join(words) or say("needs.nothing", language)


def show_answer(value: float, kind: str, language: str) -> str:
    """Return a mean rating with one decimal, 3,0, or the share that picked an item, as a percentage."""
    from babel.numbers import format_decimal

    if kind != RATING or not np.isfinite(value):
        return show(value, "percent", LOCALES[language])
    return str(format_decimal(value, "#,##0.0", locale=LOCALES[language]))


def describe_accounts(segments: pd.DataFrame, sizes: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return how many accounts have one need, mixed needs, or none that is known, with their revenue."""
    known = sizes.set_index("segment_id")
    n = {name: int(known["n_accounts"].get(name, 0)) for name in (MIXED, UNKNOWN)}
    money = {name: float(known["revenue_12m"].get(name, 0.0)) for name in (MIXED, UNKNOWN)}
    n_one = len(segments) - n[MIXED] - n[UNKNOWN]
    told: Sentences = [("needs.accounts", {"n_one": n_one, "n": len(segments), "share": n_one / max(len(segments), 1)})]
    if n[MIXED]:
        numbers = {"n": n[MIXED], "revenue": money[MIXED], "share": model["mixed_share"]}
        told.append(("needs.accounts_mixed", numbers))
    if n[UNKNOWN]:
        told.append(("needs.accounts_unknown", {"n": n[UNKNOWN], "revenue": money[UNKNOWN]}))
    judged = segments["confidence"].dropna()
    n_doubtful = int((judged < 0.8).sum())
    if n_doubtful:
        told.append(("needs.accounts_doubtful", {"n": n_doubtful, "n_judged": len(judged)}))
    return told


def describe_account_rules_in_words(rules: pd.DataFrame, model: Mapping[str, Any], sizes: pd.DataFrame) -> Sentences:
    """Return by which rule an account gets its need, one sentence per row of `typing_rules`."""
    return [
        (row.reason, _names(sizes, row.segment_id) | {"n": int(row.n_accounts), "share": model["mixed_share"]})
        for row in rules.sort_values("step").itertuples()
    ]


def describe_departments(departments: pd.DataFrame, sizes: pd.DataFrame) -> Sentences:
    """Return which departments split into several needs, and one sentence for each that does, the largest first."""
    if departments.empty:
        return [("needs.departments_few", {})]
    split = departments[departments["is_split"]]
    n_all = departments["department"].nunique()
    if split.empty:
        return [("needs.departments_one", {"n": n_all})]
    told: Sentences = [("needs.departments", {"n": split["department"].nunique(), "n_all": n_all})]
    largest = split.sort_values(["n_department", "department"], ascending=[False, True])
    for department in largest["department"].drop_duplicates().head(MOST_TRAITS):
        first, second = split[split["department"] == department].nlargest(2, "share").itertuples()
        numbers = {"department": department, "n": int(first.n_department), "share": first.share}
        numbers |= {"share_second": second.share, "expected": first.expected_other, "share_other": 1 - first.share}
        numbers |= _names(sizes, first.segment_id) | _names(sizes, second.segment_id, "second")
        told.append(("needs.department", numbers))
    return told


def describe_certainty(search: pd.DataFrame, model: Mapping[str, Any]) -> Sentences:
    """Return what speaks for the number of classes, how sharp and stable they are, and how good attributes are."""
    told: Sentences = []
    if len(search):
        chosen = search[search["is_chosen"]].iloc[0]
        one = search[search["n_segments"] == 1].iloc[0]
        k = int(chosen["n_segments"])
        best = search.loc[search["bic"].idxmin(), "n_segments"]
        numbers = {"k": k, "n": int(chosen["n_persons"]), "gain": float(one["bic"] - chosen["bic"]), "best": int(best)}
        told.append(("needs.bic" if best == k else "needs.bic_wanted" if best > 1 else "needs.warn_one", numbers))
        by_icl = int(search.loc[search["icl"].idxmin(), "n_segments"])
        if by_icl != k:
            told.append(("needs.icl_other", {"k": k, "by_icl": by_icl}))
        entropy, stability = float(chosen["entropy"]), float(chosen["stability"])
        told.append(
            (
                "needs.warn_blurred" if _is_weak(entropy, stability) else "needs.sharp",
                {"entropy": entropy, "stability": stability},
            )
        )
    told.append(("needs.centred" if model["space"]["is_centred"] else "needs.not_centred", {}))
    check = model["attributes"].get("check")
    if check and check["n_placed"]:
        is_good = check["accuracy"] > check["baseline"]
        numbers = {name: check[name] for name in ("n", "n_placed", "accuracy", "baseline")}
        told.append(("needs.attributes" if is_good else "needs.warn_attributes", numbers))
    elif check:
        told.append(("needs.attributes_none", {"least": model["least_confidence"]}))
    return told


def _is_weak(entropy: float, stability: float) -> bool:
    """Return whether groups are too blurred or too fleeting to be read as more than a hint."""
    return entropy < BLURRED or stability < UNSTABLE


def describe_examples(
    persons: pd.DataFrame, contacts: pd.DataFrame, accounts: pd.DataFrame, sizes: pd.DataFrame
) -> Sentences:
    """Return for each need one person who stands for it, by job and company, never by name, and how many are like it.

    The contact's id stands for the name: whoever may see persons finds it in the CRM, and `segkit share` has a
    pseudonym for it.
    """
    people = contacts.drop_duplicates("contact_id").set_index("contact_id")
    names = accounts.drop_duplicates("account_id").set_index("account_id")["name"]
    counted = persons[persons["is_counted"] & (persons["basis"] != NONE)]["segment_id"].value_counts()
    told = []
    for row in persons[persons["is_example"]].sort_values(["segment_id", "contact_id"]).itertuples():
        person = people.loc[row.contact_id]
        job = next((str(person[c]) for c in ("job_title", "department") if isinstance(person.get(c), str)), "")
        numbers = {"contact_id": row.contact_id, "account": str(names.get(row.account_id, row.account_id))}
        numbers |= {"n": int(counted.get(row.segment_id, 0)), **_names(sizes, row.segment_id)}
        told.append(("needs.example" if job else "needs.example_bare", numbers | {"job": job}))
    return told


def describe_candidates(candidates: pd.DataFrame, sizes: pd.DataFrame) -> Sentences:
    """Return how many groups were rated and the two or three to start with, each with its reasons."""
    if candidates.empty:
        return [("needs.no_candidates", {})]
    starts = candidates[candidates["is_start"]].sort_values("rank")
    if starts.empty:
        return [("needs.no_start", {"n": len(candidates)})]
    told: Sentences = [("needs.candidates", {"n": len(candidates), "n_start": len(starts)})]
    for row in starts.itertuples():
        figures = {name: getattr(row, name) for name in ("n_persons", "n_accounts", "n_reachable", "revenue_12m")}
        figures |= _names(sizes, row.segment_id) | reasons(row._asdict())
        for language in LANGUAGES:
            figures[f"group_{language}"] = call_group(row.split_by, row.value, language)
        told.append(("needs.start", figures))
    return told


def reasons(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the strongest and the weakest figure of a candidate in words: good_de, good_en, weak_de, weak_en."""
    numbers = dict(row) | {f"no_{name}": 1 - float(row[name]) for name in ACCESS}
    return {
        f"{kind}_{language}": say(row[f"reason_{kind}"], language, **numbers)
        for kind in ("good", "weak")
        for language in LANGUAGES
    }


def call_group(split_by: str, value: str, language: str) -> str:
    """Return what a group within a department, an industry, a class of size, a region or behind dealers is called."""
    known = f"needs.size_{value}"
    words = say(known, language) if split_by == "size_class" and value in SIZES else value
    return say(f"needs.group_{split_by}", language, value=words)


SIZES = ("micro", "small", "medium", "large")


def name_candidates(candidates: pd.DataFrame, sizes: pd.DataFrame) -> pd.DataFrame:
    """Return the candidates as the page shows them: need, group and reasons in both languages beside the figures."""
    named = candidates.copy()
    known = sizes.set_index("segment_id")
    words = [reasons(row) for row in candidates.to_dict("records")]
    for language in LANGUAGES:
        named[f"need_{language}"] = candidates["segment_id"].map(known[f"name_{language}"])
        pairs = zip(candidates["split_by"], candidates["value"], strict=True)
        named[f"group_{language}"] = [call_group(a, b, language) for a, b in pairs]
        for kind in ("good", "weak"):
            named[f"{kind}_{language}"] = [word[f"{kind}_{language}"] for word in words]
    return named


def _names(sizes: pd.DataFrame, segment: str, prefix: str = "name") -> dict[str, str]:
    known = sizes.set_index("segment_id")
    return {f"{prefix}_{x}": str(known.at[segment, f"name_{x}"]) for x in LANGUAGES}
