"""The users of a load test, who know nothing of Locust."""
