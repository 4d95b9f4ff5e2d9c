"""Replay recordings against a server and report the differences."""
