"""The domain: one simulated webui, without HTTP."""
