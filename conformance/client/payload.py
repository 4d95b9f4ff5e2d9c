"""Requests for pictures, checked before they are sent."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any, ClassVar, Self, Unpack

from PIL import Image

from conformance.client.fields import Img2ImgFields, Txt2ImgFields, check_fields, field_table
from conformance.client.fork_fields import family_of
from conformance.client.image import encode_image
from conformance.client.scripts import checked_scripts
from conformance.errors import ImageError, PayloadError


class Payload:
    """A request body: only what was set is in it, in the order in which it was set.

    Fields of the webui are known, and those that forks and other programs add: each is taken if
    one of them would take it. ``to_server`` takes those of one kind of server alone, and
    ``check_for`` looks again, as a client does that knows its server.

    Equal payloads have equal bodies. A payload does not change; ``replaced`` and ``including``
    make another.
    """

    _unchecked: frozenset[str] = frozenset()

    table: ClassVar[type]
    route: ClassVar[str]

    def __init__(self, **fields: Any) -> None:
        self._body = self._checked(fields)

    @classmethod
    def to_server(cls, kind: str, **fields: Any) -> Self:
        """A payload for one kind of server, as in ``Txt2Img.to_server("koboldcpp", frames=8)``.

        Args:
            kind: name of a family or profile.
            fields: name -> value.

        Raises:
            PayloadError: an unknown field, a wrong type or an impossible value; names the field.
            ValueError: no such kind.
        """
        made = cls.__new__(cls)
        made._body = made._checked(fields, family_of(kind))  # noqa: SLF001 - its own kind
        return made

    def check_for(self, kind: str) -> None:
        """Make sure that a kind of server has the fields that forks add.

        Args:
            kind: name of a family or profile.

        Raises:
            PayloadError: names a field that others have, and it has not.
            ValueError: no such kind.
        """
        known = field_table(self.table).keys() | self._unchecked
        added = {name: value for name, value in self._body.items() if name not in known}
        check_fields(self.table, added, family_of(kind), self.route)

    def _checked(self, fields: dict[str, Any], family: str | None = None) -> dict[str, Any]:
        check_fields(self.table, fields, family, self.route)
        return {
            name: _encoded(name, self._scripts(value) if name == "alwayson_scripts" else value)
            for name, value in fields.items()
        }

    def _scripts(self, value: dict[str, Any]) -> dict[str, Any]:
        return checked_scripts(value, has_picture=self.route == "img2img")

    def to_json(self) -> dict[str, Any]:
        """The body, ready to be sent; a copy."""
        return deepcopy(self._body)

    def replaced(self, **fields: Any) -> Self:
        """Another payload with these fields set instead, checked likewise.

        Args:
            fields: name -> value.

        Raises:
            PayloadError: names the field at fault.
        """
        body = {**self._body, **self._checked(fields)}
        return self._made(body, self._unchecked - fields.keys())

    def without(self, *names: str) -> Self:
        """Another payload with these fields not set.

        Args:
            names: of fields.
        """
        return self._made({n: v for n, v in self._body.items() if n not in names}, self._unchecked)

    def including(self, **fields: Any) -> Self:
        """Another payload with fields that are sent unchecked.

        For what only an extension or a program knows that is not known here, and for requests
        that are wrong on purpose.

        Args:
            fields: name -> JSON, such as those of an extension.

        Raises:
            PayloadError: a value that JSON cannot hold.
        """
        body = {**self._body, **{n: _plain(n, v) for n, v in fields.items()}}
        return self._made(body, self._unchecked | fields.keys())

    def _made(self, body: dict[str, Any], unchecked: frozenset[str]) -> Self:
        made = type(self).__new__(type(self))
        made._body = body  # noqa: SLF001 - its own kind
        made._unchecked = unchecked  # noqa: SLF001 - likewise
        return made

    def __getitem__(self, name: str) -> Any:
        """The value of a field as it is sent; KeyError if it is not set."""
        return self._body[name]

    def __contains__(self, name: object) -> bool:
        return name in self._body

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Payload) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)

    @property
    def _key(self) -> str:
        # As text, for Python holds 1, 1.0 and True to be equal and a server may not.
        return f"{self.route} {json.dumps(self._body, sort_keys=True)}"

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r:.40}" for name, value in self._body.items())
        return f"{type(self).__name__}({shown})"


class Txt2Img(Payload):
    """A request for pictures from text, as in ``Txt2Img(prompt="a fox", width=64, height=64)``.

    Raises:
        PayloadError: an unknown field, a wrong type or an impossible value; names the field.
    """

    table: ClassVar[type] = Txt2ImgFields
    route: ClassVar[str] = "txt2img"

    def __init__(self, **fields: Unpack[Txt2ImgFields]) -> None:
        super().__init__(**fields)


class Img2Img(Payload):
    """A request for pictures from pictures; ``init_images`` and ``mask`` are encoded.

    Raises:
        PayloadError: an unknown field, a wrong type or an impossible value; names the field.
    """

    table: ClassVar[type] = Img2ImgFields
    route: ClassVar[str] = "img2img"

    def __init__(self, **fields: Unpack[Img2ImgFields]) -> None:
        super().__init__(**fields)


def _encoded(name: str, value: Any) -> Any:
    """Pictures as base64, everything else as plain JSON."""
    if isinstance(value, list):
        return [_encoded(f"{name}[{i}]", item) for i, item in enumerate(value)]
    if isinstance(value, (bytes, Image.Image)):
        try:
            return encode_image(value)
        except ImageError as error:
            raise PayloadError(name, str(error)) from error
    return _plain(name, value)


def _plain(name: str, value: Any) -> Any:
    """A copy of a JSON value, so that later changes of the original change no payload."""
    try:
        return json.loads(json.dumps(value, allow_nan=False))
    except (TypeError, ValueError) as error:
        raise PayloadError(name, f"it cannot be written as JSON ({error})") from error
