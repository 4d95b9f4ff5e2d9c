"""Infotext: the text of generation parameters that pictures carry, built and parsed."""
