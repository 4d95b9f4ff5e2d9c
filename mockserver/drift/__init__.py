"""Drift: what differs between a live server and a fixture set."""
