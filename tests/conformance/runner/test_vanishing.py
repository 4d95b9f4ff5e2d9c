"""A server that vanishes in a mode that writes no option leaves nothing to be put back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests
from doubles import Ask, Reply, mock, served
from gateways import nginx
from judging import make_context
from urllib3.exceptions import NewConnectionError

from conformance.errors import RestoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class _Journal:
    """Remembers what became of it."""

    remedy = "sdapi-check restore FILE"

    def __init__(self) -> None:
        self.calls: list[str] = []

    def opened(self, _: Mapping[str, Any]) -> None:
        self.calls.append("opened")

    def writing(self, _: Iterable[str]) -> None:
        self.calls.append("writing")

    def closed(self) -> None:
        self.calls.append("closed")

    def left(self) -> None:
        self.calls.append("left")


class _Vanishing:
    """A webui that is gone after its first picture, maybe behind a gateway that goes on."""

    def __init__(self, gateway: Reply | None = None) -> None:
        self._sound = mock()
        self._gateway = gateway
        self._gone = False

    def __call__(self, ask: Ask) -> Reply:
        if not self._gone:
            self._gone = ask.route.endswith("/txt2img")
            return self._sound(ask)
        if self._gateway is not None:
            return self._gateway
        refused = NewConnectionError(None, "refused")  # type: ignore[arg-type]
        raise requests.ConnectionError(refused)


@pytest.mark.parametrize(
    "gateway", [pytest.param(None, id="bare"), pytest.param(nginx(502, "Bad Gateway"), id="nginx")]
)
def test_what_a_request_overrode_ended_with_the_server(gateway: Reply | None) -> None:
    journal = _Journal()
    with served(_Vanishing(gateway)):
        context = make_context("a1111", journal=journal, retry_limit=0)
        context.options.may_post = False
        context.varied(override_settings={"CLIP_stop_at_last_layers": 2})
        left = context.options.close()

    assert left == {}
    assert journal.calls == ["opened", "writing", "closed"]


def test_what_was_written_may_have_been_saved() -> None:
    journal = _Journal()
    with served(_Vanishing()):
        context = make_context("a1111", journal=journal, retry_limit=0)
        context.options.set_options({"jpeg_quality": 81})
        context.varied(steps=2)
        with pytest.raises(RestoreError):
            context.options.close()

    assert journal.calls[-1] == "left"
