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
        """Before anything of a job is set up; an error here is the answer to the request.

        Args:
            p: the generation, its fields as the request has them.
        """

    def before_process(self, p: object) -> None:
        """Before the options are overridden.

        Args:
            p: the generation.
        """

    def process(self, p: object) -> None:
        """Prompts and seeds are known; nothing is sampled yet.

        Args:
            p: the generation; `all_prompts` and `all_seeds` may be changed.
        """

    def before_process_batch(self, p: object) -> None:
        """The prompts and seeds of one iteration are known, tags still in them.

        Args:
            p: the generation; `prompts` and `seeds` are those of the iteration.
        """

    def process_batch(self, p: object) -> None:
        """The tags are out of the prompts of one iteration.

        Args:
            p: the generation; `prompts` may be changed.
        """

    def before_every_sampling(self, p: object) -> None:
        """One sampling run begins: the first pass, or the hires pass.

        Args:
            p: the generation; `is_hr_pass` says which pass it is.
        """

    def sample(self, p: object) -> None:
        """The sampler begins; an error here is the answer to the request.

        Args:
            p: the generation.
        """

    def postprocess_image(self, p: object, picture: object, number: int) -> object:
        """Picture `number` of the iteration was made; gives it, or what stands for it.

        Args:
            p: the generation.
            picture: the picture.
            number: its place in the iteration, from 0.
        """
        del p, number
        return picture

    def postprocess(self, p: object, processed: object) -> None:
        """All pictures and grids were made.

        Args:
            p: the generation.
            processed: what came of it; its pictures may be changed.
        """

    def infotext_pasted(self, parsed: dict[str, object]) -> None:
        """An infotext was parsed for png-info; its values may be changed.

        Args:
            parsed: values of the infotext by key.
        """

    def paste(self, tab: str, parsed: Mapping[str, object]) -> dict[str, dict[int, object]]:
        """Arguments of scripts that the request's ``infotext`` says: title, number, value.

        Args:
            tab: ``txt2img`` or ``img2img``.
            parsed: values of the infotext by key.
        """
        del tab, parsed
        return {}

    def run(self, p: object, entry: object, arguments: tuple[object, ...]) -> object:
        """What the selected script of an extension makes; None where no extension has it.

        Args:
            p: the generation.
            entry: the script that the request selects.
            arguments: its arguments, as many as the request gave.
        """
        del p, entry, arguments
        return None
