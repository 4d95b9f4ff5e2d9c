"""Checks of the answer as a whole: TXT2IMG-001 to -003, -025, -043, -044, -072.

Source: modules/api/api.py, text2imgapi, at v1.10.1 and the recorded groups ``t2i-*``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.likeness import same
from conformance.checks.registry import check
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab


@check("TXT2IMG-001", needs=("r1",))
def three_keys(lab: Lab) -> None:
    """images, parameters and info of the shared picture."""
    expect.ok(lab.r1.exchange)
    _ = lab.r1.images, lab.r1.parameters
    if "info" not in lab.r1.answer:
        has = ", ".join(lab.r1.answer)
        raise Failed("the key info in the answer", f"it has {has}", lab.r1.exchange)


@check("TXT2IMG-002", needs=("r1",))
def info_is_json_text(lab: Lab) -> None:
    """The info of the shared picture."""
    _ = lab.r1.info


@check("TXT2IMG-003", needs=("r1",))
def one_image(lab: Lab) -> None:
    """How many images the shared request gave."""
    pictures(lab.r1, 1)


@check("TXT2IMG-025", own_steps=1)
def send_images_false(lab: Lab) -> None:
    """The shared request with send_images false."""
    quiet = lab.varied(send_images=False)
    pictures(quiet, 0)
    expect.equal(len(quiet.infotexts), 1, "the number of infotexts", quiet.exchange)
    expect.equal(quiet.info.get("seed"), quiet.payload["seed"], "info.seed", quiet.exchange)


@check("TXT2IMG-043", own_steps=1)
def empty_prompt(lab: Lab) -> None:
    """The shared request with an empty prompt."""
    _ = lab.varied(prompt="").picture


@check("TXT2IMG-044", own_steps=1)
def empty_prompt_is_refused(lab: Lab) -> None:
    """The shared request with an empty prompt."""
    exchange = expect.status(lab.varied(prompt="").exchange, 400)
    expect.equal(expect.json_of(exchange), {"error": "prompt required"}, "the body", exchange)


@check("TXT2IMG-072", needs=("r1", "r1_again"), own_steps=1)
def saving_fields_change_nothing(lab: Lab) -> None:
    """The shared request with do_not_save_samples and do_not_save_grid."""
    asked = lab.varied(do_not_save_samples=True, do_not_save_grid=True)
    pictures(asked, 1)
    same(lab, lab.r1, asked, "do_not_save_samples and do_not_save_grid")


def pictures(generation: Generation, count: int) -> None:
    """An answer has so many images."""
    __tracebackhide__ = True
    found = len(generation.images)
    expected = "one image" if count == 1 else f"{count or 'no'} images"
    expect.that(found == count, expected, f"{found or 'no'} images", generation.exchange)
