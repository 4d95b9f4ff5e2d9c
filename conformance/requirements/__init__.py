"""The requirements of the API, as data."""
