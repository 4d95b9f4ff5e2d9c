"""Exit codes of a served mock."""

#: Told to end: SIGTERM, server-stop or server-kill.
STOPPED = 0
#: Ctrl-C, as shells tell it.
INTERRUPTED = 130
