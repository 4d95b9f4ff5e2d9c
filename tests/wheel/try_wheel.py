"""Install a built wheel into a clean environment and run both commands in an empty folder.

Usage: python try_wheel.py DIST_FOLDER SCRATCH_FOLDER
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path


def main(dist: Path, away: Path) -> None:
    """Build the environment, then let the installed commands prove themselves."""
    (wheel,) = dist.glob("sdapi_conformance-*.whl")
    home = away / "venv"
    venv.create(home, with_pip=True, clear=True)
    programs = home / ("Scripts" if os.name == "nt" else "bin")
    empty = away / "empty"
    empty.mkdir(parents=True, exist_ok=True)
    for command in (
        [programs / "python", "-m", "pip", "install", "--quiet", wheel.resolve()],
        [programs / "sdapi-mock", "--version"],
        [programs / "sdapi-mock", "replay", "a1111-1.10.1"],
        [programs / "sdapi-check", "--report", "run.json", "--report", "run.html"],
        [programs / "sdapi-check", "matrix", "run.json", "run.json"],
        [programs / "sdapi-check", "clients", "open-webui"],
        [programs / "sdapi-check", "example", "docker"],
        [programs / "python", "-m", "mockserver", "--help"],
        [programs / "python", "-m", "conformance", "--list"],
    ):
        print("+", *[Path(str(part)).name for part in command], flush=True)  # noqa: T201 - a script's own report
        subprocess.run([str(part) for part in command], cwd=empty, check=True)  # noqa: S603 - commands built here


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
