"""A table's column must not be called what reading keeps beside the row: such rows would count as unreadable."""

from segkit.tables import TABLES

KEPT = {"reason", "raw", "file_no", "step", "delivery"}
"""Of `read_sources`: why a row cannot be read, its text, its file; of cleansing: what became of it."""


def test_no_input_has_a_column_of_the_reader():
    inputs = [table for table in TABLES.values() if table.kind in ("event", "snapshot")]
    assert inputs
    assert not [(table.name, name) for table in inputs for name in KEPT & set(table.columns)]
