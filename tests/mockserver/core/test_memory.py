"""What a mock keeps stays within its bounds, however long it runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

_BENCH = Path(__file__).parents[2] / "bench" / "memory.py"
_BOUND, _IDLE = 120, 60


def test_many_pictures_and_requests_stay_within_the_bound() -> None:
    command = [sys.executable, str(_BENCH), "--pictures", "700", "--requests", "20000"]
    found = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own script

    megabytes = json.loads(found.stdout)
    assert megabytes["idle"] < _IDLE
    assert megabytes["requests"] < _BOUND
