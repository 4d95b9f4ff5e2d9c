"""The journal: what a mock was asked, and what it answered."""
