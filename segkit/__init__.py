"""B2B customer segmentation workbench: tables, functions and notebooks."""

import warnings

__version__ = "0.1.0"

# Where the extra spark is installed, pandera loads pyspark, which then speaks of pandas 3 on every command.
# What goes to Spark and comes from it are Arrow tables, compared with DuckDB's digit by digit in tests/extras.
warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
