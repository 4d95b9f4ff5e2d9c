"""Checks of scripts that run: TXT2IMG-057, -090.

Source: modules/scripts.py and scripts/prompt_matrix.py at v1.10.1; recorded
``t2i-script/prompt-matrix``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.registry import check
from conformance.client.infotext import parse_infotext
from conformance.signals import Skip
from conformance.target import API

if TYPE_CHECKING:
    from conformance.lab import Lab

_MATRIX = "prompt matrix"
_PARTS = ("cat", "red")


@check("TXT2IMG-057", own_steps=1)
def always_on_script_without_args(lab: Lab) -> None:
    """The first always-on script of the list."""
    names = lab.names.always_on_scripts()
    if not names:
        raise Skip("script-info lists no always-on script")
    sent: dict[str, Any] = {names[0]: {}}
    made = lab.varied(alwayson_scripts=sent)
    _ = made.picture
    found = made.parameters.get("alwayson_scripts")
    expect.equal(found, sent, "parameters.alwayson_scripts", made.exchange)


@check("TXT2IMG-090", own_steps=2)
def a_script_runs(lab: Lab) -> None:
    """Prompt matrix over two words, which gives each picture its own prompt."""
    made = lab.varied(
        prompt="|".join(_PARTS),
        script_name=_MATRIX,
        script_args=_arguments(lab, _MATRIX),
    )
    named = made.parameters.get("script_name")
    expect.equal(named, _MATRIX, "parameters.script_name", made.exchange)
    prompts = [_PARTS[0], ", ".join(_PARTS)]
    expect.equal(made.info.get("all_prompts"), prompts, "info.all_prompts", made.exchange)
    told = [parse_infotext(text).prompt for text in made.infotexts]
    missing = [prompt for prompt in prompts if prompt not in told]
    actual = f"the infotexts have {expect.shown(told)}"
    expect.that(not missing, f"infotexts of {expect.shown(prompts)}", actual, made.exchange)
    count = f"{len(made.images)} for {len(made.infotexts)} infotexts"
    enough = len(made.images) >= len(prompts)
    expect.that(enough, "an image for each of them", count, made.exchange)


def _arguments(lab: Lab, script: str) -> list[Any]:
    """What the page would send for a script that nobody touched."""
    items = lab.target.probe.json(f"{API}/script-info")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and item.get("name") == script and not item.get("is_img2img"):
            return [argument.get("value") for argument in item.get("args", [])]
    raise Skip(f"script-info lists no {script}")
