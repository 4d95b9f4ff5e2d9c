"""The family of broken servers: each breaks one promise, and names who must notice.

A member is a function from a sound server to the broken one::

    @broken("lists/samplers-wrapped", "samplers come in an object", convicted_by=["LIST-001"])
    def samplers_wrapped(sound: Server) -> Server:
        return rewrite_answer(sound, "/samplers", lambda items: {"items": items})

Every module of ``family`` is found by itself. Requirements are named that would show a reader
what is broken; others may notice too.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from clock import SharedTime
from doubles import Server, mock, served
from judging import make_context

from conformance.runner.budget import Clock

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

Breaking = Callable[[Server], Server]
#: Seconds a step of a 512x512 picture takes on the servers of the family.
STEP_TIME = 2.0


@dataclass(frozen=True)
class BrokenServer:
    """A server that breaks one promise.

    Args:
        name: area and fault, as in ``pictures/truncated``.
        words: what is broken, as a sentence without a full stop.
        convicted_by: ids of the requirements that must not be met.
        breaking: makes it out of a sound server.
        started: how the sound one is started: fields of the mock's Config.
        context_settings: how the context is set up: fields of ContextSettings.
        profile: what kind of server it is taken for.
    """

    name: str
    words: str
    convicted_by: tuple[str, ...]
    breaking: Breaking
    started: Mapping[str, Any] = field(default_factory=dict)
    context_settings: Mapping[str, Any] = field(default_factory=dict)
    profile: str = "a1111-1.10.1"

    @contextmanager
    def context(self) -> Iterator[CheckContext]:
        """A context of the server, fresh, on a time that both share."""
        time = SharedTime()
        sound = mock(clock=time, **{"step_time": STEP_TIME, **self.started})
        with served(self.breaking(sound)):
            yield make_context(self.profile, clock=Clock(time, time.sleep), **self.context_settings)


_FAMILY: dict[str, BrokenServer] = {}


def broken(
    name: str,
    words: str,
    *,
    convicted_by: Sequence[str],
    **settings: Any,
) -> Callable[[Breaking], Breaking]:
    """Make a function a member of the family; see ``BrokenServer``.

    Args:
        name: area and fault.
        words: what is broken.
        convicted_by: ids of the requirements that must not be met.
        settings: ``started``, ``context_settings`` and ``profile``.
    """

    def register(breaking: Breaking) -> Breaking:
        assert name not in _FAMILY, f"{name} is there already"
        assert convicted_by, f"{name} names nobody who would notice"
        _FAMILY[name] = BrokenServer(name, words, tuple(convicted_by), breaking, **settings)
        return breaking

    return register


@cache
def family() -> Mapping[str, BrokenServer]:
    """Name -> broken server, of every module of the family."""
    package = import_module("broken.family")
    for module in pkgutil.iter_modules(package.__path__):
        import_module(f"broken.family.{module.name}")
    return dict(sorted(_FAMILY.items()))


def pairs() -> list[tuple[BrokenServer, str]]:
    """Each broken server with each requirement it names."""
    return [(server, name) for server in family().values() for name in server.convicted_by]
