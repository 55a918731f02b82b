"""Settings of the correction lists: who mends what in which source system."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

DataOwners = Annotated[
    dict[str, str],
    Field(
        description="Who looks after the data of a system or table (erp: Max Kern, products: Produktpflege). What "
        "belongs to an account goes to the account's own owner; a table goes before its system."
    ),
]
