"""Checks of img2img."""
