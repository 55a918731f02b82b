"""Criteria: which variables could form segments, what the project's own data say of each, and which are chosen."""
