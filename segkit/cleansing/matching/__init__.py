"""Which records are one customer: pairs with a probability learned without labels, and groups of them."""

from segkit.cleansing.matching.clusters import cluster
from segkit.cleansing.matching.pairs import Matches, find_pairs

__all__ = ["Matches", "cluster", "find_pairs"]
