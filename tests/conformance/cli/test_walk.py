"""How far one check walks through the judge."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).parents[2]
_MOST_FILES = 40
_COUNT = """
from bench.house_counts import check_walk
import sys
print(len(check_walk().entries), sum(n.startswith("conformance.checks.") for n in sys.modules))
"""


def test_one_check_enters_few_files_and_imports_the_checks_of_its_area_alone() -> None:
    paths = [str(_TESTS), str(_TESTS.parent), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", _COUNT],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        check=True,
    )
    files, check_modules = map(int, done.stdout.split())
    assert 20 < files <= _MOST_FILES
    assert 0 < check_modules < 20
