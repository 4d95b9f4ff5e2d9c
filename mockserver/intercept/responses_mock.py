"""The mock inside of a `responses.RequestsMock` of the user's own.

A test that mocks other addresses with ``responses`` too has all its calls in one place then, in
their order, and the mock counts as one of its registered answers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.activated import Activated
from mockserver.http.in_process import call
from mockserver.testing import TEST_ADDRESS, make_app

if TYPE_CHECKING:
    from requests import PreparedRequest
    from responses import RequestsMock


_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


def add_to(mock: RequestsMock, url: str = TEST_ADDRESS, **settings: Any) -> Activated:
    """Let a mock of ``responses`` answer an address as a webui would.

    Args:
        mock: the user's own mock, or the module ``responses``, whose functions are one.
        url: the address; what is registered for it earlier, with its own path, goes before.
        settings: as of `mockserver.activate` (``profile``, ``fresh``, ``faults`` and so on).

    Returns:
        The mock, with its journal, faults and simulated server.

    Raises:
        BadInput: an unknown setting.
    """
    app = make_app(**settings)
    active = Activated(url.rstrip("/"), app.webui, app)

    def answer(request: PreparedRequest) -> Any:
        from requests import ConnectionError as Broken  # noqa: PLC0415 - only requests has it

        body = request.body or b""
        data = body.encode() if isinstance(body, str) else body
        method, address = str(request.method), str(request.url)
        try:
            status, headers, content = call(app, method, address, request.headers, data)
        except ConnectionError as broken:
            return Broken(str(broken), request=request)
        kept = [(name, value) for name, value in headers if name.lower() != "content-length"]
        return status, dict(kept), content

    place = re.compile(re.escape(active.url) + r"(?:[/?#]|$)")
    for method in _METHODS:
        mock.add_callback(method, place, callback=answer, content_type=None)
    return active
