"""The requirements of a run that is made for one program."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from conformance.catalogue import Applies, Level

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conformance.catalogue import Requirement
    from conformance.clients.client import Client

_EVERYBODY = Applies.parse("all")


def needed_by(
    clients: Iterable[Client],
    requirements: Iterable[Requirement],
) -> tuple[Requirement, ...]:
    """The requirements that matter to some programs; all others are left out.

    What one of them needs is a MUST, and what one of them likes a SHOULD, whatever level it has
    otherwise. A need binds every server, for a program does not ask which kind it meets. What
    one of them trips over is told and fails nothing.
    """
    clients = tuple(clients)
    needs = {name for client in clients for name in client.need_ids}
    likes = {name for client in clients for name in client.like_ids}
    trips = {name for client in clients for name in client.trip_ids}
    chosen = []
    for requirement in requirements:
        if requirement.id in needs:
            chosen.append(replace(requirement, level=Level.MUST, applies=_EVERYBODY))
        elif requirement.id in likes:
            chosen.append(replace(requirement, level=Level.SHOULD))
        elif requirement.id in trips:
            chosen.append(replace(requirement, level=Level.MAY))
    return tuple(chosen)
