"""Plans and runs checks, each in a context of one server."""
