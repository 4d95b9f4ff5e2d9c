"""The users for a Locust of one's own, in a process of its own as Locust wants it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from conformance.deployment.example_files import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path


def test_the_locustfile_that_is_printed_runs_as_it_is(tmp_path: Path) -> None:
    (example,) = (each for each in EXAMPLES if each.name == "locust")
    file = tmp_path / "locustfile.py"
    file.write_text(example.text, encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own file
        [sys.executable, "-m", "locust", "-f", str(file), "--list", "--skip-log-setup"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {"Painter", "Arrivals"} <= set(done.stdout.split())
