"""Facts: what a simulated server knows, as far as lint asks; read anew for each request."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from mockserver.core.errors import RequestValidationError
from mockserver.lint.finding import REFUSED, Finding, nearest, plain_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.samplers import Samplers
    from mockserver.core.simulated import SimulatedServer
    from mockserver.extensions.base import Extension


_API = "/sdapi/v1/"
_REFERENCE = "#/components/schemas/"


class Facts:
    """What one server knows.

    Args:
        server: the simulated server; one without an OpenAPI document is not linted.
    """

    def __init__(self, server: SimulatedServer) -> None:
        self._server = server
        self._profile = server.profile
        self._fields: dict[str, list[str]] = {}

    # The document

    @property
    def documented(self) -> bool:
        """Whether there is a document to judge requests by."""
        return bool(self._paths)

    @cached_property
    def _document(self) -> dict[str, Any]:
        fixtures = self._server.fixtures
        return dict(fixtures.get("openapi")) if fixtures.has("openapi") else {}

    @cached_property
    def _paths(self) -> dict[str, Any]:
        return dict(self._document.get("paths", {}))

    @cached_property
    def routes(self) -> dict[str, set[str]]:
        """Methods of each path without parameters in it."""
        found = {p: {m.upper() for m in item} for p, item in self._paths.items() if "{" not in p}
        return {path: methods for path, methods in found.items() if methods}

    def fields(self, name: str) -> list[str]:
        """Fields of a route's body.

        Args:
            name: the route's name below /sdapi/v1, or the whole path.
        """
        if name not in self._fields:
            declared = self._schemas.get(self._model(name), {})
            self._fields[name] = list(declared.get("properties", ()))
        return self._fields[name]

    def query_parameters(self, method: str, path: str) -> list[str]:
        """Query parameters of a route.

        Args:
            method: HTTP method.
            path: the whole path.
        """
        operation = self._paths.get(path, {}).get(method.lower(), {})
        return [p["name"] for p in operation.get("parameters", ()) if p.get("in") == "query"]

    @cached_property
    def _schemas(self) -> dict[str, Any]:
        return dict(self._document.get("components", {}).get("schemas", {}))

    def _model(self, name: str) -> str:
        path = name if name.startswith("/") else _API + name
        operation = self._paths.get(path, {}).get("post", {})
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        return str(schema.get("$ref", "")).removeprefix(_REFERENCE)

    def invalid(self, name: str, body: dict[str, Any]) -> Iterator[Finding]:
        """Fields that the server's validation refuses with 422.

        Args:
            name: the route's name.
            body: the request's JSON object.
        """
        models, model = getattr(self._server, "models", None), self._model(name)
        if models is None or not self.fields(name):
            return
        try:
            models.get(model).validate(body, ("body",))
        except RequestValidationError as error:
            for complaint in error.errors:
                place = ".".join(str(part) for part in complaint["loc"][1:])
                text = f"{place or 'the body'}: {complaint['msg']}: the server refuses it with 422"
                yield Finding("invalid", REFUSED, place, text, _hint(body, place))

    # Samplers

    @property
    def _context(self) -> GenerationContext | None:
        from mockserver.backends.a1111.server import Webui  # noqa: PLC0415 - as above

        return self._server.context if isinstance(self._server, Webui) else None

    @property
    def _samplers(self) -> Samplers | None:
        return self._context.samplers if self._context is not None else self._own_samplers

    @cached_property
    def _own_samplers(self) -> Samplers | None:
        fixtures, rules = self._server.fixtures, self._profile.samplers
        if not fixtures.has("samplers"):
            return None
        from mockserver.backends.a1111.generation.samplers import Samplers  # noqa: PLC0415 - as above

        return Samplers.of(
            fixtures.get("samplers"), (), unknown="404", named_by=rules.named_by, any_case=True
        )

    @property
    def has_samplers(self) -> bool:
        """Whether the server lists samplers."""
        return self._samplers is not None and bool(self._samplers.listed)

    @property
    def unknown_sampler(self) -> str:
        """``first`` where an unknown name runs the first sampler, else ``404``."""
        return self._samplers.unknown if self._samplers else "first"

    @property
    def named_by(self) -> str:
        """The field that names the sampler."""
        return self._profile.samplers.named_by

    def is_sampler(self, name: str) -> bool:
        """Whether `name` names a sampler exactly as the server looks it up.

        Args:
            name: as it was sent.
        """
        known = [sampler.name for sampler in self._samplers.listed] if self._samplers else []
        if self._samplers and self._samplers.any_case and self.unknown_sampler != "first":
            return name.lower() in {other.lower() for other in known}
        return name in known

    def split_suffix(self, name: str) -> tuple[str, str] | None:
        """Sampler and scheduler of an old combined name that the server takes apart.

        Args:
            name: as it was sent, ``DPM++ 2M Karras``.
        """
        if self._samplers is None or not self.scheduler_labels or self.unknown_sampler != "first":
            return None
        for label in self._spellings:
            bare = name.removesuffix(f" {label}")
            if bare != name and self.is_sampler(bare):
                _, found = self.resolve(name, None)
                return bare, self._spellings[label] if found == "Automatic" else found
        return None

    def resolve(self, name: str, scheduler: Any) -> tuple[str, str]:
        """What the server runs: sampler and scheduler's label.

        Args:
            name: as it was sent.
            scheduler: likewise.
        """
        assert self._samplers is not None  # noqa: S101 - asked only where there are samplers
        given = scheduler if isinstance(scheduler, str) else None
        sampler, label = self._samplers.resolve(name, given)
        if label == "Automatic":
            own = self._samplers.by_name.get(sampler)
            named = self._samplers.scheduler_by_name.get(own.scheduler) if own else None
            label = named.label if named else label
        return sampler, label

    def guess_sampler(self, name: str) -> tuple[str, str] | None:
        """Sampler and scheduler that were most likely meant; the scheduler may be "".

        Args:
            name: as it was sent.
        """
        if self._samplers is None:
            return None
        named = self._known_as(name)
        if named:
            return named, ""
        for label, scheduler in self._spellings.items():
            for suffix in (f" {label}".lower(), f"_{label}".lower()):
                if name.lower().endswith(suffix):
                    bare = self._known_as(name[: -len(suffix)])
                    if bare:
                        return bare, scheduler
        found = nearest(name, [sampler.name for sampler in self._samplers.listed], 0.6)
        return (found, "") if found else None

    def _known_as(self, name: str) -> str:
        """The sampler of that name or alias, however it is written."""
        plain = plain_name(name)
        for sampler in self._samplers.listed if self._samplers else ():
            if plain in {plain_name(other) for other in (sampler.name, *sampler.aliases)}:
                return sampler.name
        return ""

    @property
    def _spellings(self) -> dict[str, str]:
        """Every spelling of a scheduler to its label."""
        listed = self._samplers.schedulers if self._samplers else ()
        found = {word: s.label for s in listed for word in s.spellings}
        return found or {"Karras": "Karras", "Exponential": "Exponential"}

    @property
    def scheduler_labels(self) -> list[str]:
        """Labels of the schedulers; none where the version has none."""
        return [s.label for s in self._samplers.schedulers] if self._samplers else []

    def is_scheduler(self, name: str) -> bool:
        """Whether `name` is a scheduler's name or label.

        Args:
            name: as it was sent.
        """
        return self._samplers is not None and name in self._samplers.scheduler_by_name

    def scheduler_of_alias(self, name: str) -> str:
        """The label of a scheduler by a name that the server does not look at.

        Args:
            name: as it was sent.
        """
        plain = plain_name(name)
        return next((v for k, v in self._spellings.items() if plain_name(k) == plain), "")

    # Options

    @property
    def options(self) -> Collection[str]:
        """Names of all options."""
        names = getattr(getattr(self._server, "options", None), "names", ())
        return cast("Collection[str]", names)

    def option_default(self, name: str) -> Any:
        """The default of an option.

        Args:
            name: of the option.
        """
        return self._server.options.default(name)  # type: ignore[attr-defined]

    @property
    def fixed_options(self) -> set[str]:
        """Options that the API may not set."""
        return {*self._profile.options.html, *self._profile.options.restricted}

    @property
    def leaking_options(self) -> set[str]:
        """Options whose override stays, as they were never stored."""
        if self._context is None or not self._server.config.fresh:
            return set()
        return set(self.options) - set(self._context.options.stored)

    @property
    def unknown_option(self) -> str:
        """What the server does with an option that it does not know."""
        if self._context is not None:
            return "the server answers 500, KeyError"
        return "it is ignored"

    @property
    def unknown_model(self) -> str:
        """What a POST of an unknown checkpoint does."""
        if self._profile.options.checks_model:
            return "the server answers 500, model not found"
        return "the loaded one stays"

    @property
    def format_late(self) -> bool:
        """Whether an override of samples_format is put back before pictures are encoded."""
        return self._context is not None

    # Names of files

    @property
    def models(self) -> list[str]:
        """Titles of the checkpoints."""
        return list(self._context.checkpoints.names) if self._context else []

    def knows_model(self, name: Any) -> bool:
        """Whether a checkpoint is called so.

        Args:
            name: as it was sent.
        """
        if self._context is None or not isinstance(name, str):
            return True
        return self._context.checkpoints.find(name) is not None

    @property
    def vaes(self) -> tuple[str, ...]:
        """Names of the external VAEs."""
        return self._context.vaes if self._context else ()

    @property
    def upscalers(self) -> tuple[str, ...]:
        """Names of the upscalers."""
        return self._context.upscalers if self._context else ()

    @property
    def hires_upscalers(self) -> tuple[str, ...]:
        """Names that hr_upscaler may have."""
        return (*self._context.latent_modes, *self._context.upscalers) if self._context else ()

    @property
    def has_networks(self) -> bool:
        """Whether names in prompts can be judged."""
        return self._context is not None

    @property
    def styles(self) -> Collection[str]:
        """Names of the styles."""
        return self._context.styles if self._context else ()

    @property
    def loras(self) -> set[str]:
        """Names and aliases of the LoRAs."""
        found = self._context.networks.loras if self._context else ()
        return {name for lora in found for name in (lora.name, lora.alias)}

    @property
    def hypernetworks(self) -> Collection[str]:
        """Names of the hypernetworks."""
        return self._context.networks.hypernetworks if self._context else ()

    # Generation

    @property
    def denoising_null(self) -> bool:
        """Whether hires fix fails without a denoising strength."""
        declared = self._schemas.get(self._model("txt2img"), {}).get("properties", {})
        return self._context is not None and "default" not in declared.get("denoising_strength", {})

    @property
    def sigmas_unused(self) -> bool:
        """Whether s_churn and its kin are read from the options alone."""
        return self._context is not None

    @property
    def extensions(self) -> Iterable[Extension]:
        """The installed extensions."""
        return getattr(self._server, "extensions", ())

    def scripts(self, name: str) -> Mapping[bool, dict[str, int]]:
        """Numbers of arguments of a tab's scripts by name; under True those that run always.

        Args:
            name: ``txt2img`` or ``img2img``.
        """
        if self._context is None:
            return {}
        entries = self._context.scripts.tab(name).entries
        return {
            always: {e.name: len(e.defaults) for e in entries if e.alwayson is always}
            for always in (True, False)
        }


def _hint(body: dict[str, Any], place: str) -> str:
    """What helps a value that validation refuses."""
    value = body.get(place)
    if place == "styles" and isinstance(value, str):
        return f"write a list: [{value!r}]"
    if place == "init_images" and isinstance(value, str):
        return "write a list of one picture"
    if place in {"image", "imageList", "image_list"}:
        return "" if value is None else "see /docs for its form"
    if isinstance(value, list) and len(value) == 1:
        return "send the value itself, not a list of it"
    return ""
