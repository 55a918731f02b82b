"""Section `segmentations` of project.yml: several divisions of the same customers, side by side."""

import difflib
import re
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator

from segkit.settings.account_segmentation import AccountSegmentation
from segkit.settings.combined_segmentation import CombinedSegmentation
from segkit.settings.person_segmentation import PersonSegmentation

COMBINED = ("nested", "crossed")
KINDS: dict[str, type[BaseModel]] = {
    "account": AccountSegmentation,
    "person": PersonSegmentation,
    "combined": CombinedSegmentation,
}


def _kind(entry: Any) -> str:
    """Return by what a segmentation is checked: its unit, or that it is made of others."""
    held = entry if isinstance(entry, dict) else vars(entry) if isinstance(entry, BaseModel) else {}
    return "combined" if held.get("method") in COMBINED else "person" if held.get("unit") == "person" else "account"


Segmentation = Annotated[
    Annotated[AccountSegmentation, Tag("account")]
    | Annotated[PersonSegmentation, Tag("person")]
    | Annotated[CombinedSegmentation, Tag("combined")],
    Discriminator(_kind),
]


class Segmentations(BaseModel):
    """All segmentations of a project, each under its id; `value` is always there."""

    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Segmentation]

    primary: str = Field("value", description="segmentation that pages, movement and goals are about first")
    value: AccountSegmentation = Field(
        default_factory=AccountSegmentation, description="accounts by their value: revenue, its change, and recency"
    )

    @model_validator(mode="before")
    @classmethod
    def _are_segmentations(cls, given: Any) -> Any:
        """Refuse what is no segmentation, and offer the key that may have been meant."""
        if not isinstance(given, dict):
            return given
        for name, entry in given.items():
            if name not in cls.model_fields and not isinstance(entry, dict | BaseModel):
                near = difflib.get_close_matches(str(name), cls.model_fields, n=1, cutoff=0.5)
                meant = f"perhaps {near[0]} is meant" if near else "a segmentation is such as {method: kmeans}"
                raise ValueError(f"unknown key {name}; {meant}")
        return given

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        """Refuse ids that cannot be names of files, and references to segmentations that are not there."""
        held = self.by_id
        for name in held:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,29}", name) or name in ("primary", "challenger"):
                raise ValueError(f"{name}: an id of a segmentation is small letters, digits and _, at most 30")
        if self.primary not in held:
            raise ValueError(f"primary ({self.primary}) is none of {', '.join(held)}")
        for name, entry in held.items():
            if not isinstance(entry, CombinedSegmentation):
                continue
            unknown = [part for part in entry.of if part not in held]
            if unknown:
                raise ValueError(f"{name}.of: {', '.join(unknown)} is none of {', '.join(held)}")
            if len(set(entry.of)) < 2 or any(isinstance(held[part], CombinedSegmentation) for part in entry.of):
                raise ValueError(f"{name}.of: two different segmentations that are not combined themselves")
        return self

    @property
    def by_id(self) -> dict[str, AccountSegmentation | PersonSegmentation | CombinedSegmentation]:
        """Every segmentation by its id: those of accounts and persons before those made of them, the primary first."""
        held = {"value": self.value, **(self.__pydantic_extra__ or {})}
        return dict(
            sorted(held.items(), key=lambda item: (isinstance(item[1], CombinedSegmentation), item[0] != self.primary))
        )
