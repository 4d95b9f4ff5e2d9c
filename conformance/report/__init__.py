"""Reports of a run, in several formats."""
