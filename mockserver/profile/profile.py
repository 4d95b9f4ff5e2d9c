"""Profile: the rules that hold for one simulated server, read from a TOML file.

Whatever differs between versions and implementers is a named value here, so that another
version is another file and not another branch of the code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.profile.generation import GenerationRules
from mockserver.profile.png_info import PngInfoRules


@dataclass(frozen=True)
class RequestRules:
    """How request bodies are validated.

    Attributes:
        optional_models: models whose fields are all declared Optional, so that null passes;
            in other models only fields whose default is null take it.
        not_nullable: model name to the fields of an optional model that refuse null.
        text_keys: object fields declared ``dict[str, Any]``: their keys become strings.
        finite: number fields that refuse infinities and NaN.
    """

    optional_models: tuple[str, ...] = ()
    not_nullable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text_keys: tuple[str, ...] = ()
    finite: tuple[str, ...] = ()


@dataclass(frozen=True)
class OptionRules:
    """How options behave.

    Attributes:
        html: pseudo options that are text in the settings page and cannot be set.
        restricted: options that the API may not set; posting them is ignored.
        added_late: options that extensions add after the settings were loaded: they are
            stored with their default even where nothing was ever saved.
        checks_model: whether posting an unknown checkpoint is refused.
    """

    html: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    added_late: tuple[str, ...] = ()
    checks_model: bool = True


@dataclass(frozen=True)
class ErrorRules:
    """Which shape errors have.

    Attributes:
        shape: ``four-key`` (error, detail, body, errors) or ``detail``.
        crash: ``json`` (the four keys) or ``text`` (Internal Server Error).
    """

    shape: str = "four-key"
    crash: str = "json"


@dataclass(frozen=True)
class TransportRules:
    """Headers and encodings around every answer.

    Attributes:
        process_time: whether answers carry X-Process-Time.
        gzip_from: smallest body in bytes that is compressed; 0 for never.
        auth_open: paths of the API that answer without credentials.
    """

    process_time: bool = True
    gzip_from: int = 1000
    auth_open: tuple[str, ...] = ()


@dataclass(frozen=True)
class SamplerRules:
    """What becomes of a sampler's name.

    Attributes:
        unknown: ``first`` takes the first sampler of the list; ``404`` refuses it, takes the
            name as it is and leaves the scheduler's as it was sent.
        unlisted_schedulers: schedulers that a server without their list has: tables with
            ``name``, ``label`` and maybe ``default_rho``.
    """

    unknown: str = "first"
    unlisted_schedulers: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Profile:
    """One simulated server.

    Attributes:
        name: name of the profile, as in ``--profile``.
        family: ``a1111`` for the webui itself.
        version: the program's version as it tells it (``v1.10.1``).
        fixtures: name of the fixture set with its lists, options and openapi document.
    """

    name: str
    family: str
    version: str
    fixtures: str
    requests: RequestRules = field(default_factory=RequestRules)
    options: OptionRules = field(default_factory=OptionRules)
    errors: ErrorRules = field(default_factory=ErrorRules)
    transport: TransportRules = field(default_factory=TransportRules)
    samplers: SamplerRules = field(default_factory=SamplerRules)
    generation: GenerationRules = field(default_factory=GenerationRules)
    png_info: PngInfoRules = field(default_factory=PngInfoRules)
