"""Kinds of values a field may hold; each fits a value or complains of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from mockserver.pydantic_compat.coercion_v1 import to_str
from mockserver.pydantic_compat.coercion_v2 import TOO_LONG, beyond
from mockserver.pydantic_compat.errors import (
    ValidationError,
    none_not_allowed,
    not_a_dict,
    not_a_list,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.pydantic_compat.errors import ErrorDict, Location


def as_dict(value: Any) -> dict[Any, Any]:
    """What pydantic 1 takes for a dict: a dict, or anything that dict() makes one of.

    Args:
        value: any JSON value.

    Raises:
        ValidationError: dict() refuses it.
    """
    if isinstance(value, dict):
        return value
    try:
        return dict(value)
    except (TypeError, ValueError):
        raise not_a_dict() from None


class Kind(Protocol):
    """What values a place may hold."""

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The coerced value; complaints are added to the list and make the result void.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        ...


@dataclass(frozen=True)
class Anything:
    """Any value, as it is."""

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The value itself.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        del loc, complaints
        return value


@dataclass(frozen=True)
class Scalar:
    """One number, boolean or text.

    Attributes:
        coerce: makes the value one, or raises a ValidationError.
        exact: values of this very type stay as they are; None where each is looked at.
    """

    coerce: Callable[[Any], Any]
    exact: type | None = None

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The coerced value.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        try:
            return self.coerce(value)
        except ValidationError as error:
            complaints.append(error.at(loc))
            return None


_TEXT = Scalar(to_str)


@dataclass(frozen=True)
class Bounded:
    """A number within bounds; the first bound that does not hold is complained of.

    Attributes:
        bounds: (pydantic's name of the bound, limit): ``gt``, ``ge``, ``lt``, ``le``.
        finite: whether infinities and NaN are refused where the bounds let them pass.
        finite_first: whether that is looked at before the bounds.
    """

    coerce: Callable[[Any], Any]
    bounds: tuple[tuple[str, float], ...] = ()
    finite: bool = False
    finite_first: bool = False

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The coerced value, within its bounds.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        try:
            number = self.coerce(value)
            if self.finite and self.finite_first:
                _check_finite(number)
            for name, limit in self.bounds:
                _check_bound(number, name, limit)
            if self.finite:
                _check_finite(number)
        except ValidationError as error:
            complaints.append(error.at(loc))
            return None
        return number


_HOLDS: dict[str, tuple[Callable[[float, float], bool], str]] = {
    "gt": (lambda a, b: a > b, "greater than"),
    "ge": (lambda a, b: a >= b, "greater than or equal to"),
    "lt": (lambda a, b: a < b, "less than"),
    "le": (lambda a, b: a <= b, "less than or equal to"),
}


def _check_finite(number: float) -> None:
    if not math.isfinite(number):
        raise ValidationError(
            "ensure this value is a finite number", "value_error.number.not_finite_number"
        )


def _check_bound(number: float, name: str, limit: float) -> None:
    holds, bound = _HOLDS[name]
    if not holds(number, limit):
        raise ValidationError(
            f"ensure this value is {bound} {limit}",
            f"value_error.number.not_{name}",
            {"limit_value": limit},
        )


@dataclass(frozen=True)
class Choice:
    """One of a few values, compared as Python compares them (true is 1, 1.0 is 1).

    Attributes:
        permitted: the values.
        same_type: true is not 1, and 1.0 is not.
    """

    permitted: tuple[Any, ...]
    same_type: bool = False

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The permitted value equal to the one given.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        for choice in self.permitted:
            if choice == value and (type(choice) is type(value) or not self.same_type):
                return choice
        if self.same_type and isinstance(value, int) and beyond(value):
            complaints.append(ValidationError(TOO_LONG, "int_parsing_size").at(loc))
            return None
        choices = ", ".join(repr(choice) for choice in self.permitted)
        ctx = {"given": value, "permitted": list(self.permitted)}
        error = ValidationError(f"unexpected value; permitted: {choices}", "value_error.const", ctx)
        complaints.append(error.at(loc))
        return None


@dataclass(frozen=True)
class ListOf:
    """A JSON array, each item of one kind.

    Attributes:
        item: the kind.
        null_by_kind: null is complained of as any other value of a wrong type.
    """

    item: Kind
    null_by_kind: bool = False

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The list of coerced items; each bad item is complained of by its index.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        if not isinstance(value, list | tuple):
            complaints.append(not_a_list().at(loc))
            return None
        if isinstance(self.item, Anything):
            return list(value)
        fit = self.item.fit if self.null_by_kind else partial(fit_item, self.item)
        return [fit(v, (*loc, i), complaints) for i, v in enumerate(value)]


@dataclass(frozen=True)
class MappingOf:
    """An object, or whatever Python's dict() takes for one: a list of pairs, ``[]``, ``""``.

    Attributes:
        text_keys: keys are coerced to text, as in ``dict[str, Any]``.
        value: kind of each value.
        as_dict: what counts as an object.
    """

    text_keys: bool = False
    value: Kind = Anything()
    as_dict: Callable[[Any], dict[Any, Any]] = field(default=as_dict)

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The dict; complaints about a key are placed at ``__key__``.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        try:
            pairs = self.as_dict(value)
        except ValidationError as error:
            complaints.append(error.at(loc))
            return None
        if not self.text_keys:
            return pairs
        return self._fit_pairs(pairs, loc, complaints)

    def _fit_pairs(
        self, pairs: dict[Any, Any], loc: Location, complaints: list[ErrorDict]
    ) -> dict[str, Any]:
        fitted: dict[str, Any] = {}
        for key, item in pairs.items():
            before = len(complaints)
            name = fit_item(_TEXT, key, (*loc, "__key__"), complaints)
            if len(complaints) == before:
                fitted[name] = fit_item(self.value, item, (*loc, key), complaints)
        return fitted


@dataclass(frozen=True)
class AnyOf:
    """The first of several kinds that fits; if none does, the complaints of all."""

    kinds: tuple[Kind, ...]

    def fit(self, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
        """The value as the first fitting kind coerces it.

        Args:
            value: any JSON value.
            loc: keys and indices that lead to it.
            complaints: where complaints are added.
        """
        all_found: list[ErrorDict] = []
        for kind in self.kinds:
            found: list[ErrorDict] = []
            fitted = kind.fit(value, loc, found)
            if not found:
                return fitted
            all_found += found
        complaints += all_found
        return None


def fit_item(kind: Kind, value: Any, loc: Location, complaints: list[ErrorDict]) -> Any:
    """Fit a value that may not be null, unless its kind is anything.

    Args:
        kind: what it has to be.
        value: any JSON value.
        loc: keys and indices that lead to it.
        complaints: where complaints are added.
    """
    if value is None and not isinstance(kind, Anything):
        complaints.append(none_not_allowed().at(loc))
        return None
    return kind.fit(value, loc, complaints)
