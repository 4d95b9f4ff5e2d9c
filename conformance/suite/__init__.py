"""The suite as pytest sees it, and the properties that it and the command both run."""
