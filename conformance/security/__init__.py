"""What strangers can see and do on a server: found out read-only, with levels, and no verdicts."""
