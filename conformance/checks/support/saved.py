"""What saved settings change in the answers, so that no operator is blamed for them.

Source: modules/extra_networks_hypernet.py, extensions-builtin/Lora/extra_networks_lora.py,
modules/processing.py, modules/extensions.py and modules/sd_models.py at v1.10.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from conformance.checks.support.settings import options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.runner.check_context import CheckContext


#: Kind of network -> the option that adds one of its kind to every prompt.
_ADDED_BY = {"lora": "sd_lora", "hypernet": "sd_hypernetwork"}
_NO_NETWORK = "None"


def as_sent(context: CheckContext, reported: Any) -> Any:
    """A prompt or infotext without the networks that saved settings add to every prompt.

    The webui adds ``<lora:NAME:multiplier>`` at the end of a prompt that does not name the
    network itself, and reports the prompt with it.

    Args:
        context: of the check.
        reported: a prompt, several of them, or an infotext; anything else is given back.

    Returns:
        The same without one tag of each kind, at the end of the prompt.
    """
    if isinstance(reported, list):
        return [as_sent(context, item) for item in reported]
    if not isinstance(reported, str):
        return reported
    tags = list(_added(context))
    for _ in tags:
        for tag in list(tags):
            found, count = tag.subn("", reported, count=1)
            if count:
                reported = found
                tags.remove(tag)
    return reported


def _added(context: CheckContext) -> Iterator[re.Pattern[str]]:
    """What finds the tag of each network that is added, where nothing but a line's end follows."""
    for kind, option in _ADDED_BY.items():
        name = options(context).get(option)
        if isinstance(name, str) and name not in {"", _NO_NETWORK}:
            yield re.compile(rf"<{kind}:{re.escape(name)}:-?[\d.]+>(?=\n|\Z)")


def overridden(context: CheckContext, **wanted: Any) -> dict[str, Any]:
    """Fields of a request for which options have other values than somebody saved.

    A client that needs an option sends it in the same way.

    Args:
        context: of the check.
        wanted: options and the values that they need.

    Returns:
        ``override_settings`` with those options that the server has and that differ; nothing
        where none does.
    """
    found = options(context)
    other = {name: value for name, value in wanted.items() if found.get(name, value) != value}
    return {"override_settings": other} if other else {}
