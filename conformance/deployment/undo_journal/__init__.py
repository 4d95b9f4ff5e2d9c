"""The undo journal, by which options are put back after a killed run."""
