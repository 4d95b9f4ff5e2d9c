"""Ids that a server makes up: those of the recorded server to those of the replayed one.

Agent Scheduler gives each task a random id, which later requests of the recording name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.fixtures.recording import Answer


#: Keys of an answer under which an id stands that later requests name.
_KEYS = ("task_id",)


class GivenIds:
    """The ids that both servers gave so far."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def learn(self, recorded: Answer, body: Any) -> None:
        """Learn from an answer and the recorded one which ids stand for each other.

        Args:
            recorded: body of the recorded answer.
            body: body of the other one.
        """
        if not isinstance(recorded.body, dict) or not isinstance(body, dict):
            return
        for key in _KEYS:
            before, now = recorded.body.get(key), body.get(key)
            if isinstance(before, str) and isinstance(now, str):
                self._ids[before] = now

    def asked(self, path: str) -> str:
        """A recorded path, with the ids of the replayed server.

        Args:
            path: as recorded.
        """
        for before, now in self._ids.items():
            path = path.replace(before, now)
        return path

    def translated(self, text: str) -> str:
        """What the replayed server says, with the ids of the recorded one.

        Args:
            text: a body or a header.
        """
        for before, now in self._ids.items():
            text = text.replace(now, before)
        return text
