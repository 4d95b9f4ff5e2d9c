"""Hypothesis strategies for options and payloads."""

from __future__ import annotations

import math
import string
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from hypothesis import strategies as st
from PIL import Image

from conformance.client.fields import Bounds, Img2ImgFields, Txt2ImgFields, field_table
from conformance.client.fork_fields import FORK_TABLES
from conformance.client.redaction import is_secret_name
from conformance.properties.strategies import json_values, picture_files, pictures, prompts

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


# Answered as an option, and a text of the settings page: modules/shared_options.py, OptionHTML.
_TEXTS = ("settings_in_ui",)
# Changed, these load models, switch off the API, or are not stored at all.
_UNFIT_OPTIONS = (
    "sd_model",
    "sd_checkpoint",
    "sd_vae",
    "sd_unet",
    "sd_lora",
    "sd_text_encoder",
    "sd_hypernetwork",
    "sd_backend",
    "api_",
    "fp8_",
    "cache_fp16",
    "cross_attention",
    "disabled_extensions",
    "disable_all_extensions",
    "restore_config",
    "localization",
    "diffusers_",
    "cuda_",
    "torch_",
    "forge_",
)


def fit_options(options: Mapping[str, Any]) -> list[str]:
    """Names of options that can be changed and put back without loading or losing anything.

    Args:
        options: all that the server answered, by name.
    """
    return sorted(
        name
        for name, value in options.items()
        if not name.startswith(_UNFIT_OPTIONS)
        and not is_secret_name(name)
        and not _is_decoration(name, value)
        and value is not None
    )


def option_changes(
    options: Mapping[str, Any],
    *,
    max_size: int = 4,
) -> st.SearchStrategy[dict[str, Any]]:
    """New values for some of a server's own options, each of the type that it has now.

    Args:
        options: what the server answers, name -> value.
        max_size: how many to change at most.
    """
    names = fit_options(options)
    if not names:
        return st.just({})
    # Each kind of value has an equal share, for servers have many numbers and few lists.
    kinds: dict[type, list[str]] = {}
    for name in names:
        kinds.setdefault(type(options[name]), []).append(name)
    some_name = st.one_of([st.sampled_from(group) for group in kinds.values()])
    chosen = st.lists(some_name, min_size=1, max_size=max_size, unique=True)
    return chosen.flatmap(
        lambda some: st.fixed_dictionaries({name: option_values(options[name]) for name in some}),
    )


def option_values(current: Any) -> st.SearchStrategy[Any]:
    """Values of the type that an option has now.

    A number without a fraction stays one, since servers show integers as floats and fail on
    fractions; it stays small, for it may count pixels or threads.

    Args:
        current: its value now.
    """
    if isinstance(current, bool):
        return st.booleans()
    if isinstance(current, int) or (isinstance(current, float) and current.is_integer()):
        return st.integers(0, 100)
    if isinstance(current, float):
        return st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
    if isinstance(current, list):
        return st.lists(st.text(string.ascii_letters + " ,:狐", max_size=12), max_size=4)
    return prompts(max_parts=3)


def _is_decoration(name: str, value: Any) -> bool:
    """Whether an option only holds HTML for the settings page, which no server stores."""
    markup = isinstance(value, str) and "<" in value and ">" in value
    return markup or name in _TEXTS or name.endswith(("_explanation", "_sep", "_html"))


_LARGEST = 2**31 - 1


def txt2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Txt2Img``, valid and in any choice; ``names`` limits which.

    Args:
        names: of the fields that may be there; None for all.
    """
    return _fields(Txt2ImgFields, names)


def img2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Img2Img``, valid and in any choice; ``names`` limits which.

    Args:
        names: of the fields that may be there; None for all.
    """
    return _fields(Img2ImgFields, names)


def wrong_fields(table: type = Txt2ImgFields) -> st.SearchStrategy[tuple[str, Any]]:
    """A field and a value of a type that it does not take.

    Args:
        table: types of fields, by name.
    """
    hints = field_table(table)
    return st.sampled_from(sorted(hints)).flatmap(
        lambda name: st.tuples(st.just(name), _wrong_types(hints[name])),
    )


def unknown_names(table: type = Txt2ImgFields) -> st.SearchStrategy[str]:
    """Names that are no field, many of them one letter away from one.

    Args:
        table: types of fields, by name.
    """
    known = field_table(table)
    near = st.sampled_from(sorted(known)).flatmap(
        lambda name: st.integers(0, len(name) - 1).map(lambda i: name[:i] + name[i + 1 :]),
    )
    names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=20)
    added = {n for tables in FORK_TABLES.values() for t in tables.values() for n in field_table(t)}
    taken = known.keys() | added
    return st.one_of(near, names).filter(lambda name: name not in taken and name.isidentifier())


def impossible_sides() -> st.SearchStrategy[int]:
    """Widths and heights that no server can make."""
    return st.one_of(st.integers(max_value=7), st.integers(min_value=16385))


def _fields(table: type, names: Collection[str] | None) -> st.SearchStrategy[dict[str, Any]]:
    hints = {n: h for n, h in field_table(table).items() if names is None or n in names}
    return st.fixed_dictionaries({}, optional={n: _values(h) for n, h in hints.items()})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation; those of a number within its bounds."""
    hint, bounds = get_args(hint) if get_origin(hint) is Annotated else (hint, Bounds())
    if get_origin(hint) is UnionType:
        return st.one_of([_values(Annotated[part, bounds]) for part in get_args(hint)])
    if get_origin(hint) is list:
        return st.lists(_values(get_args(hint)[0]), max_size=3)
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(max_size=8), json_values(), max_size=3)
    return _plain_values(bounds).get(hint, json_values())


def _plain_values(bounds: Bounds) -> dict[Any, st.SearchStrategy[Any]]:
    low, high = max(bounds.least, bounds.above, -_LARGEST), min(bounds.most, _LARGEST)
    whole = st.integers(math.floor(low) + (low == bounds.above), math.floor(high))
    return {
        str: prompts(),
        bool: st.booleans(),
        int: whole,
        float: st.one_of(st.floats(low, high, exclude_min=low == bounds.above), whole),
        NoneType: st.none(),
        bytes: picture_files().map(lambda file: file.data),
        Image.Image: pictures(),
    }


def _wrong_types(hint: Any) -> st.SearchStrategy[Any]:
    plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    taken = {get_origin(part) or part for part in (get_args(plain) or (plain,))}
    taken |= {get_origin(plain) or plain}
    wrong: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=5),
        bool: st.booleans(),
        int: st.integers(),
        float: st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),
        dict: st.just({}),
        list: st.just(("no", "list")),
        NoneType: st.none(),
    }
    if float in taken:
        taken |= {int}
    if list in taken:
        wrong[list] = st.just("no list")
    if bool in taken:
        wrong[int] = st.integers().filter(lambda number: number not in {0, 1})
    return st.one_of([values for kind, values in wrong.items() if kind not in taken])
