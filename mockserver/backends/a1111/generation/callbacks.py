"""The places of a generation at which scripts of extensions act; without extensions nobody does.

The names are those of the webui's own script callbacks. Source: modules/scripts.py ``Script``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Callbacks:
    """Nobody listens; `mockserver.extensions` has the one that calls scripts.

    Every `p` is the Processing of the running generation.

    Attributes:
        active: whether anybody listens.
    """

    active = False

    def begin(self, p: object) -> None:
        """Before anything of a job is set up; an error here is the answer to the request."""

    def before_process(self, p: object) -> None:
        """Before the options are overridden."""

    def process(self, p: object) -> None:
        """Prompts and seeds are known; nothing is sampled yet."""

    def before_process_batch(self, p: object) -> None:
        """The prompts and seeds of one iteration are known, tags still in them."""

    def process_batch(self, p: object) -> None:
        """The tags are out of the prompts of one iteration."""

    def before_every_sampling(self, p: object) -> None:
        """One sampling run begins: the first pass, or the hires pass."""

    def sample(self, p: object) -> None:
        """The sampler begins; an error here is the answer to the request."""

    def postprocess_image(self, p: object, picture: object, number: int) -> object:
        """Picture `number` of the iteration was made; gives it, or what stands for it."""
        del p, number
        return picture

    def postprocess(self, p: object, processed: object) -> None:
        """All pictures and grids were made."""

    def infotext_pasted(self, parsed: dict[str, object]) -> None:
        """An infotext was parsed for png-info; its values may be changed."""

    def paste(self, tab: str, parsed: Mapping[str, object]) -> dict[str, dict[int, object]]:
        """Arguments of scripts that the request's ``infotext`` tells: title, number, value."""
        del tab, parsed
        return {}

    def run(self, p: object, entry: object, arguments: tuple[object, ...]) -> object:
        """What the selected script of an extension makes; None where no extension has it."""
        del p, entry, arguments
        return None
