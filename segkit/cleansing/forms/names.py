"""Company names → the name that is compared, the legal form, the words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.forms.legal_forms import STATE, LegalForm, cut_forms, find_form, n_company_words, named_form
from segkit.cleansing.forms.spelling import each_distinct, visible
from segkit.cleansing.forms.words import Word, folded, light_words, same_words, split_words

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ["core", "legal_form", "form_group", "words"]


def split_names(names: pd.Series) -> pd.DataFrame:
    """Return what is compared of each company name.

    Parameters
    ----------
    names : Series of text

    Returns
    -------
    DataFrame
        Same index. core: the name without legal form, in folded small letters with one blank between words, in which
        Müller, Mueller, Muller and MÜLLER, as well as &, +, und and u., are one; NA where no letter or digit is left.
        legal_form: as `legal_forms.yml` writes it, with ``& Co. KG`` where a company is the liable partner; NA where
        the name has none. form_group: kg, gmbh, ag, ev …: forms that one company may be written with; GmbH & Co. KG is
        kg. words: the words of core that tell names apart, each once, in alphabetical order.

    Examples
    --------
    >>> import pandas as pd
    >>> split_names(pd.Series(["Müller & Söhne GmbH & Co. KG", "Mueller u. Soehne Gmbh+Co KG"])).core.tolist()
    ['muller u sohne', 'muller u sohne']
    """
    import pandas as pd

    parts = each_distinct(names, _split)
    rows = [part if isinstance(part, tuple) else (pd.NA,) * 4 for part in parts]
    return pd.DataFrame(rows, columns=COLUMNS, index=names.index, dtype="str")


def name_forms(forms: pd.Series) -> pd.DataFrame:
    """Return the legal form that a column of legal forms means.

    Parameters
    ----------
    forms : Series of text

    Returns
    -------
    DataFrame
        Same index; columns legal_form and form_group, NA where the text is no legal form alone.

    Examples
    --------
    >>> import pandas as pd
    >>> name_forms(pd.Series(["G.m.b.H.", "Gesellschaft mit beschränkter Haftung & Co. KG", "Bau"])).legal_form.tolist()
    ['GmbH', 'GmbH & Co. KG', nan]
    """
    import pandas as pd

    parts = each_distinct(forms, _form_alone)
    rows = [part if isinstance(part, tuple) else (pd.NA,) * 2 for part in parts]
    return pd.DataFrame(rows, columns=COLUMNS[1:3], index=forms.index, dtype="str")


def _split(name: str) -> tuple:
    written, form, group = _without_forms(cut_forms(split_words(visible(name))))
    same = same_words()
    words = " ".join(same.get(word, word) for word in written).split()
    words = words[:-1] if words[-1:] == ["u"] else words
    telling = sorted(set(words) - light_words()) or sorted(set(words))
    return " ".join(words) or None, form, group, " ".join(telling) or None


def _form_alone(text: str) -> tuple:
    shown = visible(text)
    exact = named_form(shown)
    if exact:
        return exact.name, exact.group
    words, form, group = _without_forms(cut_forms(split_words(shown)), is_alone=True)
    is_form = form is not None and (not words or words == folded(form).split())
    return (form, group) if is_form else (None, None)


def _without_forms(words: list[Word], is_alone: bool = False) -> tuple[list[str], str | None, str | None]:
    """Return the folded words that are no legal form, the form's name and its group."""
    kept: list[str] = []
    forms: list[LegalForm] = []
    liable: LegalForm | None = None
    place = end_of_form = 0
    while place < len(words):
        found = find_form(words, place, is_alone)
        if found is None:
            n_company = n_company_words(words, place) if forms and forms[-1].can_be_liable else 0
            if n_company and end_of_form == place:
                liable = forms[-1]
            else:
                kept.append(words[place].folded)
                n_company = 1
            place += n_company
            continue
        if found.form is not STATE:
            forms.append(found.form)
        if found.is_with_limit and kept:
            kept[-1] = _without_company(kept[-1])
        if found.form.is_kept:
            kept += [word for word in folded(found.form.name).split() if word not in kept]
        place += found.n_words
        end_of_form = place
    return [word for word in kept if word], *_name_form(forms, liable)


def _without_company(word: str) -> str:
    """Return bau for baugesellschaft, where mbH follows."""
    for ending in ("gesellschaft", "ges"):
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending)
    return word


def _name_form(forms: list[LegalForm], liable: LegalForm | None) -> tuple[str | None, str | None]:
    """Return name and group of the form: with a liable company the partnership's, else of the last form."""
    if liable:
        partners = [form for form in forms[forms.index(liable) + 1 :] if form.is_partnership]
        name, group = (partners[0].name, partners[0].group) if partners else ("KG", "kg")
        return f"{liable.name} & Co. {name}", group
    chosen = [form for form in forms if not form.is_kept] or forms
    return (chosen[-1].name, chosen[-1].group) if chosen else (None, None)
