"""Livedo finds calciphylaxis before it ulcerates.

Importing the package loads neither DuckDB, pyarrow, pandas nor Spark; the
functions that need them import them when called.
"""

__version__ = "0.1.0"
