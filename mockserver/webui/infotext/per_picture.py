"""Extra parameters that are worked out for each picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class PerPicture:
    """A parameter whose value differs from picture to picture; JSON shows it as null.

    Attributes:
        of: gives the value for a generation, the number of the picture in its batch and its
            prompt; None leaves the parameter out.
        negative: the negative prompt is given instead of the prompt.

    Source: modules/processing.py ``create_infotext``: a callable in extra_generation_params.
    """

    of: Callable[[Any, int, Any], Any]
    negative: bool = False
