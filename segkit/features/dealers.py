"""Which relations between accounts are trade and not ownership: a dealer is nobody's parent company."""

from __future__ import annotations

DEALER = r"händler|dealer|distribut|reseller|wiederverk|vertriebspartner|channel partner|\bhandel\b"
"""Kinds of relation by which an account buys through another, in lower case; read by Python and by DuckDB alike."""
