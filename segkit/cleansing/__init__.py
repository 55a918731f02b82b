"""Stage 01: from tables as they were read to tables that agree with each other, rows and money accounted for."""

from segkit.cleansing.steps import clean_tables

__all__ = ["clean_tables"]
