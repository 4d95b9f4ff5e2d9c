"""Attributes of client libraries that are replaced, and put back."""

from __future__ import annotations

from typing import Any


class Patches:
    """Attributes that were replaced, to be put back unless somebody else replaced them since."""

    def __init__(self) -> None:
        self._made: list[tuple[Any, str, Any, Any, bool]] = []

    def replace(self, owner: Any, name: str, make: Any, *, new: bool = False) -> None:
        """Replace one attribute.

        Args:
            owner: a module or a class.
            name: of the attribute; one that is not there is left so.
            make: gives the new value from the old one; a class method comes as such.
            new: whether it is made where there is none.
        """
        if not new and not hasattr(owner, name):
            return
        own = name in vars(owner)
        old = vars(owner)[name] if own else getattr(owner, name, None)
        value = make(old)
        setattr(owner, name, value)
        self._made.append((owner, name, old, value, own))

    def undo(self) -> None:
        """Put all back, the last one first.

        What somebody patched since stays: our function below it does nothing any more.
        """
        for owner, name, old, value, own in reversed(self._made):
            if vars(owner).get(name) is not value:
                continue
            if own:
                setattr(owner, name, old)
            else:
                delattr(owner, name)
        self._made = []
