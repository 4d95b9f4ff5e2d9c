"""How a served mock ends when one of its own routes asks for it."""

from __future__ import annotations

from typing import Protocol

#: Where an app keeps its lifecycle, among Flask's extensions.
KEY = "sdapi_lifecycle"


class Lifecycle(Protocol):
    """What server-stop and server-kill call."""

    def stop(self) -> None:
        """End once the answer under way has been sent."""
        ...

    def kill(self) -> None:
        """End at once: the client gets no answer, its connection breaks."""
        ...

    def reset_connection(self, host: str, port: str) -> None:
        """Have a client's connection reset, and not closed, when it breaks.

        Args:
            host: address of the client.
            port: its port.
        """
        ...


class Endless:
    """The lifecycle of an app that somebody else serves: it cannot be ended from inside."""

    def stop(self) -> None:
        """Nothing."""

    def kill(self) -> None:
        """Nothing."""

    def reset_connection(self, host: str, port: str) -> None:
        """Nothing."""
