"""B2B customer segmentation workbench: tables, functions and notebooks."""

__version__ = "0.1.0"
