"""Kind: one entry of the catalogue; and Site: what the faults know of the server they happen to."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError, UpstreamError
from mockserver.faults.exchange import Answer, Hook, json_answer
from mockserver.http.answers import error_response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.core.clock import Clock
    from mockserver.core.simulated import SimulatedServer


#: Routes that make pictures.
GENERATIONS = ("txt2img", "img2img")
#: Routes that answer pictures.
PICTURES = (*GENERATIONS, "extra-single-image", "extra-batch-images")
EVERYWHERE = ("*",)
_FAILED = 500


@dataclass(frozen=True)
class Kind:
    """One way in which things go wrong.

    Attributes:
        name: what a test and the command line call it.
        summary: one sentence.
        build: makes the hook out of the chosen options and the site.
        routes: where it happens unless the fault names a route.
        options: its own choices with their defaults.
        source: where its form is known from.
    """

    name: str
    summary: str
    build: Callable[[Mapping[str, Any], Site], Hook]
    routes: tuple[str, ...] = EVERYWHERE
    options: Mapping[str, Any] = field(default_factory=dict)
    source: str = ""


class Site:
    """The simulated server, as far as faults need it.

    Args:
        webui: the server.

    Attributes:
        clock: its time; latencies pass on it.
    """

    def __init__(self, webui: SimulatedServer) -> None:
        self._webui = webui
        self.clock: Clock = webui.clock

    @property
    def family(self) -> str:
        """Which program the server is: ``a1111``, ``sdnext``, ``koboldcpp``, ``sdcpp``."""
        return self._webui.profile.family

    @property
    def checkpoint_file(self) -> str:
        """Path of the loaded checkpoint; a likely one where the server shows none."""
        loaded = getattr(getattr(self._webui, "checkpoints", None), "current", None)
        found = getattr(loaded, "filename", "")
        return str(found or "/webui/models/Stable-diffusion/model.safetensors")

    def server_error(self, name: str, text: str) -> Answer:
        """The answer to an exception inside the server, in the shape of its profile.

        Args:
            name: class name of the exception.
            text: its text.
        """
        if self.family == "sdcpp":
            return self._plain_json(_FAILED, {"error": "server_error", "message": text})
        if self.family == "koboldcpp":
            return Answer(_FAILED).ends_unanswered()
        return self._refused(ServerError(name, text))

    def http_error(self, status: int, detail: str) -> Answer:
        """The answer of the server's own HTTPException, in the shape of its profile.

        Args:
            status: HTTP status.
            detail: the server's words.
        """
        if self.family == "sdcpp":
            return self._plain_json(status, {"error": detail})
        if self.family == "koboldcpp":
            kind = "service_unavailable" if status >= _FAILED else "bad_input"
            return self._plain_json(status, {"detail": {"msg": detail, "type": kind}})
        return self._refused(HTTPError(status, detail))

    def _refused(self, refusal: UpstreamError) -> Answer:
        response = error_response(refusal, self._webui.profile.errors)
        headers = tuple(
            (name, value) for name, value in response.headers if name.lower() != "content-length"
        )
        return Answer(response.status_code, headers, response.get_data())

    @staticmethod
    def _plain_json(status: int, value: Any) -> Answer:
        return json_answer(status, json.dumps(value).encode())
