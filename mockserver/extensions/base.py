"""What an extension is: its scripts, its routes, and where it acts in a generation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from mockserver.core.errors import BadInput
from mockserver.fixtures.fixture_set import FixtureSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.pictures import Picture
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.server import Webui
    from mockserver.http.routing import Route
    from mockserver.lint.finding import Finding


@dataclass(frozen=True)
class Sent:
    """What a request sends to one always-on script, for lint.

    Attributes:
        tab: ``txt2img`` or ``img2img``.
        title: the script's title in lower case.
        args: the arguments.
        body: the whole request.
        place: where the arguments are: ``alwayson_scripts.ControlNet.args``.
    """

    tab: str
    title: str
    args: Sequence[Any]
    body: Mapping[str, Any]
    place: str


@dataclass(frozen=True)
class Run:
    """One generation, as a script sees it.

    Attributes:
        server: options, models, samplers, state and clock of the simulated webui.
        p: the generation; scripts change its fields as the webui's own do.
        args: the script's arguments: the request's over the defaults of the web UI.
    """

    server: GenerationContext
    p: Processing
    args: Sequence[Any]


class Script:
    """One script of an extension; it does what the methods that it overrides do.

    A `ServerError` or another `UpstreamError` inside a method is swallowed, as the webui prints
    and forgets it, and the later methods of the same script still run; only what `begin`,
    `sample` and `run` raise answers the request. Any other exception is a fault of the mock.
    One object serves all requests, so that what it keeps on itself survives a request, as
    upstream.

    Attributes:
        title: its title in lower case, as in GET scripts.
        processes_last: whether its `process` is called after those of all other scripts.
        file: stem of its file, by which ADetailer knows it.
        parameters: names of the arguments of `run`, without ``self`` and ``p``, for the text
            of the webui's TypeError where some are missing; empty for no such check.

    Source: modules/scripts.py ``Script``, at v1.10.1.
    """

    title: ClassVar[str] = ""
    processes_last: ClassVar[bool] = False
    file: ClassVar[str] = ""
    parameters: ClassVar[tuple[str, ...]] = ()

    def begin(self, run: Run) -> None:
        """Before anything is set up, options overridden already; an error answers the request.

        Args:
            run: the generation, and the script's arguments.
        """

    def before_process(self, run: Run) -> None:
        """Before the options are overridden.

        Args:
            run: the generation, and the script's arguments.
        """

    def process(self, run: Run) -> None:
        """Prompts and seeds are known (`all_prompts`, `all_seeds`), nothing is sampled yet.

        Args:
            run: the generation, and the script's arguments.
        """

    def before_process_batch(self, run: Run) -> None:
        """An iteration begins; its prompts still have their tags.

        Args:
            run: the generation, and the script's arguments.
        """

    def process_batch(self, run: Run) -> None:
        """The tags are out of the iteration's prompts, the text encoder was not asked yet.

        Args:
            run: the generation, and the script's arguments.
        """

    def before_every_sampling(self, run: Run) -> None:
        """A sampling run begins; `run.p.is_hr_pass` says whether it is the hires pass.

        Args:
            run: the generation, and the script's arguments.
        """

    def sample(self, run: Run) -> None:
        """The sampler begins, with the script inside it; an error answers the request.

        Args:
            run: the generation, and the script's arguments.
        """

    def postprocess_image(self, run: Run, picture: Picture, number: int) -> Picture:
        """Picture `number` of the iteration; gives it back, or another in its place.

        Args:
            run: the generation, and the script's arguments.
            picture: one picture.
            number: place of the picture in its iteration, from 0.
        """
        del run, number
        return picture

    def postprocess(self, run: Run, processed: Processed) -> None:
        """All pictures and grids were made; `processed.images` may be changed.

        Args:
            run: the generation, and the script's arguments.
            processed: all pictures so far, with their infotexts.
        """

    def run(self, run: Run) -> Processed:
        """Generate, where a request selects this script by ``script_name``.

        Args:
            run: the generation, and the script's arguments.
        """
        raise NotImplementedError(f"{self.title} cannot be selected")


class Extension:
    """One installed extension.

    Its lists are the files in ``fixtures/extensions/<name>`` (``<name>-<version>`` for another
    version than the newest, on top of the former): ``extension`` (its item of GET extensions,
    null where it is not listed), ``scripts`` (names per tab), ``script-info``, ``cmd-flags``,
    ``openapi`` (its paths and schemas; ``Flags`` and ``Options`` hold its own properties),
    ``options`` (values of its options after "Apply settings"), ``xyz-axes`` (``axes``, ``rank``
    among those of other extensions, ``with_ui_only``), and whatever its own code reads.

    Args:
        webui: the simulated server.
        version: one of `versions`.

    Attributes:
        name: as ``--extensions`` names it.
        folder: its folder in the webui's ``extensions``; they are loaded in the order of these.
        versions: those that it can be, the newest first.
        summary: what it does, in a line for ``sdapi-mock extensions list``.
        imports_api: whether its scripts import ``modules.api`` while they load, which makes
            GET options lose the options that are registered later.
        fixtures: its lists.
        asked: whether it was asked for by name, and is not there because the program has it.
    """

    name: ClassVar[str]
    folder: ClassVar[str]
    versions: ClassVar[tuple[str, ...]]
    summary: ClassVar[str] = ""
    imports_api: ClassVar[bool] = False

    def __init__(self, webui: Webui, version: str) -> None:
        self.webui = webui
        self.version = version
        self.asked = True
        self.fixtures = self._fixtures("nowebui" if webui.config.nowebui else "")
        self.scripts = tuple(self.make_scripts())

    @classmethod
    def of(cls, version: str) -> type[Extension] | None:
        """The class that plays a version; None where there is no such version.

        Args:
            version: behind the ``@``; the newest is ``versions[0]``.
        """
        return cls if version in cls.versions else None

    def _fixtures(self, mode: str) -> FixtureSet:
        newest = self.version == self.versions[0]
        name = self.name if newest else f"{self.name}-{self.version}"
        return FixtureSet.packaged(f"extensions/{name}", mode)

    def add_models(self, models: Iterable[str] | Mapping[str, Any]) -> None:
        """Put files into its folder of models.

        Args:
            models: names, or names to what each does.

        Raises:
            BadInput: it has no such folder.
        """
        raise BadInput(f"{self.name} takes no models here: {', '.join(map(str, models))}")

    def neighbours(self) -> Sequence[Extension]:
        """All extensions installed beside it, itself among them."""
        found: Sequence[Extension] = tuple(getattr(self.webui, "extensions", (self,)))
        return found

    def listed(self, name: str, absent: Any) -> Any:
        """One of its lists; `absent` where it has none of that name.

        Args:
            name: of the list, ``samplers``, ``options``.
            absent: what stands for a list that it lacks.
        """
        return self.fixtures.get(name) if self.fixtures.has(name) else absent

    def make_scripts(self) -> Sequence[Script]:
        """Its scripts that act; those of its lists that nobody plays accept arguments only."""
        return ()

    def routes(self) -> Sequence[Route]:
        """Its routes; their paths and bodies are in its ``openapi``."""
        return ()

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """What its scripts will do with arguments that their author did not mean.

        Args:
            sent: arguments of one of its scripts, or of another's.
        """
        del sent
        return ()

    def paste(self, tab: str, parsed: Mapping[str, Any]) -> dict[str, dict[int, Any]]:
        """What the request's ``infotext`` puts into its scripts' arguments.

        Args:
            tab: ``txt2img`` or ``img2img``.
            parsed: keys and values of the infotext.

        Returns:
            Script title to number of the argument to value.
        """
        del tab, parsed
        return {}

    def infotext_pasted(self, parsed: dict[str, Any]) -> None:
        """Change the ``parameters`` of png-info in place (the callback of the same name).

        Args:
            parsed: fields of an infotext by name; changed in place.
        """
