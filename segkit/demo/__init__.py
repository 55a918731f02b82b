"""The sample company: a seeded generator of exports as a German B2B firm's systems write them."""

from segkit.demo.sample import SEED, simulate
from segkit.demo.writing import write_demo

__all__ = ["SEED", "simulate", "write_demo"]
