"""Activated: a mock that runs, in the process or on a port, and all that a test does with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.core.clock import ManualClock
from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from mockserver.admin.control import Control, OtherJob
    from mockserver.backends.a1111.world import (
        EmbeddingFiles,
        LoraFiles,
        ModelFiles,
        StyleRows,
        World,
    )
    from mockserver.core.clock import Clock
    from mockserver.core.simulated import SimulatedServer
    from mockserver.extensions import InstalledExtensions
    from mockserver.faults import ArmedFault, Faults
    from mockserver.faults.latency import Latency
    from mockserver.http.app import MockApp
    from mockserver.journal.call import Call
    from mockserver.journal.journal import Journal


@dataclass(frozen=True)
class Activated:
    """A mock that runs, and all that a test may do with it.

    Attributes:
        url: the address it answers, without a slash at the end.
        webui: the simulated server behind it.
        app: the same app in the process and on a port.
    """

    url: str
    webui: SimulatedServer
    app: MockApp

    # What it was asked

    @property
    def journal(self) -> Journal:
        """What the mock was asked: ``journal.calls("/sdapi/v1/txt2img")``, ``verify``."""
        return self.app.journal

    @property
    def requests(self) -> list[Call]:
        """What the mock was asked, in order."""
        return self.app.journal.calls()

    def verify(self, route: str, **wanted: Any) -> list[Call]:
        """Make sure that the mock was asked so; gives the calls.

        Args:
            route: ``txt2img``, ``GET progress``, a path or a pattern of it.
            wanted: ``times``, ``method``, ``json``, ``query``, ``headers``, and fields of the
                body as in ``steps=range(20, 31)``; as of `Journal.verify`.

        Raises:
            JournalMismatch: it was not; the text shows the nearest call field by field.
        """
        return self.app.journal.verify(route, **wanted)

    def never(self, route: str, **wanted: Any) -> None:
        """Make sure that the mock was not asked so.

        Args:
            route: as of `verify`.
            wanted: likewise.

        Raises:
            JournalMismatch: it was.
        """
        self.app.journal.never(route, **wanted)

    def verify_order(self, *steps: str | tuple[str, Mapping[str, Any]]) -> list[Call]:
        """Make sure that calls came one after the other; others may lie between them.

        Args:
            steps: routes, or pairs of a route and what the body must have.

        Raises:
            JournalMismatch: a step did not come after the one before it.
        """
        return self.app.journal.verify_order(*steps)

    # What goes wrong

    @property
    def faults(self) -> Faults:
        """What goes wrong on demand: ``faults.add("oom", times=1)``, ``faults.clear()``."""
        return self.app.faults

    def fault(self, name: str, **given: Any) -> AbstractContextManager[ArmedFault]:
        """A fault for as long as the ``with`` lasts: ``with webui.fault("oom"):``.

        Args:
            name: of the catalogue.
            given: ``route``, ``when``, ``after``, ``times``, ``probability``, ``seed``,
                ``latency`` in seconds, and the kind's own choices.

        Raises:
            FaultError: an unknown name, or a value that cannot be.
        """
        return self.app.faults.armed(name, **given)

    # Time

    @property
    def clock(self) -> Clock:
        """The mock's time; a `ManualClock` where it was asked for."""
        return self.webui.clock

    @property
    def manual_clock(self) -> ManualClock:
        """The same where the test moves it: ``advance(2)``, ``advance_to_next()``.

        Raises:
            BadInput: the mock has the machine's own time.
        """
        if not isinstance(self.webui.clock, ManualClock):
            raise BadInput("the mock has the machine's own time; start it with clock='manual'")
        return self.webui.clock

    def set_latency(self, latency: Latency | str | float | None) -> None:
        """How long generations take from now on.

        Args:
            latency: seconds; ``none``, ``2s``, ``lognormal 2s 0.5`` or a GPU's name; None for
                the time that the mock was started with.

        Raises:
            FaultError: it is none of these.
        """
        self.app.control.set_latency(latency)

    def other_job(self, seconds: float = 1.0, **payload: Any) -> OtherJob:
        """Let somebody else generate; comes back when the job runs or waits in the queue.

        Args:
            seconds: how long it takes, on the mock's clock.
            payload: fields of txt2img.
        """
        return self.app.control.other_job(seconds, **payload)

    # The simulated machine

    @property
    def control(self) -> Control:
        """What can be done to the mock while it runs: ``set_auth``, ``set_flags``."""
        return self.app.control

    @property
    def world(self) -> World:
        """The files on the simulated machine.

        Raises:
            BadInput: the simulated program has none that could change.
        """
        found = getattr(self.webui, "machine", None)
        if found is None:
            raise BadInput(f"{self.webui.profile.name} has no files to change; only webuis have")
        world: World = found
        return world

    @property
    def models(self) -> ModelFiles:
        """Checkpoints: ``models.add("my-model")``; refresh-checkpoints shows it."""
        return self.world.models

    @property
    def loras(self) -> LoraFiles:
        """LoRAs: ``loras.add("my-lora")``; refresh-loras shows it."""
        return self.world.loras

    @property
    def embeddings(self) -> EmbeddingFiles:
        """Embeddings: ``embeddings.add("my-face")``; refresh-embeddings shows it."""
        return self.world.embeddings

    @property
    def styles(self) -> StyleRows:
        """Styles: ``styles.add("noir", "film noir, {prompt}")``; there at once."""
        return self.world.styles

    @property
    def extensions(self) -> InstalledExtensions:
        """The extensions of the simulated webui: ``extensions.add("controlnet")``, ``remove``.

        Raises:
            BadInput: the simulated program has no extensions.
        """
        found = getattr(self.webui, "extensions", None)
        if found is None:
            raise BadInput(f"{self.webui.profile.name} has no extensions; only webuis have them")
        installed: InstalledExtensions = found
        return installed

    @property
    def scripts(self) -> InstalledExtensions:
        """Scripts: ``scripts.add("my script", args=[1, "a"])``, ``scripts.remove``."""
        return self.extensions

    def upgrade(self, profile: str) -> None:
        """Put another program or version on the machine, as an upgrade and a restart do.

        Stored options that the new one knows stay; faults, journal and clock go on.

        Args:
            profile: its name.

        Raises:
            ProfileError: no such profile, or one that is not started as this mock was.
        """
        self.app.control.upgrade(profile)
        object.__setattr__(self, "webui", self.app.webui)

    def reset(self) -> None:
        """Everything as at the start: options, lists, state, journal, faults, latency."""
        self.app.control.reset()
