"""What an operator expects of a deployment, as written in ``[targets.NAME.expect]``."""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any

from conformance.client.fields import Txt2ImgFields, check_fields
from conformance.deployment.expectations.limits import Limits, read_limits
from conformance.errors import PayloadError
from conformance.runner.budget import pixel_steps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.deployment.table import Table


# The keys that hold names of a list each, in the order of the report.
LISTS = (
    "models",
    "vaes",
    "samplers",
    "schedulers",
    "upscalers",
    "scripts",
    "extensions",
    "controlnet_models",
    "adetailer_models",
    "loras",
    "embeddings",
    "styles",
)
_HIDDEN, _SHOWN = "hidden", "shown"
# The keys that are called otherwise than what they say.
_SAYS = {"secrets": "secrets_hidden"}
EVERY_ROUTE, API_ROUTES = "every", "api"


@dataclass(frozen=True)
class Timed:
    """A request, and how long it may take.

    Args:
        request: body of a txt2img.
        seconds: from sending it to the last byte of the answer.
    """

    request: Mapping[str, Any]
    seconds: float

    @property
    def pixel_steps(self) -> int:
        """What it samples."""
        return pixel_steps(self.request)


@dataclass(frozen=True, kw_only=True)
class Expectations:
    """What an operator expects of a deployment; what is empty or None is not looked at.

    Args:
        lists: key of ``LISTS`` -> names that must be in that list.
        options: name -> value that the option must have.
        auth: ``every`` where every route must ask for credentials, ``api`` where those below
            ``/sdapi/`` must, empty for neither.
        open: patterns of the paths that need not ask.
        allow: origins whose pages must be let in by CORS.
        refuse: origins whose pages must not.
        secrets_hidden: whether flags and options must hide secrets.
        longest: requests, each with the time that it may take.
        limits: how large, how long and how many requests may be.
        said: the names of what was said at all, be it to expect nothing.
    """

    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    auth: str = ""
    open: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()
    secrets_hidden: bool = False
    longest: tuple[Timed, ...] = ()
    limits: Limits = field(default_factory=Limits)
    said: frozenset[str] = frozenset()

    def over(self, defaults: Expectations) -> Expectations:
        """These, with those of ``defaults`` for what is not set here; lists and options by name.

        Args:
            defaults: of all targets.
        """
        unsaid = {
            f.name: getattr(defaults, f.name) for f in fields(self) if f.name not in self.said
        }
        lists = {**defaults.lists, **self.lists}
        options = {**defaults.options, **self.options}
        said = self.said | defaults.said
        return replace(self, **unsaid | {"lists": lists, "options": options, "said": said})


def read_expectations(table: Table | None) -> Expectations:
    """Read the table ``expect``.

    Args:
        table: ``expect`` of a target or of the whole file; None for none.

    Raises:
        ConfigurationError: an unknown key, or a value that is none of those allowed.
    """
    if table is None:
        return Expectations()
    table.only((*LISTS, "options", "auth", "open", "cors", "secrets", "longest", "limits"))
    cors = table.table("cors")
    allow, refuse = _origins(cors)
    options = table.table("options")
    return Expectations(
        lists={key: table.texts(key) for key in LISTS if key in table.values},
        options=dict(options.values) if options is not None else {},
        auth=_auth(table),
        open=_paths(table),
        allow=allow,
        refuse=refuse,
        secrets_hidden=_hidden(table),
        longest=tuple(_timed(entry) for entry in table.tables("longest")),
        limits=read_limits(table.table("limits")),
        said=_said(table, cors),
    )


def _said(table: Table, cors: Table | None) -> frozenset[str]:
    keys = (*table.values, *(cors.values if cors is not None else ()))
    return frozenset(_SAYS.get(key, key) for key in keys)


def _auth(table: Table) -> str:
    value = table.values.get("auth")
    if value is None or value is False:
        return ""
    if value is True:
        return EVERY_ROUTE
    if value != API_ROUTES:
        table.refuse("auth", 'write true for every route, or "api" for those below /sdapi/')
    return API_ROUTES


def _paths(table: Table) -> tuple[str, ...]:
    paths = table.texts("open")
    for path in paths:
        if not path.startswith("/"):
            table.refuse("open", f"{path!r} is no path; one starts with a slash, as /internal/*")
    return paths


def _origins(table: Table | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if table is None:
        return (), ()
    table.only(("allow", "refuse"))
    allow, refuse = table.texts("allow"), table.texts("refuse")
    for key, origins in (("allow", allow), ("refuse", refuse)):
        for origin in origins:
            if not _is_origin(origin):
                message = (
                    f"{origin!r} is no origin; one has the form https://host or https://host:1"
                )
                table.refuse(key, message)
    both = sorted(set(allow) & set(refuse))
    if both:
        table.refuse("refuse", f"{both[0]} is to be allowed and refused")
    return allow, refuse


def _is_origin(text: str) -> bool:
    scheme, separator, host = text.partition("://")
    return text == "null" or bool(scheme and separator and host and not set(host) & set("/?#*@ "))


def _hidden(table: Table) -> bool:
    value = table.text("secrets")
    if value not in {None, _HIDDEN, _SHOWN}:
        table.refuse("secrets", f'"{_HIDDEN}" and "{_SHOWN}" are the choices, not {value!r}')
    return value == _HIDDEN


def _timed(table: Table) -> Timed:
    table.only(("request", "seconds"))
    request = table.table("request")
    if request is None:
        table.refuse(None, "the key `request` is missing: the body of a txt2img")
    seconds = table.number("seconds", "seconds", zero=False)
    if seconds is None:
        table.refuse(None, "the key `seconds` is missing: how long the request may take")
    try:
        check_fields(Txt2ImgFields, dict(request.values), route="txt2img")
    except PayloadError as error:
        hint = f"; {error.hint}" if error.hint else ""
        request.refuse(error.field, f"{error.problem}{hint}")
    return Timed(dict(request.values), seconds)
