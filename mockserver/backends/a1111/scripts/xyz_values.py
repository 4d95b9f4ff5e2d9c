"""The values that a request writes for an axis: lists, ranges, counts.

Source: ``process_axis`` of scripts/xyz_grid.py, at v1.10.1.
"""

from __future__ import annotations

import csv
import math
import re
from io import StringIO
from itertools import chain
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.scripts.xyz_axes import Axis


_INT = r"\s*([+-]?\s*\d+)\s*"
_FLOAT = r"\s*([+-]?\s*\d+(?:.\d*)?)\s*"
_STEPPED = re.compile(rf"{_INT}-{_INT}(?:\(([+-]\d+)\s*\))?\s*")
_COUNTED = re.compile(rf"{_INT}-{_INT}(?:\[(\d+)\s*])?\s*")
_STEPPED_FLOAT = re.compile(rf"{_FLOAT}-{_FLOAT}(?:\(([+-]\d+(?:.\d*)?)\s*\))?\s*")
_COUNTED_FLOAT = re.compile(rf"{_FLOAT}-{_FLOAT}(?:\[(\d+(?:.\d*)?)\s*])?\s*")


def split_list(text: Any) -> list[str]:
    """The entries of a comma-separated text; in quotes they may hold commas.

    Args:
        text: as the request has it.
    """
    rows = csv.reader(StringIO(text), skipinitialspace=True)
    return [entry.strip() for entry in chain.from_iterable(rows)]


def joined_list(values: Any) -> str:
    """Entries as one comma-separated text.

    Args:
        values: any texts.

    Raises:
        ServerError: the csv module's own Error for what has no entries.
    """
    out = StringIO()
    try:
        csv.writer(out).writerow(values)
    except csv.Error as error:
        raise ServerError("Error", str(error)) from error
    return out.getvalue().strip()


def _spread(start: float, stop: float, count: int) -> list[float]:
    """`count` numbers from `start` to `stop`, both included (numpy.linspace)."""
    if count == 1:
        return [float(start)]
    step = (stop - start) / (count - 1) if count else 0.0
    found = [number * step + start for number in range(count)]
    return [*found[:-1], float(stop)] if found else []


def _stepped(start: float, stop: float, step: float) -> list[float]:
    """Numbers from `start` up to before `stop` (numpy.arange).

    Raises:
        ZeroDivisionError: a step of nought, as numpy puts it.
    """
    if step == 0:
        raise ZeroDivisionError("division by zero")
    count = max(math.ceil((stop - start) / step), 0)
    delta = (start + step) - start
    return [start + number * delta for number in range(count)]


def _ints(text: str) -> list[Any]:
    stepped = _STEPPED.fullmatch(text)
    if stepped:
        start, stop, step = stepped.groups(default="1")
        return list(range(int(start), int(stop) + 1, int(step)))
    counted = _COUNTED.fullmatch(text)
    if counted:
        start, stop, count = counted.groups(default="1")
        return [int(value) for value in _spread(int(start), int(stop), int(count))]
    return [text]


def _floats(text: str) -> list[Any]:
    stepped = _STEPPED_FLOAT.fullmatch(text)
    if stepped:
        start, stop, step = (float(number) for number in stepped.groups(default="1"))
        return _stepped(start, stop + step, step)
    counted = _COUNTED_FLOAT.fullmatch(text)
    if counted:
        first, last, count = counted.groups(default="1")
        return list(_spread(float(first), float(last), int(count)))
    return [text]


def axis_values(axis: Axis, text: Any, chosen: Any, *, as_text: Any) -> list[Any]:
    """The values of an axis.

    Args:
        axis: its kind.
        text: what the request writes.
        chosen: what it chooses from the axis's list.
        as_text: the text counts even where there is a list.

    Raises:
        AttributeError, TypeError, ValueError, ZeroDivisionError: as the webui.
    """
    if axis.label == "Nothing":
        return [0]
    written: Sequence[Any] = chosen if axis.chosen and not as_text else split_list(text)
    if axis.kind in (int, float):
        spread = _ints if axis.kind is int else _floats
        entries = (entry for entry in written if entry.strip() != "")
        written = [value for entry in entries for value in spread(entry)]
    return axis.values(written)
