"""Lists that are not what they promise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from broken.layer import rewrite_answer
from broken.registry import broken

if TYPE_CHECKING:
    from doubles import Server


@broken("lists/samplers-wrapped", "samplers come in an object", convicted_by=["LIST-001"])
def samplers_wrapped(sound: Server) -> Server:
    return rewrite_answer(sound, "/samplers", lambda items: {"items": items})


@broken("lists/samplers-empty", "there is no sampler", convicted_by=["LIST-018"])
def samplers_empty(sound: Server) -> Server:
    return rewrite_answer(sound, "/samplers", lambda _: [])
