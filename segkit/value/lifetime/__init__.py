"""Lifetime value: how each account buys, what it will bring over the horizon, and how far that can be trusted."""
