"""Checks of scripts and of the routes that extensions add: EXT-001 and EXT-002.

Source: modules/api/api.py ``init_script_args``, at v1.10.1; recorded groups cn-args, ext-auth.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, Skip, seen

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext


# GET routes of extensions that read a list, and change and cost nothing.
_LISTS = (
    "/controlnet/model_list",
    "/controlnet/module_list",
    "/adetailer/v1/ad_model",
    "/sam/sam-model",
    "/tagger/v1/interrogators",
    "/reactor/models",
    "/agent-scheduler/v1/queue",
)
_NOBODY = {"Authorization": None}
_OK, _DENIED = 200, (401, 403)


def require_script(context: CheckContext, title: str) -> None:
    """Go on where the server lists a script on the txt2img tab.

    Args:
        context: of the check.
        title: of the script, in lower case as scripts lists it.

    Raises:
        NotApplicable: it does not.
    """
    if title not in {name.lower() for name in context.names.scripts()}:
        raise NotApplicable(f"scripts lists no {title}")


@check("EXT-001", own_steps=1)
def names_in_any_case(context: CheckContext) -> None:
    """All always-on scripts of the list at once, their names in capitals."""
    names = context.names.always_on_scripts()
    if not names:
        raise Skip("script-info lists no always-on script")
    sent: dict[str, Any] = {name.upper(): {"args": []} for name in names}
    made = context.varied(alwayson_scripts=sent)
    _ = made.picture
    found = made.parameters.get("alwayson_scripts")
    expect.equal(found, sent, "parameters.alwayson_scripts", made.exchange)


@check("EXT-002")
def routes_of_extensions_ask_for_credentials(context: CheckContext) -> None:
    """The lists of extensions that are there, without credentials."""
    if context.settings.auth is None:
        raise NotApplicable(
            "the server lets everybody in; with --auth user:password this is looked at"
        )
    there = [path for path in _LISTS if context.send("GET", path).status == _OK]
    if not there:
        raise NotApplicable("the server has none of the routes of known extensions")
    for path in there:
        exchange = context.knock("GET", path, headers=_NOBODY)
        if exchange.status not in _DENIED and seen(exchange):
            expected = f"401 for GET {path} without credentials"
            raise Failed(expected, f"it answers {exchange.status}", exchange)
