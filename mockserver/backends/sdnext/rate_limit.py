"""The rate limit: so many requests a minute for each client and path, a picture counts five.

Source: modules/api/middleware.py and security.py. It holds where the option
``server_rate_limit`` is above 0, as it is by default upstream (300) and was not in the recorded
servers.
"""

from __future__ import annotations

from collections import defaultdict, deque
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from flask import Request

    from mockserver.backends.sdnext.server import SdNext


_OPTION = "server_rate_limit"
_MINUTE = 60.0
_TOO_MANY = 429
_COSTS = {f"/sdapi/v1/{name}": 5 for name in ("txt2img", "img2img", "control")}
_FREE = ("/file", "/internal/progress", "/sdapi/v1/browser/thumb")


class RateLimit:
    """Counts the requests of one server's clients.

    Args:
        server: the simulated server; its clock gives the time.
    """

    def __init__(self, server: SdNext) -> None:
        self._server = server
        self._seen: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)
        self._lock = Lock()

    def check(self, request: Request) -> None:
        """Count a request.

        Args:
            request: as Flask has it.

        Raises:
            HTTPError: 429, there were too many within a minute.
        """
        options = self._server.options
        most = options[_OPTION] if _OPTION in options.names else 0
        if not isinstance(most, int | float) or most <= 0 or request.path.startswith(_FREE):
            return
        client, path = request.remote_addr or "", request.path
        now = self._server.clock.now()
        with self._lock:
            seen = self._seen[client, path]
            while seen and seen[0] <= now - _MINUTE:
                seen.popleft()
            if len(seen) >= most:
                raise HTTPError(_TOO_MANY, f"{client}:{path}: rate limit exceeded")
            seen.extend([now] * _COSTS.get(path, 1))
