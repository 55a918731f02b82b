"""One quarter of profiles: from features, segments and firmographics to all tables of notebook 05."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from segkit.profiles.cards import Earlier, build_cards
from segkit.profiles.examples import select_examples
from segkit.profiles.naming import name_segments
from segkit.profiles.profile import profile_segments
from segkit.profiles.traits import select_traits
from segkit.profiles.variables import describe_accounts, inputs_of

if TYPE_CHECKING:
    import pandas as pd


def describe_all(
    panel: pd.DataFrame,
    when: tuple[Any, str, bool],
    models: Mapping[str, Mapping[str, Any]],
    tables: Mapping[str, pd.DataFrame],
    product_groups: pd.DataFrame | None,
    names: pd.DataFrame,
    earlier: Earlier | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables of `describe_segments` for every segmentation, the rows of one after those of another.

    Parameters
    ----------
    panel, tables, product_groups, names, earlier
        As for `describe_segments`, with the rows of all segmentations.
    when : tuple
        Day of the run, its quarter, and whether the data cover it.
    models : mapping
        id of a segmentation → its accepted model. One that holds no account is left out.
    """
    import pandas as pd

    told = []
    for name, model in models.items():
        if (tables["segments"]["segmentation_id"] == name).any():
            mine = dict(model) | {"segmentation_id": name}
            told.append(describe_segments(panel, *when, mine, tables, product_groups, names, earlier))
    return {name: pd.concat([one[name] for one in told], ignore_index=True) for name in told[0]}


def describe_segments(
    panel: pd.DataFrame,
    as_of: Any,
    quarter: str,
    is_complete: bool,
    model: Mapping[str, Any],
    tables: Mapping[str, pd.DataFrame],
    product_groups: pd.DataFrame | None,
    names: pd.DataFrame,
    earlier: Earlier | None = None,
) -> dict[str, pd.DataFrame]:
    """Return the tables of notebook 05 by name: profiles, segment_traits, segment_examples, segment_cards.

    Parameters
    ----------
    panel : DataFrame
        `account_features`; it has a slice at `as_of`.
    as_of, quarter : date, str
        Of the run.
    is_complete : bool
        The data cover the quarter; otherwise nothing is compared with the previous run.
    model : mapping
        The accepted model of the segmentation.
    tables : mapping
        account_value, accounts, segments and segment_sizes of this run.
    product_groups : DataFrame or None
        Query `account_product_groups`; None where there are no products.
    names : DataFrame
        decisions/names.csv.
    earlier : Earlier or None
        The previous run.
    """
    import pandas as pd

    segmentation_id = model["segmentation_id"]
    segments, sizes = (_of(tables[name], segmentation_id) for name in ("segments", "segment_sizes"))
    features = panel[panel["as_of"] == pd.Timestamp(as_of)].sort_values("account_id", ignore_index=True)
    described = describe_accounts(features, tables["account_value"], tables["accounts"], product_groups)
    profiles = profile_segments(described, segments, inputs_of(model))
    traits = select_traits(profiles)
    before = _of(earlier.cards, segmentation_id) if earlier is not None and earlier.cards is not None else None
    telling = name_segments(sizes, profiles, traits, _of(names, segmentation_id), quarter, before, is_complete)
    return {
        "profiles": profiles,
        "segment_traits": traits,
        "segment_examples": select_examples(features, segments, described.set_index("account_id")["name"]),
        "segment_cards": build_cards(sizes, segments, features, telling, earlier if is_complete else None),
    }


def _of(table: pd.DataFrame, segmentation_id: str) -> pd.DataFrame:
    return table[table["segmentation_id"] == segmentation_id].reset_index(drop=True)
