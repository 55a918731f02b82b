"""Databases as a source of a table."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict, model_validator


class Database(BaseModel):
    """A table or query of a SQL database, reached by an SQLAlchemy url such as `sqlite:///erp.db`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str
    query: str | None = None
    table: str | None = None

    @model_validator(mode="after")
    def _one_of_query_and_table(self) -> Database:
        if (self.query is None) == (self.table is None):
            raise ValueError("a database source needs either query or table, and not both")
        return self

    @property
    def name(self) -> str:
        """The database as people know it: the url without user and password, and the table."""
        place = re.sub(r"//[^/@]*@", "//", self.url).split("?")[0]
        return f"{place} {self.table or 'query'}"
