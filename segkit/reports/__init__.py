"""What managers read: one HTML page for each notebook of a run, and an index, all without internet."""
