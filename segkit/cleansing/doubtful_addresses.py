"""Values of the doubtful rules about addresses: postal codes and cities that contradict each other; a person decides.

The frame has the columns value, n (rows) and what the rule reads beside it; see `segkit.cleansing.rules`. What is right
is what the data say themselves: no list of places is needed, and none can be out of date.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segkit.cleansing.forms.addresses import fold_cities, fold_postal_codes

if TYPE_CHECKING:
    import pandas as pd

ENOUGH = 5
"""Rows of a postal code from which its usual city is believed."""
MAIN_SHARE = 0.8
"""Share of these rows that its usual city must have."""
NEAR = 80
"""rapidfuzz's ratio of two folded cities from which one is the other misspelt."""
_CODE = r"(?:[A-Z]{1,2}[- ]?)?\d{4,5}"
_WORDS = r"[^\W\d_][^\d]*"


def postal_code_swapped(frame: pd.DataFrame) -> pd.Series:
    """Propose the code that stands under city, where the city stands under postal code; Germans get their zero back."""
    codes = frame["city"].where(_is_swapped(frame["value"], frame["city"])).astype("str")
    written = fold_postal_codes(codes, frame["country"]) if "country" in frame else codes
    return written.where(written.notna(), codes).where(codes.notna()).astype("str")


def city_swapped(frame: pd.DataFrame) -> pd.Series:
    """Propose the city that stands under postal code, where the code stands under city."""
    return frame["postal_code"].where(_is_swapped(frame["postal_code"], frame["value"])).astype("str")


def _is_swapped(postal_codes: pd.Series, cities: pd.Series) -> pd.Series:
    is_city = postal_codes.str.fullmatch(_WORDS).fillna(False).astype(bool)
    return is_city & cities.str.fullmatch(_CODE).fillna(False).astype(bool)


def city_misspelt(frame: pd.DataFrame) -> pd.Series:
    """Propose the usual city of the postal code for a rare one that is spelt nearly so."""
    cities = _usual(frame)
    return cities["usual"].where(cities["is_rare"] & cities["is_near"]).astype("str")


def city_contradicts(frame: pd.DataFrame) -> pd.Series:
    """Propose the usual city of the postal code for one that stands with other postal codes elsewhere."""
    cities = _usual(frame)
    elsewhere = cities.groupby("folded")["postal_code"].transform("nunique") > 1
    return cities["usual"].where(cities["is_rare"] & ~cities["is_near"] & elsewhere).astype("str")


def _usual(frame: pd.DataFrame) -> pd.DataFrame:
    """Return postal_code, folded, usual (the code's usual city), is_rare and is_near (spelt nearly as the usual)."""
    from rapidfuzz import fuzz, process

    cities = frame[["value", "n", "postal_code"]].assign(folded=fold_cities(frame["value"]))
    counted = cities.groupby(["postal_code", "folded"], as_index=False)["n"].sum()
    counted["n_code"] = counted.groupby("postal_code")["n"].transform("sum")
    counted = counted.sort_values(["postal_code", "n", "folded"], ascending=[True, False, True])
    main = counted.drop_duplicates("postal_code").set_index("postal_code")
    main = main[(main["n_code"] >= ENOUGH) & (main["n"] >= MAIN_SHARE * main["n_code"])]
    spelt = cities.sort_values(["postal_code", "n", "value"], ascending=[True, False, True])
    spelt = spelt.drop_duplicates(["postal_code", "folded"]).set_index(["postal_code", "folded"])["value"]
    usual = main.reset_index().merge(spelt.rename("usual").reset_index(), on=["postal_code", "folded"])
    usual = usual.rename(columns={"folded": "usual_folded"})[["postal_code", "usual_folded", "usual"]]
    joined = cities.reset_index().merge(usual, on="postal_code", how="left").set_index("index")
    joined = joined.reindex(frame.index)
    is_other = joined["usual_folded"].notna() & joined["folded"].notna() & (joined["folded"] != joined["usual_folded"])
    near = process.cpdist(
        joined["folded"].where(is_other, ""), joined["usual_folded"].where(is_other, ""), scorer=fuzz.ratio
    )
    within = [
        is_one and (one.startswith(other) or other.startswith(one))
        for is_one, one, other in zip(is_other, joined["folded"], joined["usual_folded"], strict=True)
    ]
    return joined.assign(
        # Köln Ehrenfeld with the code of Köln is a district, no contradiction
        is_rare=is_other & ~_series(within, frame),
        is_near=_series(near >= NEAR, frame) & is_other,
    )


def _series(values: object, frame: pd.DataFrame) -> pd.Series:
    import pandas as pd

    return pd.Series(values, index=frame.index).astype(bool)
