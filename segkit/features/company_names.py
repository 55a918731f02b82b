"""The name of a company without what is written differently from system to system."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

FORMS = (
    r"\b(?:gmbh|mbh|gesmbh|ag|kg|kgaa|ohg|gbr|ug|haftungsbeschränkt|se|e ?k|e ?kfm|e ?v|e ?g|co|und co|inc|ltd|limited|"
    r"llc|llp|corp|corporation|company|plc|sa|sas|sarl|bv|nv|ab|as|oy|aps|spa|srl|sro|zoo|sp z o o)\b"
)


def company_keys(names: pd.Series) -> pd.Series:
    """Return names without case, punctuation and legal form, empty where nothing is left.

    Examples
    --------
    "Brenzholt Filter GmbH & Co. KG", "BRENZHOLT FILTER" and "Brenzholt-Filter" become "brenzholt filter".
    """
    import pandas as pd

    known = pd.Series(names.dropna().unique(), dtype="object").astype(str)
    plain = known.str.casefold().str.replace(r"[^\w]+|_", " ", regex=True).str.strip()
    short = plain.str.replace(FORMS, " ", regex=True).str.replace(r"\s+", " ", regex=True).str.strip()
    keys = pd.Series(short.where(short != "", plain).to_numpy(), known.to_numpy())
    return names.map(keys.where(keys != "", None))
