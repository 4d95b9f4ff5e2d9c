"""Scripts of the webui: the selectable ones, and what the always-on ones add."""
