"""Segments: a value grid by readable rules, a k-means challenger beside it, and identities that last.

`quarterly.segment_accounts` makes a quarter's tables; `grid.assign_grid` and `accepted.assign_segments` assign
accounts.
"""
