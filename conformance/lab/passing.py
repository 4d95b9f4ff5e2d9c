"""How time passes for the bench."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Passing:
    """How time passes; the machine's own time unless a test says otherwise.

    Args:
        clock: seconds, rising.
        sleep: waits so many seconds.
    """

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
