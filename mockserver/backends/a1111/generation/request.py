"""From a valid request to a generation: what is looked at before it waits its turn.

Source: modules/api/api.py ``text2imgapi`` and ``img2imgapi``, at v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.processing import NOT_PROCESSED
from mockserver.backends.a1111.generation.samplers import AUTOMATIC
from mockserver.backends.a1111.infotext.apply import apply_infotext
from mockserver.backends.a1111.state import TaskRegistry

if TYPE_CHECKING:
    from collections.abc import Collection

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.scripts.catalogue import ScriptArguments


@dataclass(frozen=True)
class Order:
    """A request that is ready to wait its turn.

    Attributes:
        tab: ``txt2img`` or ``img2img``.
        task: id of its task.
        echo: its fields as the answer's ``parameters`` tell them.
        fields: its fields as the generation takes them, dicts and lists its own.
        scripts: what it gives to scripts.
    """

    tab: str
    task: str
    echo: dict[str, Any]
    fields: dict[str, Any]
    scripts: ScriptArguments

    @property
    def sends_images(self) -> bool:
        """Whether the answer has the pictures in it."""
        return bool(self.echo.get("send_images", True))


def _fields(server: GenerationContext, echo: dict[str, Any]) -> dict[str, Any]:
    """The fields with sampler and scheduler resolved and nothing of the API's own in them."""
    named_by = server.samplers.named_by
    wanted = echo.get(named_by) or echo["sampler_index"]
    sampler, scheduler = _sampling(server, wanted, echo.get("scheduler"))
    # Dicts and lists are copied, so that the echo stays as it was sent.
    found = {
        name: value.copy() if isinstance(value, dict | list) else value
        for name, value in echo.items()
        if name not in NOT_PROCESSED
    }
    if server.rules.override_shared:
        found["override_settings"] = echo["override_settings"]
    found["sampler_name"] = sampler
    if server.rules.hires == "first":
        sides = [found.pop(name, 0) for name in ("firstphase_width", "firstphase_height")]
        found["first_pass"] = tuple(sides)
    if server.rules.accepts_null_negative_prompt and found["negative_prompt"] is None:
        found["negative_prompt"] = ""
    if not found.get("scheduler") and scheduler != AUTOMATIC:
        found["scheduler"] = scheduler
    found["do_not_save_samples"] = found["do_not_save_grid"] = not echo.get("save_images")
    return found


def _sampling(server: GenerationContext, sampler: str, scheduler: str | None) -> tuple[str, str]:
    if server.samplers.unknown == "404":
        return server.samplers.validated(sampler), AUTOMATIC
    return server.samplers.known(sampler, scheduler)


def order(
    server: GenerationContext, tab: str, values: dict[str, Any], given: Collection[str]
) -> Order:
    """Look at a request as far as the webui does before it takes the queue's lock.

    Args:
        server: the server.
        tab: ``txt2img`` or ``img2img``.
        values: the validated fields; the order's `echo` is this very dict.
        given: names of the fields that were sent.

    Raises:
        HTTPError: 422: an unknown script.
        ServerError: an infotext or script arguments that the webui trips over.
    """
    task = values.get("force_task_id") or TaskRegistry.new_id(tab)
    from_infotext = apply_infotext(server, tab, values, given)
    scripts = server.scripts.tab(tab)
    selected = scripts.selectable(values.get("script_name"))
    fields = _fields(server, values)
    arguments = scripts.arguments(
        selected,
        values.get("script_args", ()),
        values.get("alwayson_scripts", {}),
        from_infotext,
    )
    return Order(tab, task, values, fields, arguments)
