"""Checks of txt2img."""
