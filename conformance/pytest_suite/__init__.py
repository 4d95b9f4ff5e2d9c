"""The tests that pytest runs against a live server."""
