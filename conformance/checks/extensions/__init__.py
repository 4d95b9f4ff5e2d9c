"""Checks of what extensions promise; they apply where the server lists the extension's script."""
