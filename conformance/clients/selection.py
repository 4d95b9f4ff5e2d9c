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


def needed_by(client: Client, requirements: Iterable[Requirement]) -> tuple[Requirement, ...]:
    """The requirements that matter to a program; all others are left out.

    Its needs are MUSTs, and what it likes are SHOULDs, whatever level they have otherwise.
    A need binds every server, for the program does not ask which kind it meets.
    """
    needs, likes = set(client.need_ids), set(client.like_ids)
    chosen = []
    for requirement in requirements:
        if requirement.id in needs:
            chosen.append(replace(requirement, level=Level.MUST, applies=_EVERYBODY))
        elif requirement.id in likes:
            chosen.append(replace(requirement, level=Level.SHOULD))
    return tuple(chosen)
