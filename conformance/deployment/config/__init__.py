"""The file sdapi.toml."""
