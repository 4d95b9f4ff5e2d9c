"""Backends: the programs that the mock can be, one package each."""
