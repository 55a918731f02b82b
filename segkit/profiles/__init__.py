"""Profiles: what sets each segment apart from all other accounts, in numbers, traits, a telling name and a card.

`quarterly.describe_segments` makes all tables of notebook 05.
"""
