"""What a careful analyst does with rapidfuzz in an afternoon: candidates from equal keys, one score, one threshold."""

from __future__ import annotations

import numpy as np
import pandas as pd

FOLDED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
LARGEST_BLOCK = 3000
RARE_WORD = 100  # a word of the name makes candidates if at most so many records bear it


def scored_pairs(records: pd.DataFrame) -> pd.DataFrame:
    """Return record_id_a, record_id_b and one column per way to score (0–100, or more with the bonus for equal ids).

    Columns: ``name`` (token_sort_ratio of names), ``name_place`` (the same, only where the postal codes are equal),
    ``all_text`` (token_sort_ratio of name, street, postal code and city as one text), ``name_ids`` (mean of both texts,
    and 15 for each equal postal code, phone number and VAT id).
    """
    from rapidfuzz import fuzz
    from rapidfuzz.process import cpdist

    plain = plain_columns(records)
    left, right = candidates(plain)

    def ratio(column: str) -> np.ndarray:
        values = plain[column].to_numpy(object)
        return cpdist(values[left], values[right], scorer=fuzz.token_sort_ratio, dtype=np.float32)

    def equal(column: str) -> np.ndarray:
        values = plain[column].to_numpy(object)
        return (values[left] == values[right]) & (values[left] != "")

    name, text = ratio("name"), ratio("text")
    bonus = sum(15.0 * equal(column) for column in ("postal_code", "phone", "vat_id"))
    ids = records["record_id"].to_numpy()
    return pd.DataFrame(
        {
            "record_id_a": ids[left],
            "record_id_b": ids[right],
            "name": name.round(1),
            "name_place": np.where(equal("postal_code"), name, 0).round(1),
            "all_text": text.round(1),
            "name_ids": ((name + text) / 2 + bonus).round(1),
        }
    )


def plain_columns(records: pd.DataFrame) -> pd.DataFrame:
    """Return name, street, postal_code, city, phone, domain, vat_id and their text, folded; "" where missing."""
    columns = ("name", "legal_form", "street", "postal_code", "city", "phone", "website", "vat_id")
    raw = {c: records[c].fillna("") if c in records else pd.Series("", records.index) for c in columns}
    folded = {c: v.astype(str).str.lower().str.translate(FOLDED) for c, v in raw.items()}
    no_letters = {c: folded[c].str.replace(r"\D", "", regex=True) for c in ("postal_code", "phone")}
    plain = pd.DataFrame(
        {
            "name": folded["name"].str.replace(r"[^\w]+", " ", regex=True).str.strip(),
            "street": folded["street"].str.replace(r"stra(?:ss|ß)e|str\.", "str", regex=True),
            "postal_code": no_letters["postal_code"].where(
                no_letters["postal_code"] == "", no_letters["postal_code"].str.zfill(5)
            ),
            "city": folded["city"],
            "phone": no_letters["phone"].str.replace(r"^(?:0049|49|0)0?", "", regex=True),
            "domain": folded["website"].str.replace(r"^https?://|^www\.|/.*$", "", regex=True).str.removeprefix("www."),
            "vat_id": folded["vat_id"].str.replace(r"\W", "", regex=True),
        }
    )
    text = plain["name"] + " " + plain["street"] + " " + plain["postal_code"] + " " + plain["city"]
    return plain.assign(text=text.str.strip())


def candidates(plain: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Return places of all pairs with equal postal code, city, phone, domain, VAT id, or one rare word of the name."""
    words = plain["name"].str.split().explode().dropna()
    words = words[words.map(words.value_counts()) <= RARE_WORD]
    keys = [plain[c] for c in ("postal_code", "city", "phone", "domain", "vat_id")] + [words]
    n = len(plain)
    codes = [_pairs_in_blocks(key[key != ""], n) for key in keys]
    found = np.unique(np.concatenate(codes))
    return found // n, found % n


def _pairs_in_blocks(key: pd.Series, n: int) -> np.ndarray:
    """Return ``first * n + second`` of all two places that share a value of the key."""
    blocks = key.index.to_numpy().astype(np.int64), pd.factorize(key)[0]
    order = np.argsort(blocks[1], kind="stable")
    places, values = blocks[0][order], blocks[1][order]
    cuts = np.flatnonzero(np.diff(values)) + 1
    found = [np.empty(0, np.int64)]
    for block in np.split(places, cuts):
        if 1 < len(block) <= LARGEST_BLOCK:
            block = np.unique(block)
            one, other = np.triu_indices(len(block), 1)
            found.append(block[one] * n + block[other])
    return np.concatenate(found)
