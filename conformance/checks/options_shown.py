"""Checks of options that show in the file of a picture: OPT-034 to OPT-037.

Source: modules/processing.py, create_infotext, and modules/api/api.py, encode_pil_to_base64, at
v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.options_request import QUALITY, writable
from conformance.checks.registry import check
from conformance.lab import recipes
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.lab import Generation, Lab

_HASH = "add_model_hash_to_info"
_TEXT = "enable_pnginfo"
_DELTA = "eta_noise_seed_delta"
# Far enough apart that the smaller file is told from the larger at any size.
_COARSE, _FINE = 10, 95
_ANCESTRAL = "Euler a"


@check("OPT-034", own_steps=1)
def model_hash_is_switched(lab: Lab) -> None:
    """add_model_hash_to_info, turned over, and the next infotext."""
    wanted = not _boolean(lab, _HASH)
    made = _made(lab, {_HASH: wanted})
    if wanted and not made.info.get("sd_model_hash"):
        raise Skip("the server does not know the hash of its model")
    told = made.values.value("Model hash")
    expected = f"{'a' if wanted else 'no'} Model hash in the infotext"
    expect.that((told is not None) is wanted, expected, f"it is {told!r}", made.exchange)


@check("OPT-035", own_steps=1)
def text_in_files_is_switched(lab: Lab) -> None:
    """enable_pnginfo, turned over, and the text in the next picture, beside that in info."""
    wanted = not _boolean(lab, _TEXT)
    made = _made(lab, {_TEXT: wanted})
    _ = made.infotext
    found = bool(made.picture.infotext)
    expected = f"a picture {'with' if wanted else 'without'} an infotext"
    actual = f"it carries {'one' if found else 'none'}"
    expect.that(found is wanted, expected, actual, made.exchange)


@check("OPT-036", own_steps=2)
def quality_is_applied(lab: Lab) -> None:
    """jpeg_quality 10 and 95, and the sizes of two files."""
    _needs(lab, QUALITY, float)
    files = [_made(lab, {"samples_format": "jpg", QUALITY: q}) for q in (_COARSE, _FINE)]
    small, large = (len(made.picture.data) for made in files)
    if small >= large:
        actual = f"{small} bytes with {_COARSE}, and {large} with {_FINE}"
        raise Failed(f"a smaller file with {QUALITY} {_COARSE}", actual, files[-1].exchange)


@check("OPT-037", own_steps=2)
def seed_delta_is_told(lab: Lab) -> None:
    """eta_noise_seed_delta, and what a picture of an ancestral sampler says of it."""
    _needs(lab, _DELTA, float)
    if _ANCESTRAL not in lab.names.samplers:
        raise Skip(f"the server has no sampler {_ANCESTRAL}")
    value = 31337 if lab.options.before[_DELTA] != 31337 else 31338  # noqa: PLR2004 - two values
    made = _made(lab, {_DELTA: value}, sampler_name=_ANCESTRAL, steps=2)
    shown = made.values.value("ENSD")
    expect.equal(shown, str(value), "ENSD in the infotext", made.exchange)


def _made(lab: Lab, values: Mapping[str, Any], **fields: Any) -> Generation:
    """The shared picture with other fields, made while options are set to these values."""
    __tracebackhide__ = True
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        return lab.generate(recipes.r1(lab.settings.size) | fields)


def _boolean(lab: Lab, name: str) -> bool:
    _needs(lab, name, bool)
    return bool(lab.options.before[name])


def _needs(lab: Lab, name: str, kind: type[float]) -> None:
    """Skip where the server has no such option."""
    value = lab.options.before.get(name)
    numbers = kind is float and isinstance(value, int) and not isinstance(value, bool)
    if not numbers and not isinstance(value, kind):
        raise Skip(f"the server has no option {name}")
