"""Dialects: pydantic 1, as the webui has it, and pydantic 2, as Forge has it.

What differs: which values pass, and the words of the complaints. Source: pydantic 2.8 and
FastAPI 0.104; recorded of Forge.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.validation.kind import as_dict
from mockserver.validation.scalar import COERCIONS
from mockserver.validation.scalar2 import COERCIONS as COERCIONS_2
from mockserver.validation.scalar2 import only_dict, only_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Dialect:
    """How values are taken.

    Attributes:
        coercions: OpenAPI's scalar types and how each is coerced.
        as_dict: what counts as an object.
        null_by_kind: whether null is complained of as any other value of a wrong type.
        same_type: whether a choice must have the type of the one permitted: true is not 1.
        model: what is complained of a body that is no object.
    """

    coercions: Mapping[str, Callable[[Any], Any]]
    as_dict: Callable[[Any], dict[Any, Any]]
    null_by_kind: bool = False
    same_type: bool = False
    model: Callable[[Any], dict[Any, Any]] = as_dict


DIALECTS = {
    "pydantic1": Dialect(COERCIONS, as_dict),
    "pydantic2": Dialect(
        COERCIONS_2, only_dict, null_by_kind=True, same_type=True, model=only_model
    ),
}
