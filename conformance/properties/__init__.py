"""Properties that hold for every example, tried with Hypothesis."""
