"""What answers look like: shapes of values, info, parameters, and what the document declares.

Source: modules/processing.py, Processed.js, at v1.10.1; recorded in every t2i and i2i case.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.detection.probe import OPENAPI
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


@dataclass(frozen=True)
class Shape:
    """What a value may be.

    Args:
        description: for people, as in ``text or null``.
        accepts: whether a value is one.
    """

    description: str
    accepts: Callable[[Any], bool]

    def __or__(self, other: Shape) -> Shape:
        return Shape(
            f"{self.description} or {other.description}",
            lambda value: self.accepts(value) or other.accepts(value),
        )


def is_number(value: Any) -> bool:
    """Whether a value is a number of JSON.

    Args:
        value: of an answer.
    """
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return is_number(value) and float(value).is_integer()


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


TEXT = Shape("text", lambda value: isinstance(value, str))
NULL = Shape("null", lambda value: value is None)
NUMBER = Shape("a number", is_number)
WHOLE = Shape("a whole number", _whole)
BOOLEAN = Shape("a boolean", lambda value: isinstance(value, bool))
OBJECT = Shape("an object", lambda value: isinstance(value, dict))
ARRAY = Shape("an array", lambda value: isinstance(value, list))
TEXTS = Shape("an array of text", _texts)
ANY = Shape("anything", lambda _value: True)


def items(exchange: Exchange, fields: Mapping[str, Shape]) -> list[dict[str, Any]]:
    """The answer is 200 with an array of objects, each with these fields; the objects.

    Args:
        exchange: with an answer.
        fields: name -> what its value may be.
    """
    __tracebackhide__ = True
    found = expect.json_array(expect.ok(exchange))
    for number, item in enumerate(found):
        fit(item, fields, f"item {number}", exchange)
    return found


def fit(value: Any, fields: Mapping[str, Shape], what: str, exchange: Exchange) -> None:
    """A value is an object with these fields.

    Args:
        value: any JSON.
        fields: name -> what its value may be.
        what: names the object, for the report.
        exchange: that shows it.
    """
    __tracebackhide__ = True
    if not isinstance(value, dict):
        raise Failed(f"{what} to be an object", expect.shown(value), exchange)
    expect.keys(value, fields, what, exchange)
    for name, shape in fields.items():
        if not shape.accepts(value[name]):
            actual = f"{name} of {what} is {expect.shown(value[name])}"
            raise Failed(f"{name} of {what} to be {shape.description}", actual, exchange)


KEYS_THAT_CLIENTS_READ = (
    "prompt",
    "all_prompts",
    "negative_prompt",
    "all_negative_prompts",
    "seed",
    "all_seeds",
    "subseed",
    "all_subseeds",
    "width",
    "height",
    "sampler_name",
    "cfg_scale",
    "steps",
    "batch_size",
    "index_of_first_image",
    "infotexts",
    "styles",
    "job_timestamp",
)
_WHOLES = Shape(
    "an array of whole numbers",
    lambda value: isinstance(value, list) and all(map(WHOLE.accepts, value)),
)
# Key -> what typed clients take it for, in the order of the reference.
INFO: dict[str, Shape] = {
    "prompt": TEXT,
    "all_prompts": TEXTS,
    "negative_prompt": TEXT,
    "all_negative_prompts": TEXTS,
    "seed": WHOLE,
    "all_seeds": _WHOLES,
    "subseed": WHOLE,
    "all_subseeds": _WHOLES,
    "subseed_strength": NUMBER,
    "width": WHOLE,
    "height": WHOLE,
    "sampler_name": TEXT,
    "cfg_scale": NUMBER,
    "steps": WHOLE,
    "batch_size": WHOLE,
    "restore_faces": BOOLEAN,
    "face_restoration_model": TEXT,
    "sd_model_name": TEXT,
    "sd_model_hash": TEXT,
    "sd_vae_name": TEXT,
    "sd_vae_hash": TEXT,
    "seed_resize_from_w": WHOLE,
    "seed_resize_from_h": WHOLE,
    "denoising_strength": NUMBER,
    "extra_generation_params": OBJECT,
    "index_of_first_image": WHOLE,
    "infotexts": TEXTS,
    "styles": TEXTS,
    "job_timestamp": TEXT,
    "clip_skip": WHOLE,
    "is_using_inpainting_conditioning": BOOLEAN,
    "version": TEXT,
}
# Those of them that may be null as well.
_NULLABLE = frozenset(
    (
        "restore_faces",
        "face_restoration_model",
        "sd_model_name",
        "sd_model_hash",
        "sd_vae_name",
        "sd_vae_hash",
        "denoising_strength",
        "clip_skip",
    )
)
PER_PICTURE = ("all_prompts", "all_negative_prompts", "all_seeds", "all_subseeds", "infotexts")


def has_the_keys(generation: Generation) -> None:
    """The info of an answer has every key that clients read.

    Args:
        generation: an answer of txt2img or img2img.
    """
    __tracebackhide__ = True
    expect.keys(generation.info, KEYS_THAT_CLIENTS_READ, "info", generation.exchange)


def has_the_types(generation: Generation) -> None:
    """The known keys of an answer's info are of their types.

    Args:
        generation: an answer of txt2img or img2img.
    """
    __tracebackhide__ = True
    info = generation.info
    for name, known in INFO.items():
        shape = known | NULL if name in _NULLABLE else known
        if name in info and not shape.accepts(info[name]):
            actual = f"it is {expect.shown(info[name])}"
            raise Failed(f"info.{name} to be {shape.description}", actual, generation.exchange)


def has_the_defaults(
    context: CheckContext,
    generation: Generation,
    models: tuple[str, ...],
    but: Collection[str] = (),
) -> None:
    """The parameters of an answer have every field, those left out with their defaults.

    Args:
        context: of the check.
        generation: the answer.
        models: names of the request's model in the server's own document.
        but: fields that are not looked at.

    Raises:
        Skip: the document does not list the fields.
    """
    __tracebackhide__ = True
    defaults = _defaults(context, models)
    exchange, parameters = generation.exchange, generation.parameters
    expect.keys(parameters, defaults, "parameters", exchange)
    for name, value in defaults.items():
        if name not in generation.payload and name not in but:
            expect.equal(parameters[name], value, f"parameters.{name}", exchange)


def _defaults(context: CheckContext, models: tuple[str, ...]) -> dict[str, Any]:
    """Field -> default, from the OpenAPI document."""
    document = context.target.probe.json(OPENAPI)
    try:
        schemas = document["components"]["schemas"]
        model = next(schemas[name] for name in models if name in schemas)
        return {name: field.get("default") for name, field in model["properties"].items()}
    except (TypeError, KeyError, StopIteration, AttributeError) as error:
        raise Skip("the server's document does not list the fields of the request") from error


# What the document calls a type, and the shape of its values.
_DECLARED = {
    "boolean": BOOLEAN,
    "number": NUMBER,
    "integer": NUMBER,
    "string": TEXT,
    "array": ARRAY,
    "object": OBJECT,
}


def declared_ones_are_there(context: CheckContext, path: str, schema: str, what: str) -> None:
    """An object has every key that the server's own document declares, of its type or null.

    Args:
        context: of the check.
        path: of the object, below the API.
        schema: its name in the document.
        what: one of its keys, for the report.

    Raises:
        Skip: there is no document, or it does not have the schema.
    """
    __tracebackhide__ = True
    declared = _declared(context, schema, what)
    exchange = expect.ok(context.read(path))
    found = expect.json_object(exchange)
    lost = [name for name in declared if name not in found]
    listed = ", ".join(lost[:5])
    expect.that(not lost, f"every {what} of its own document", f"missing: {listed}", exchange)
    for name, entry in declared.items():
        kind = _DECLARED.get(str(entry.get("type")))
        if kind is not None and not (kind | NULL).accepts(found[name]):
            actual = f"{name} is {expect.shown(found[name])}"
            raise Failed(f"{name} to be {kind.description}, as its document says", actual, exchange)


def _declared(context: CheckContext, schema: str, what: str) -> Mapping[str, Any]:
    document = context.target.probe.json(OPENAPI)
    try:
        found = document["components"]["schemas"][schema]["properties"]
    except (KeyError, TypeError):
        found = None
    if not isinstance(found, dict) or not found:
        raise Skip(f"the server has no document that lists every {what}")
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}
