"""A simulated server that answers every request in one function, from lists read once."""

from __future__ import annotations

import dataclasses
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, TypeVar

from flask import request

from mockserver.core.errors import ProfileError
from mockserver.core.simulated import SimulatedServer

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request, Response

    from mockserver.core.clock import Clock
    from mockserver.core.config import Config
    from mockserver.http.app import MockApp
    from mockserver.profiles.profile import Profile


_P = TypeVar("_P")


def program_of(profile: Profile, kind: type[_P]) -> _P:
    """The profile's table ``[program]``.

    Args:
        profile: the profile.
        kind: a dataclass with a plain default for every field.

    Raises:
        ProfileError: an unknown key, or a value of another type than the default's.
    """
    known = {field.name: field.default for field in dataclasses.fields(kind)}  # type: ignore[arg-type]
    for key, value in profile.program.items():
        where = f"profile {profile.name}, program"
        if key not in known:
            raise ProfileError(f"{where}: unknown key {key!r}; known: {', '.join(known)}")
        if type(value) is not type(known[key]):
            wanted = type(known[key]).__name__
            raise ProfileError(f"{where}, {key}: {value!r} is not of type {wanted}")
    return kind(**profile.program)


#: The lists that both programs have, by the last part of their path.
LISTS = (
    "samplers",
    "schedulers",
    "upscalers",
    "latent-upscale-modes",
    "sd-models",
    "options",
    "loras",
)


class CppServer(SimulatedServer):
    """A server that keeps no state between requests.

    Args:
        profile: its rules, or the name of a packaged profile.
        config: how it was started.
        clock: its time; the machine's by default.
    """

    def __init__(
        self, profile: Profile | str, config: Config | None = None, clock: Clock | None = None
    ) -> None:
        super().__init__(profile, config, clock)
        self._lists: dict[str, Any] = {}

    def listed(self, name: str) -> Any:
        """The answer to one of LISTS.

        Args:
            name: ``options``, ``samplers`` and so on.

        Raises:
            FixtureError: the fixture set does not have it.
        """
        if name not in self._lists:
            self._lists[name] = self.fixtures.get(name)
        return self._lists[name]

    def names(self, name: str, key: str = "name") -> frozenset[str]:
        """Names in one of its lists.

        Args:
            name: of the list.
            key: what an item calls its name.
        """
        return frozenset(str(item[key]) for item in self.listed(name))

    @property
    def model(self) -> str:
        """The model's file name, as infotexts give it; "" without a model."""
        models: list[dict[str, Any]] = self.listed("sd-models")
        return PurePosixPath(models[0]["filename"]).name if models else ""


def answer_everything(app: MockApp, answer: Callable[[Request], Response]) -> None:
    """Let `answer` have all requests of an app, before Flask looks for a route.

    Flask's own routing refuses methods and redirects paths as these servers never do.

    Args:
        app: of the simulated server.
        answer: makes the answer to a request.
    """

    @app.before_request
    def _answer() -> Response:
        return answer(request)
