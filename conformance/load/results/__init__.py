"""The result of a load test on a terminal, in JSON and as a page."""
