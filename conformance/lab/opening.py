"""From an address to a bench."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.client import Basic, Client
from conformance.lab.lab import Lab
from conformance.target import Target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.lab.lab import LabSettings
    from conformance.target import ServerProfile


def open_lab(
    url: str,
    settings: LabSettings,
    *,
    headers: Mapping[str, str] | None = None,
    verify: bool | str = True,
    profile: ServerProfile | None = None,
) -> Lab:
    """Reach a server, make sure that it is one and lets us in, and set up the bench.

    Args:
        url: address of the server; credentials in it count as given.
        settings: of the bench; they hold the credentials and the timeouts.
        headers: sent with every request.
        verify: check certificates: True, False, or the file of an authority.
        profile: what kind of server it is; None to find out.

    Raises:
        ConnectionFailed: it was not reached.
        TargetError: it is no sdapi, or does not let us in.
        AddressError: the address cannot be used.
    """
    client = Client(
        url,
        auth=settings.auth,
        headers=headers,
        verify=verify,
        timeout=settings.timeouts,
    )
    pair = client.address.credentials
    if settings.auth is None and pair is not None:
        settings = replace(settings, auth=Basic(*pair))
    lab = Lab(Target(client, profile), settings)
    lab.target.recognise()
    return lab
