"""Pictures without an imaging library: drawn in runs of colour and packed as PNG."""
