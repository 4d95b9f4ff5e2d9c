"""Redaction: secrets and private data are taken out before anything is written."""
