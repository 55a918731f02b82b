"""Values of the doubtful rules: what would take the place of a name, a number, an industry; a person decides.

The frame has the columns value, n (rows) and what the rule reads beside it; see `segkit.cleansing.rules`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from segkit.cleansing.errors_in_values import propose_words, right_words
from segkit.cleansing.forms import identifiers, names, spelling, web

if TYPE_CHECKING:
    import pandas as pd

EMPTY = ""
RARER = 20
"""Times a right spelling must be as frequent as the one that is called a mistake."""
_LIKE_DIGITS = str.maketrans({"O": "0", "Q": "0", "I": "1", "L": "1", "S": "5", "B": "8", "Z": "2"})
_NOTHING = re.compile(
    r"(?:tests?|tester|testing|demo|dummy|beispiel|example|muster|probe|fake|platzhalter|neuer? kunde|new customer"
    r"|(?:test|dummy|demo|muster) ?(?:kunde|firma|account|company|customer|eintrag)"
    r"|(?:test|demo|dummy|muster) ?\d+|asdf\w*|qwert\w*|abc|aaa+|xxx*|xyz|yyy+|zzz+|x|foo|bar|foobar|lorem ipsum"
    r"|bitte (?:loschen|nicht verwenden)|nicht verwenden|do not use|gesperrt|geloscht|deleted|delete|duplikat|dublette)"
)
_MAY_BE_NOTHING = (
    r"test|demo|dumm|beispiel|example|muster|probe|fake|platz|neue|new|asdf|qwer|abc|aaa|xx|yy|zz|\bx|foo|bar|lorem|bitte"
    r"|verwenden|not use|gesperrt|l.{1,2}scht|delete|dup|dublette|^(?:gmbh|ag|kg|e\.? ?v\.?)"
)
_MOST = 0.5
"""Share of wrong numbers from which a column holds something else, so that nothing is proposed."""
_TURNED = re.compile(r"([^\W\d_]+(?:[- ][^\W\d_]+)?), ([^\W\d_]+\.?(?:[- ][^\W\d_]+\.?)?)")
_KNOWN_DOMAINS = ("gmail.com", "googlemail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "freenet.de",
                  "outlook.com", "outlook.de", "hotmail.com", "hotmail.de", "yahoo.com", "yahoo.de", "icloud.com",
                  "bluewin.ch", "posteo.de")  # fmt: skip
_FREQUENT = 5
_LONGEST_VAT_ID = 14


def vat_id(frame: pd.DataFrame) -> pd.Series:
    """Propose the valid number near a VAT number with a wrong check digit, else none."""
    found = identifiers.vat_ids(frame["value"], frame["country"])
    if _is_other(found["is_valid"], frame["n"]):
        return found["value"].where(found["value"].isna())
    wrong = found["value"].where(~found["is_valid"])
    return spelling.each_distinct(wrong, _near_vat_id).astype("str")


def _is_other(is_valid: pd.Series, n: pd.Series) -> bool:
    """Say whether so many numbers are wrong that the column holds something else."""
    return len(is_valid) >= 20 and n[~is_valid].sum() > _MOST * n.sum()


def _near_vat_id(value: str) -> str:
    from stdnum.eu import vat

    if len(value) > _LONGEST_VAT_ID:  # a pasted page: trying its letters would take minutes
        return EMPTY
    head, digits = value[:2], value[2:]
    candidates = {head + digits.translate(_LIKE_DIGITS)}
    candidates |= {
        head + digits[:k] + digits[k + 1] + digits[k] + digits[k + 2 :]
        for k in range(len(digits) - 1)
        if digits[k] != digits[k + 1]
    }
    valid = sorted(candidate for candidate in candidates if vat.is_valid(candidate))
    return valid[0] if len(valid) == 1 else EMPTY


def lei(frame: pd.DataFrame) -> pd.Series:
    """Propose nothing in place of a legal entity identifier with wrong check digits."""
    import pandas as pd

    found = identifiers.leis(frame["value"])
    if _is_other(found["is_valid"], frame["n"]):
        return found["value"].where(found["value"].isna())
    return pd.Series(EMPTY, index=frame.index, dtype="str").where(~found["is_valid"])


def legal_form(frame: pd.DataFrame) -> pd.Series:
    """Propose the legal form of the name where the column holds one of another kind."""
    # names that end with the column's text agree; to look at the others only keeps 200,000 rows within seconds
    pairs = zip(frame["name"].astype(str), frame["value"].astype(str), strict=True)
    ends = [name.casefold().endswith(form.casefold()) for name, form in pairs]
    of_name, of_column = names.split_names(frame["name"].mask(ends)), names.name_forms(frame["value"])
    differs = of_name["form_group"].notna() & of_column["form_group"].notna()
    differs &= of_name["form_group"] != of_column["form_group"]
    return of_name["legal_form"].where(differs)


def industry(frame: pd.DataFrame) -> pd.Series:
    """Propose the frequent industry that a rare one is nearly spelt like, or abbreviates."""
    counts = frame.groupby("value")["n"].sum()
    right = right_words("industry")
    found = propose_words([(str(value), int(n)) for value, n in counts.items()], right)
    frequent = [str(value) for value in counts.sort_values(ascending=False, kind="stable").index]
    spelt = [value for value in frequent if value not in found]
    for value in sorted(spelt):
        meant = _abbreviated(value, [other for other in spelt if counts[other] >= counts[value]], right)
        if meant is not None:
            found[value] = meant
    return frame["value"].map(found).astype("str")


def _abbreviated(value: str, frequent: list[str], right: list[str]) -> str | None:
    """Return what Masch.bau stands for: the one text that has its letters with others in place of the full stop."""
    if not re.search(r"\w\.\s?\w*", value) or len(re.sub(r"\W", "", value)) < 5:
        return None
    pieces = [re.escape(" ".join(piece.split())) for piece in value.casefold().split(".")]
    shape = re.compile(r"\w+ ?".join(pieces))
    meant = [text for text in frequent if text != value and "." not in text and shape.fullmatch(text.casefold())]
    if meant:
        return meant[0] if len(meant) == 1 else None
    listed = [word for word in right if shape.fullmatch(word.casefold())]
    return listed[0][:1].upper() + listed[0][1:] if len(listed) == 1 else None


def email(frame: pd.DataFrame) -> pd.Series:
    """Propose the frequent domain that an address's domain differs from by one letter."""
    from rapidfuzz import process
    from rapidfuzz.distance import OSA

    domains = spelling.each_distinct(frame["value"], web.mail_host)
    counts = frame.assign(domain=domains).groupby("domain")["n"].sum()
    frequent = sorted({*_KNOWN_DOMAINS, *counts[counts >= _FREQUENT * RARER].index})
    rare = sorted(set(counts[counts < _FREQUENT].index) - set(frequent))
    meant = {}
    for domain in rare:
        hits = process.extract(domain, frequent, scorer=OSA.distance, score_cutoff=1, limit=2)
        if len(hits) == 1 and len(domain) > 5 and _same_digits(domain, hits[0][0]):
            meant[domain] = hits[0][0]
    local = frame["value"].str.rpartition("@")[0]
    return local + "@" + domains.map(meant).astype("str")


def _same_digits(one: str, other: str) -> bool:
    return re.sub(r"\D", "", one) == re.sub(r"\D", "", other)


def website(frame: pd.DataFrame) -> pd.Series:
    """Propose nothing in place of a mail provider's website."""
    import pandas as pd

    is_free = frame["value"].map(lambda text: web.is_free_mail(web.host(text)) and not _has_path(text))
    return pd.Series(EMPTY, index=frame.index, dtype="str").where(is_free.astype(bool))


def _has_path(text: str) -> bool:
    return re.search(r"\w/\w", text) is not None


def name(frame: pd.DataFrame) -> pd.Series:
    """Propose nothing in place of a name that names no company."""
    import pandas as pd

    values = frame["value"]
    may_be = values.str.contains(_MAY_BE_NOTHING, case=False) | ~values.str.contains(r"\w")
    core = names.split_names(values[may_be])["core"].fillna("")
    stands = core.map(lambda text: text == "" or _NOTHING.fullmatch(text) is not None).astype(bool)
    return pd.Series(EMPTY, index=frame.index, dtype="str").where(stands.reindex(frame.index, fill_value=False))


def name_turned(frame: pd.DataFrame) -> pd.Series:
    """Propose Erika Muster for Muster, Erika, where no legal form says that it is a company."""
    turned = spelling.each_distinct(frame["value"], _turned).astype("str")
    has_form = names.split_names(frame["value"].where(turned.notna()))["legal_form"].notna()
    return turned.mask(has_form)


def _turned(text: str) -> str | None:
    found = _TURNED.fullmatch(text)
    return f"{found[2]} {found[1]}" if found else None
