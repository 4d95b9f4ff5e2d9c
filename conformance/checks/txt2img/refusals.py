"""Checks of requests that are refused: TXT2IMG-039 to -042, -052 to -056, -059, -067, -071.

Source: modules/api/api.py and modules/processing.py at v1.10.1; recorded in the groups
``t2i-field``, ``t2i-hires``, ``t2i-script`` and ``t2i-infotext``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.infotexts import never_pasted
from conformance.runner.registry import check
from conformance.verdict import Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_NOWHERE = "zz-conformance"
_SERVER_ERROR = 500
_HIRES_INFOTEXT = (
    "cat\nSteps: 1, Sampler: Euler, CFG scale: 7, Seed: 7, Size: 64x64, "
    "Denoising strength: 0.5, Hires upscale: 2, Hires upscaler: Latent"
)


@check("TXT2IMG-039", own_steps=1)
def no_steps(context: CheckContext) -> None:
    """A request for no step at all."""
    _fails(context, steps=0)


@check("TXT2IMG-040", own_steps=2)
def no_pictures(context: CheckContext) -> None:
    """n_iter 0, and batch_size 0."""
    _fails(context, n_iter=0)
    _fails(context, batch_size=0)


@check("TXT2IMG-041", own_steps=2)
def words_for_nothing(context: CheckContext) -> None:
    """The classes of the errors for steps 0 and n_iter 0."""
    _fails(context, "ZeroDivisionError", steps=0)
    _fails(context, "IndexError", n_iter=0)


@check("TXT2IMG-042", own_steps=2)
def null_prompts(context: CheckContext) -> None:
    """Null for the prompt, and for the negative prompt."""
    _fails(context, "AssertionError", prompt=None)
    _fails(context, negative_prompt=None)


@check("TXT2IMG-052", own_steps=5)
def unknown_upscaler(context: CheckContext) -> None:
    """An hr_upscaler that no server has."""
    failure = _fails(context, enable_hr=True, denoising_strength=0.5, hr_upscaler=_NOWHERE)
    expect.fails_with(failure, f"could not find upscaler named {_NOWHERE}")


@check("TXT2IMG-053", own_steps=6)
def unknown_second_checkpoint(context: CheckContext) -> None:
    """A refiner, and a checkpoint of hires fix, that no server has."""
    message = f"Could not find checkpoint with name {_NOWHERE}"
    refiner = _fails(context, refiner_checkpoint=_NOWHERE, refiner_switch_at=0.5)
    expect.fails_with(refiner, message)
    hires = _fails(context, enable_hr=True, denoising_strength=0.5, hr_checkpoint_name=_NOWHERE)
    expect.fails_with(hires, message)


@check("TXT2IMG-054")
def unknown_script(context: CheckContext) -> None:
    """A script_name that no server has."""
    exchange = _unprocessable(context, script_name=_NOWHERE)
    reported = expect.json_object(exchange).get("detail")
    expect.equal(reported, f"Script '{_NOWHERE}' not found", "detail", exchange)


@check("TXT2IMG-055")
def unknown_always_on_script(context: CheckContext) -> None:
    """An always-on script that no server has."""
    _unprocessable(context, alwayson_scripts={_NOWHERE: {"args": []}})


@check("TXT2IMG-056")
def selectable_script_as_always_on(context: CheckContext) -> None:
    """A script that is selected by name, among the always-on ones."""
    names = context.names.always_on_scripts(always=False)
    if not names:
        raise Skip("script-info lists no script that is selected by name")
    _unprocessable(context, alwayson_scripts={names[0]: {"args": []}})


@check("TXT2IMG-059", own_steps=1)
def unknown_option(context: CheckContext) -> None:
    """An option in override_settings that no server has."""
    _fails(context, "KeyError", override_settings={"zz_conformance_nope": 1})


@check("TXT2IMG-067", own_steps=5)
def infotext_with_hires_values(context: CheckContext) -> None:
    """The infotext of a hires picture."""
    if never_pasted(context):
        raise Skip("the option infotext_skip_pasting keeps values out of what an infotext fills")
    failure = _fails(context, infotext=_HIRES_INFOTEXT)
    expect.fails_with(failure, "bad sampler name: Use same sampler")


@check("TXT2IMG-071")
def null_where_it_is_not_allowed(context: CheckContext) -> None:
    """send_images null, and sampler_index null."""
    for name in ("send_images", "sampler_index"):
        found = [
            item.get("loc") for item in expect.problems(_unprocessable(context, **{name: None}))
        ]
        exchange = context.sender.touched[-1]
        expect.equal(found, [["body", name]], "the places of the problems", exchange)


def _fails(context: CheckContext, error: str | None = None, **fields: Any) -> Exchange:
    """The request is answered with 500, and this class of error."""
    __tracebackhide__ = True
    exchange = expect.status(context.varied(**fields).exchange, _SERVER_ERROR)
    if error is not None:
        expect.equal(expect.json_object(exchange).get("error"), error, "error", exchange)
    return exchange


def _unprocessable(context: CheckContext, **fields: Any) -> Exchange:
    """The request is refused with 422 before anything is made."""
    __tracebackhide__ = True
    payload = {"prompt": "cat", "width": context.settings.size, "height": context.settings.size}
    return expect.status(context.post("txt2img", json=payload | {"steps": 1} | fields), 422)
