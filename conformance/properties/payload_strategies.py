"""Hypothesis strategies for payloads, and for fields that no server could serve."""

from __future__ import annotations

import math
import string
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from hypothesis import strategies as st
from PIL import Image

from conformance.client.fields import Bounds, Img2ImgFields, Txt2ImgFields, field_table
from conformance.client.fork_fields import FORK_TABLES
from conformance.properties.strategies import json_values, picture_files, pictures, prompts

if TYPE_CHECKING:
    from collections.abc import Collection

_LARGEST = 2**31 - 1


def txt2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Txt2Img``, valid and in any choice; ``names`` limits which."""
    return _fields(Txt2ImgFields, names)


def img2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Img2Img``, valid and in any choice; ``names`` limits which."""
    return _fields(Img2ImgFields, names)


def wrong_fields(table: type = Txt2ImgFields) -> st.SearchStrategy[tuple[str, Any]]:
    """A field and a value of a type that it does not take."""
    hints = field_table(table)
    return st.sampled_from(sorted(hints)).flatmap(
        lambda name: st.tuples(st.just(name), _misfits(hints[name])),
    )


def unknown_names(table: type = Txt2ImgFields) -> st.SearchStrategy[str]:
    """Names that are no field, many of them one letter away from one."""
    known = field_table(table)
    near = st.sampled_from(sorted(known)).flatmap(
        lambda name: st.integers(0, len(name) - 1).map(lambda i: name[:i] + name[i + 1 :]),
    )
    words = st.text(string.ascii_lowercase + "_", min_size=1, max_size=20)
    added = {n for tables in FORK_TABLES.values() for t in tables.values() for n in field_table(t)}
    taken = known.keys() | added
    return st.one_of(near, words).filter(lambda name: name not in taken and name.isidentifier())


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


def _misfits(hint: Any) -> st.SearchStrategy[Any]:
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
