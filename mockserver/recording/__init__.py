"""Recording live servers as fixture sets."""
