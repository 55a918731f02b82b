"""How many segments and how sure: stability, near-equal solutions, tendency, known columns, proposals."""
