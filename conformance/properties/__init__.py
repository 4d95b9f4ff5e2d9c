"""Properties that hold for every example, tried with Hypothesis."""

import os
import sys
from pathlib import Path


def prepare_hypothesis() -> None:
    """Say how Hypothesis is to behave once it is loaded.

    It keeps its tables in the user's cache, and not in the current folder. It loads no plugins of
    other packages, which may take longer than itself; under pytest others use it too, and expect
    what they installed.
    """
    home = os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()
    tables = Path(home) / "sdapi-check" / "hypothesis"
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(tables))
    if "pytest" not in sys.modules:
        os.environ.setdefault("HYPOTHESIS_NO_PLUGINS", "1")


# Whoever imported it before us uses it himself.
if "hypothesis" not in sys.modules:
    prepare_hypothesis()
