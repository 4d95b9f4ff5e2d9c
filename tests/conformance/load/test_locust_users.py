"""The users for a Locust of one's own, in a process of its own as Locust wants it."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from conformance.deployment.example_files import EXAMPLES

if TYPE_CHECKING:
    from pathlib import Path

_IMPATIENT = """
from types import SimpleNamespace
from conformance.load.locust_users import PictureUser
from locust.env import Environment

class Refused(PictureUser):
    think = "0s"
    good = False
    @property
    def users(self):
        picture = lambda: SimpleNamespace(good=self.good)
        return SimpleNamespace(
            user=lambda: SimpleNamespace(arrive=lambda: None, picture=picture)
        )

user = Refused(Environment())
user.on_start()
for user.good in (True, False, True):
    user.picture()
    print(user.wait_time())
"""


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


def test_nobody_asks_again_at_once_after_a_failure() -> None:
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-c", _IMPATIENT], capture_output=True, text=True, check=False
    )
    assert done.stdout.split() == ["0.0", "1.0", "0.0"], done.stderr
