"""Family: how the servers of one program are simulated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.web.mock_app import MockApp
    from mockserver.webui.simulated import Simulated


@dataclass(frozen=True)
class Family:
    """One program.

    Attributes:
        server: class of its simulated server.
        fill: gives an app the answers of its server, ``app.webui``.
        starts: fields of Config that mean something to it; others must keep their default.
    """

    server: type[Simulated]
    fill: Callable[[MockApp], None]
    starts: frozenset[str]
