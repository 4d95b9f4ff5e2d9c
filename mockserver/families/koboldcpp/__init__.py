"""KoboldCpp: a program for language models that also draws, behind Python's own web server."""
