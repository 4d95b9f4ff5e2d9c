"""From a client to a bench."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.lab.lab import Lab
from conformance.target import Target

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.lab.lab import LabSettings
    from conformance.target import ServerProfile


def open_lab(client: Client, settings: LabSettings, profile: ServerProfile | None = None) -> Lab:
    """Make sure that a server is one and lets us in, and set up the bench.

    Args:
        client: the way to the server.
        settings: of the bench; they hold the client's credentials too, for the checks of auth.
        profile: what kind of server it is; None to find out.

    Raises:
        ConnectionFailed: it was not reached.
        TargetError: it is no sdapi, or does not let us in.
    """
    lab = Lab(Target(client, profile), settings)
    lab.target.recognise()
    return lab
