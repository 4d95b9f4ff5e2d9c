"""Calls with keyword arguments from a request, and Python's complaints about them.

Routes such as create/embedding call a function with whatever the body holds, so that a wrong
key is a TypeError in Python's words. They are written out here: newer Pythons word them
differently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.errors import Crash
from mockserver.webui.hazards import missing_arguments


@dataclass(frozen=True)
class Signature:
    """The parameters of one of the webui's functions.

    Attributes:
        function: its name.
        required: parameters without default, in order.
        optional: the others with their defaults.
    """

    function: str
    required: tuple[str, ...]
    optional: dict[str, Any] = field(default_factory=dict)

    def bind(self, body: dict[Any, Any]) -> dict[str, Any]:
        """All parameters with the values of `body`, or their defaults.

        Raises:
            Crash: TypeError, when the call would not be possible.
        """
        for name in body:
            if not isinstance(name, str):
                raise Crash("TypeError", "keywords must be strings")
            if name not in self.required and name not in self.optional:
                words = f"{self.function}() got an unexpected keyword argument '{name}'"
                raise Crash("TypeError", words)
        missing = [name for name in self.required if name not in body]
        if missing:
            raise missing_arguments(self.function, missing)
        return {**self.optional, **body}
