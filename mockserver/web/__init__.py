"""The Flask shell around the domain."""
