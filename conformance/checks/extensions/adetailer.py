"""Checks of ADetailer: ADETAILER-001 to ADETAILER-007.

Source: scripts/!adetailer.py and adetailer/args.py of adetailer 25.3.0; recorded groups
ad-routes, ad-args and ad-t2i.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import ImageChops

from conformance.checks.extensions.scripts import require_script
from conformance.checks.support import expect
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


TITLE = "adetailer"
_KEY = "ADetailer model"
_UNKNOWN = "zz_conformance"
# The least share of pixels that stay, to within a tolerance: pictures of other seeds share 0.2.
_LEAST_KEPT, _TOLERANCE = 0.3, 8


def detectors(context: CheckContext) -> tuple[Exchange, list[str]]:
    """Names of the models that find something.

    Args:
        context: of the check.
    """
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/adetailer/v1/ad_model"))
    names = expect.json_object(exchange).get("ad_model")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Failed("ad_model as an array of text", f"it is {expect.shown(names)}", exchange)
    return exchange, names


def _detector(context: CheckContext) -> str:
    names = detectors(context)[1]
    if not names:
        raise Skip("ad_model is empty: nothing can be detected")
    return names[0]


def _made(context: CheckContext, args: list[Any]) -> Generation:
    return context.varied(alwayson_scripts={"ADetailer": {"args": args}})


@check("ADETAILER-001")
def detectors_are_listed(context: CheckContext) -> None:
    """GET /adetailer/v1/ad_model, each name once."""
    exchange, names = detectors(context)
    twice = {name for name in names if names.count(name) > 1}
    expect.that(not twice, "each model once", f"twice: {', '.join(sorted(twice))}", exchange)


@check("ADETAILER-002")
def version_is_text(context: CheckContext) -> None:
    """GET /adetailer/v1/version."""
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/adetailer/v1/version"))
    version = expect.json_object(exchange).get("version")
    holds = isinstance(version, str) and version != ""
    expect.that(holds, "version as text", f"it is {expect.shown(version)}", exchange)


@check("ADETAILER-003")
def the_schema_names_the_fields(context: CheckContext) -> None:
    """GET /adetailer/v1/schema has the fields that programs send."""
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/adetailer/v1/schema"))
    fields = expect.json_object(exchange).get("properties")
    if not isinstance(fields, dict):
        raise Failed("properties as an object", f"it is {expect.shown(fields)}", exchange)
    wanted = ("ad_model", "ad_prompt", "ad_negative_prompt", "ad_confidence")
    expect.keys(fields, wanted, "properties of the schema", exchange)


@check("ADETAILER-004", needs=("one_image",), own_steps=2)
def only_regions_change(context: CheckContext) -> None:
    """The picture with ADetailer against the one without: most of it stays."""
    made = _made(context, [True, False, {"ad_model": _detector(context)}])
    plain, found = context.one_image.picture.image, made.picture.image
    expect.equal(list(found.size), list(plain.size), "size of the picture", made.exchange)
    difference = ImageChops.difference(plain.convert("RGB"), found.convert("RGB"))
    red, green, blue = difference.split()
    counts = ImageChops.lighter(ImageChops.lighter(red, green), blue).histogram()
    kept = sum(counts[: _TOLERANCE + 1]) / sum(counts)
    actual = f"{kept:.0%} of the pixels are as without ADetailer"
    expect.that(kept >= _LEAST_KEPT, "a picture changed in regions alone", actual, made.exchange)


@check("ADETAILER-005", own_steps=2)
def an_unknown_key_is_answered(context: CheckContext) -> None:
    """A tab with a key that no version has: the picture all the same."""
    tab = {"ad_model": _detector(context), _UNKNOWN: 1}
    _ = _made(context, [True, False, tab]).picture


@check("ADETAILER-006", own_steps=2)
def no_further_picture_comes(context: CheckContext) -> None:
    """One picture, one infotext, one seed."""
    made = _made(context, [True, False, {"ad_model": _detector(context)}])
    counts = [len(made.images), len(made.infotexts), len(made.info.get("all_seeds", ()))]
    expect.equal(counts, [1, 1, 1], "numbers of images, infotexts and seeds", made.exchange)


@check("ADETAILER-007", own_steps=3)
def the_infotext_names_the_detector(context: CheckContext) -> None:
    """The model is in the infotext when a tab is on, and not when all are off."""
    model = _detector(context)
    made = _made(context, [True, False, {"ad_model": model}])
    expect.equal(made.values.value(_KEY), model, f"{_KEY} in the infotext", made.exchange)
    off = _made(context, [False, False, {"ad_model": model}])
    found = off.values.value(_KEY)
    expected = f"no {_KEY} in the infotext when it is off"
    expect.that(found is None, expected, f"it is {expect.shown(found)}", off.exchange)
