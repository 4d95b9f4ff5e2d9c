"""Locust, which makes the load: its users, its process, and the process that starts it."""
