"""Checks of further routes: models, training, captions, and what forks do otherwise."""
