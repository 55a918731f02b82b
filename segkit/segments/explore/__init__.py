"""Trying out divisions of the accounts while somebody looks on: what the explorer in notebooks 03 to 05 computes."""
