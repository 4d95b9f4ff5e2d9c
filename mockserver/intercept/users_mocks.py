"""Users' own mocks beside ours: what they know of an activated address wins, the rest is ours.

responses, requests-mock, respx, pytest-httpx and aioresponses refuse what was not registered with
them. While an address of ours is activated, they let its other requests pass, whichever of the two
was started first.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mockserver.intercept.addresses import ADDRESSES

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.intercept.patches import Patches


_PREFIXES = "passthru_prefixes"


class _Passing:
    """`passthru_prefixes` of a RequestsMock: its own, and the activated addresses."""

    def __get__(self, mock: Any, owner: Any = None) -> Any:
        """The prefixes; what was set before the patch lies in the instance."""
        own = vars(mock).get(_PREFIXES, ()) if mock is not None else ()
        return (*own, *_address_patterns())

    def __set__(self, mock: Any, value: Any) -> None:
        """Keep what is not ours."""
        ours = set(_address_patterns())
        vars(mock)[_PREFIXES] = tuple(prefix for prefix in value if prefix not in ours)


def _address_patterns() -> list[re.Pattern[str]]:
    return [re.compile(re.escape(url) + r"(?:[/?#]|$)") for url in ADDRESSES.urls]


def _responses(patches: Patches) -> None:
    mock = import_module("responses").RequestsMock
    patches.replace(mock, _PREFIXES, lambda _: _Passing(), new=True)


def _requests_mock(patches: Patches) -> None:
    adapter = import_module("requests_mock.adapter")
    unknown = import_module("requests_mock.exceptions").NoMockAddress

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def send(self: Any, request: Any, **kwargs: Any) -> Any:
            try:
                return original(self, request, **kwargs)
            except unknown:
                if ADDRESSES.covers(request.url):
                    raise adapter._RunRealHTTP from None  # noqa: SLF001 - its only sign for it
                raise

        return send

    patches.replace(adapter.Adapter, "send", make)


def _respx(patches: Patches) -> None:
    mocker = import_module("respx.mocks").Mocker
    models = import_module("respx.models")

    def passes(request: Any) -> Any:
        text = "answered by sdapi-mock"
        return models.PassThrough(text, request=request, origin=None)

    def make(original: Any) -> Any:
        def handler(cls: Any, request: Any) -> Any:
            try:
                return original.__func__(cls, request)
            except models.AllMockedAssertionError:
                if ADDRESSES.covers(request.url):
                    raise passes(request) from None
                raise

        return classmethod(handler)

    def make_async(original: Any) -> Any:
        async def handler(cls: Any, request: Any) -> Any:
            try:
                return await original.__func__(cls, request)
            except models.AllMockedAssertionError:
                if ADDRESSES.covers(request.url):
                    raise passes(request) from None
                raise

        return classmethod(handler)

    patches.replace(mocker, "handler", make)
    patches.replace(mocker, "async_handler", make_async)


def _pytest_httpx(patches: Patches) -> None:
    mock = import_module("pytest_httpx._httpx_mock").HTTPXMock

    def unknown(self: Any, request: Any) -> bool:
        matchers = [matcher for matcher, _ in self._callbacks]
        return ADDRESSES.covers(request.url) and not any(
            matcher.match(None, request) for matcher in matchers
        )

    def let_pass(self: Any) -> None:
        """From now on the fixture asks us before it mocks."""
        asked = self._options.should_mock
        self._options.should_mock = lambda request: asked(request) and not unknown(self, request)

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        def handle(self: Any, transport: Any, request: Any) -> Any:
            if not unknown(self, request):
                return original(self, transport, request)
            let_pass(self)
            return transport.handle_request(request)

        return handle

    def make_async(original: Callable[..., Any]) -> Callable[..., Any]:
        async def handle(self: Any, transport: Any, request: Any) -> Any:
            if not unknown(self, request):
                return await original(self, transport, request)
            let_pass(self)
            return await transport.handle_async_request(request)

        return handle

    patches.replace(mock, "_handle_request", make)
    patches.replace(mock, "_handle_async_request", make_async)


class _PassingUnmatched:
    """`passthrough_unmatched` of an aioresponses: also true after it looked for one of ours."""

    def __get__(self, mock: Any, owner: Any = None) -> Any:
        """Its own value, or whether the request that it looked for last in this task is ours."""
        own = vars(mock).get("passthrough_unmatched", False) if mock is not None else False
        return own or _unmatched_is_ours.get()

    def __set__(self, mock: Any, value: Any) -> None:
        """Its own value."""
        vars(mock)["passthrough_unmatched"] = value


_unmatched_is_ours: ContextVar[bool] = ContextVar("unmatched_is_ours", default=False)


def _aioresponses(patches: Patches) -> None:
    mock = import_module("aioresponses.core").aioresponses

    def make(original: Callable[..., Any]) -> Callable[..., Any]:
        async def match(self: Any, method: str, url: Any, *args: Any, **kwargs: Any) -> Any:
            _unmatched_is_ours.set(ADDRESSES.covers(url))
            return await original(self, method, url, *args, **kwargs)

        return match

    patches.replace(mock, "match", make)
    patches.replace(mock, "passthrough_unmatched", lambda _: _PassingUnmatched(), new=True)


#: By the module whose import brings each.
USERS_MOCKS: dict[str, Callable[[Patches], None]] = {
    "responses": _responses,
    "requests_mock.adapter": _requests_mock,
    "respx.mocks": _respx,
    "pytest_httpx._httpx_mock": _pytest_httpx,
    "aioresponses.core": _aioresponses,
}
