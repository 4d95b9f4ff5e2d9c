"""Bodies of requests that are too long for a line, in files that curl commands name."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.client.curl import curl_command, fits_a_line, shown_body
from conformance.report.redacted import ShownExchange

if TYPE_CHECKING:
    from conformance.exchange import Exchange


class BodyFiles:
    """Writes such bodies into a folder for temporary files, which is made when one is needed.

    Args:
        longest: characters of a whole command that needs no file.
    """

    def __init__(self, longest: int | None = None) -> None:
        self._longest = longest
        self._folder: Path | None = None
        self._numbers = count(1)

    def command(self, exchange: Exchange) -> str:
        """The request as a curl command of one line.

        Args:
            exchange: the request.
        """
        if isinstance(exchange, ShownExchange):
            return exchange.curl
        if exchange.request_body is None:
            return curl_command(exchange)
        if fits_a_line(exchange):
            line = curl_command(exchange)
            if self._longest is None or len(line) <= self._longest:
                return line
        try:
            return curl_command(exchange, body_file=str(self._written(shown_body(exchange))))
        except OSError:
            return curl_command(exchange)

    def _written(self, body: bytes) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="sdapi-check-"))
        path = self._folder / f"body-{next(self._numbers)}"
        path.write_bytes(body)
        return path
