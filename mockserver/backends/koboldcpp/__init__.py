"""KoboldCpp: a program for language models that also makes pictures."""
