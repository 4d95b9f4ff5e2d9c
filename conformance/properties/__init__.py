"""Properties that hold for every example, tried with Hypothesis."""

import os
import sys
from pathlib import Path


def leave_no_folder() -> None:
    """Let Hypothesis keep its tables in the user's cache, and not in the current folder."""
    if "HYPOTHESIS_STORAGE_DIRECTORY" in os.environ:
        return
    from hypothesis.configuration import set_hypothesis_home_dir  # noqa: PLC0415 - loads slowly

    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    set_hypothesis_home_dir(Path(home) / "sdapi-check" / "hypothesis")


# Whoever imported it before us uses it himself.
if "hypothesis" not in sys.modules:
    leave_no_folder()
