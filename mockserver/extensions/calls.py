"""Calls the scripts of the installed extensions at the places of a generation."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, cast

from mockserver.backends.a1111.generation.context import Callbacks
from mockserver.core.errors import UpstreamError, missing_arguments
from mockserver.extensions.base import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.pictures import Picture
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry
    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Script
    from mockserver.extensions.installed import InstalledExtensions


class ScriptCalls(Callbacks):
    """Calls scripts in the order in which their extensions are loaded.

    Args:
        webui: the simulated server.
        extensions: those installed on it, by now.

    Source: modules/scripts.py ``ScriptRunner``: each script's errors are reported and swallowed.
    """

    def __init__(self, webui: Webui, extensions: InstalledExtensions) -> None:
        self._webui = webui
        self._extensions = extensions

    @property
    def active(self) -> bool:  # type: ignore[override]
        """Whether any extension is installed."""
        return len(self._extensions) > 0

    def _scripts(self, p: object) -> Iterator[tuple[Script, Run]]:
        processing = cast("Processing", p)
        given = processing.scripts
        if given is None:
            return
        server = self._webui.context
        entries = {e.name: e for e in server.scripts.tab(processing.tab).entries}
        for script in self._extensions.scripts():
            entry = entries.get(script.title)
            if entry is None or not entry.alwayson or script.title in processing.scripts_off:
                continue
            args = given.alwayson.get(script.title, list(entry.defaults))
            yield script, Run(server, processing, args)

    def _call(self, p: object, call: Callable[[Script, Run], None]) -> None:
        for script, run in self._scripts(p):
            swallowed(partial(call, script, run))

    def begin(self, p: object) -> None:
        """Errors here answer the request.

        Args:
            p: the generation.
        """
        for script, run in self._scripts(p):
            script.begin(run)

    def before_process(self, p: object) -> None:
        """See `Script.before_process`.

        Args:
            p: the generation.
        """
        self._call(p, lambda script, run: script.before_process(run))

    def process(self, p: object) -> None:
        """See `Script.process`; those that process last come after all others.

        Args:
            p: the generation.
        """
        ordered = sorted(self._scripts(p), key=lambda pair: pair[0].processes_last)
        for script, run in ordered:
            swallowed(partial(script.process, run))

    def before_process_batch(self, p: object) -> None:
        """See `Script.before_process_batch`.

        Args:
            p: the generation.
        """
        self._call(p, lambda script, run: script.before_process_batch(run))

    def process_batch(self, p: object) -> None:
        """See `Script.process_batch`.

        Args:
            p: the generation.
        """
        self._call(p, lambda script, run: script.process_batch(run))

    def before_every_sampling(self, p: object) -> None:
        """See `Script.before_every_sampling`.

        Args:
            p: the generation.
        """
        self._call(p, lambda script, run: script.before_every_sampling(run))

    def sample(self, p: object) -> None:
        """Errors here answer the request.

        Args:
            p: the generation.
        """
        for script, run in self._scripts(p):
            script.sample(run)

    def postprocess_image(self, p: object, picture: object, number: int) -> object:
        """See `Script.postprocess_image`; each script gets what the one before it gave.

        Args:
            p: the generation.
            picture: one picture.
            number: place of the picture in its iteration, from 0.
        """
        made = cast("Picture", picture)
        for script, run in self._scripts(p):
            try:
                made = script.postprocess_image(run, made, number)
            except UpstreamError:
                continue
        return made

    def postprocess(self, p: object, processed: object) -> None:
        """See `Script.postprocess`.

        Args:
            p: the generation.
            processed: all pictures so far, with their infotexts.
        """
        made = cast("Processed", processed)
        self._call(p, lambda script, run: script.postprocess(run, made))

    def infotext_pasted(self, parsed: dict[str, Any]) -> None:
        """See `Extension.infotext_pasted`.

        Args:
            parsed: fields of an infotext by name; changed in place.
        """
        for extension in self._extensions:
            swallowed(partial(extension.infotext_pasted, parsed))

    def paste(self, tab: str, parsed: Mapping[str, Any]) -> dict[str, dict[int, Any]]:
        """See `Extension.paste`.

        Args:
            tab: ``txt2img`` or ``img2img``.
            parsed: fields of an infotext by name; changed in place.

        Raises:
            ServerError: what an extension raises.
        """
        found: dict[str, dict[int, Any]] = {}
        for extension in self._extensions:
            found |= extension.paste(tab, parsed)
        return found

    def run(self, p: object, entry: object, arguments: tuple[object, ...]) -> object:
        """Run the selected script, if it is one of an extension.

        Args:
            p: the generation.
            entry: the selected script.
            arguments: its ``script_args``, with the defaults of those that are missing.

        Raises:
            ServerError: TypeError for missing arguments; what the script raises.
        """
        wanted = cast("ScriptEntry | None", entry)
        title = wanted.name if wanted is not None else None
        for script in self._extensions.scripts():
            if script.title == title:
                missing = script.parameters[len(arguments) :]
                if missing:
                    raise missing_arguments("Script.run", list(missing))
                run = Run(self._webui.context, cast("Processing", p), arguments)
                return script.run(run)
        return None


def swallowed(call: Callable[[], Any]) -> None:
    """Call; what the simulated server raises is printed there and forgotten.

    Args:
        call: the request.
    """
    try:
        call()
    except UpstreamError:
        return
