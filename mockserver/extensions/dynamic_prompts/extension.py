"""Dynamic Prompts as an extension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mockserver.extensions.base import Extension, Script
from mockserver.extensions.dynamic_prompts.script import DynamicPrompts

if TYPE_CHECKING:
    from collections.abc import Sequence


class DynamicPromptsExtension(Extension):
    """The extension sd-dynamic-prompts."""

    name = "dynamic-prompts"
    folder = "sd-dynamic-prompts"
    versions = ("2.17.1",)
    summary = "expands {a|b} in every prompt; on without being asked for"

    def make_scripts(self) -> Sequence[Script]:
        """Its one script."""
        return (DynamicPrompts(),)


EXTENSION = DynamicPromptsExtension
