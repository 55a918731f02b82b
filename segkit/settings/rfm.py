"""Settings of recency, frequency and money."""

from pydantic import BaseModel, ConfigDict


class Rfm(BaseModel):
    """How the scores from 1 to 5 are cut (section `value.rfm` of project.yml)."""

    model_config = ConfigDict(extra="forbid")
