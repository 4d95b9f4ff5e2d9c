"""Family: how the servers of one program are simulated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.web.mock_app import MockApp
    from mockserver.webui.simulated import Simulated


@dataclass(frozen=True)
class Family:
    """One program.

    Attributes:
        server: class of its simulated server.
        fill: gives an app the answers of its server, ``app.webui``.
        starts: fields of Config that mean something to it; others must keep their default.
        routes: ``GET /sdapi/v1/samplers`` and so on, for a program without a document of its
            own that tells them.
        fields: likewise ``txt2img.steps`` to type, default and bounds.
    """

    server: type[Simulated]
    fill: Callable[[MockApp], None]
    starts: frozenset[str]
    routes: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
