"""Checks that write options and put them back: OPT-004 to OPT-015, OPT-017, OPT-018, OPT-031.

Each writes inside ``context.options.changed`` or through ``context.options.post``.
Both note the old values first; what differs afterwards is put back at the latest when the run ends.
Source: modules/api/api.py, set_config, at v1.10.1 and the recorded group ``options``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.options.support import (
    QUALITY,
    booleans,
    other_quality,
    others_stay,
    post,
    reads_as,
    writable,
)
from conformance.checks.support import expect
from conformance.runner.option_record import describe_differences
from conformance.runner.registry import check
from conformance.verdict import Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext


_NOWHERE = "zz_conformance_nope"
_NO_MODEL = "zz-conformance-nope.safetensors"
_AT_ONCE = 5.0


@check("OPT-004")
def empty_object(context: CheckContext) -> None:
    """POST {}."""
    expect.ok(post(context, {}))
    others_stay(context)


@check("OPT-005")
def answer_is_null(context: CheckContext) -> None:
    """The body of the answer to POST {}."""
    exchange = expect.ok(post(context, {}))
    expect.equal(expect.json_of(exchange), None, "the body", exchange)


@check("OPT-006")
def answer_names_what_changed(context: CheckContext) -> None:
    """The body of the answer to POST {}."""
    exchange = expect.ok(post(context, {}))
    updated = expect.json_object(exchange).get("updated")
    expect.that(isinstance(updated, list), "updated as an array", expect.shown(updated), exchange)


@check("OPT-007")
def boolean_is_kept(context: CheckContext) -> None:
    """Two booleans, turned over in one request, read twice, and put back."""
    names = booleans(context)[:2]
    values = {name: not context.options.before[name] for name in names}
    writable(context)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        for _ in range(2):
            _holds(context, values)
    left = context.options.changes()
    expect.that(not left, "the old values after putting back", describe_differences(left))


@check("OPT-008")
def unknown_option(context: CheckContext) -> None:
    """An option that no server has."""
    exchange = post(context, {_NOWHERE: 1})
    expect.status(exchange, 500)
    expect.equal(expect.json_object(exchange).get("error"), "KeyError", "error", exchange)
    others_stay(context)


@check("OPT-009")
def unknown_option_with_null(context: CheckContext) -> None:
    """An option that no server has, with the value null."""
    expect.ok(post(context, {_NOWHERE: None}))


@check("OPT-010")
def unknown_checkpoint(context: CheckContext) -> None:
    """A checkpoint that no server has."""
    expect.status(post(context, {"sd_model_checkpoint": _NO_MODEL}), 500)
    others_stay(context)


@check("OPT-011")
def words_for_an_unknown_checkpoint(context: CheckContext) -> None:
    """Class and words of the refusal."""
    exchange = post(context, {"sd_model_checkpoint": _NO_MODEL})
    body = expect.json_object(exchange)
    expect.equal(body.get("error"), "RuntimeError", "error", exchange)
    expect.equal(body.get("errors"), f"model '{_NO_MODEL}' not found", "errors", exchange)


@check("OPT-012")
def unknown_checkpoint_refuses_everything(context: CheckContext) -> None:
    """A boolean together with a checkpoint that no server has."""
    name = booleans(context)[0]
    other = {name: not context.options.before[name], "sd_model_checkpoint": _NO_MODEL}
    post(context, other)
    others_stay(context)


@check("OPT-013")
def restricted_options(context: CheckContext) -> None:
    """api_useragent, which only the operator's own page may set."""
    if "api_useragent" not in context.options.before:
        raise Skip("the server has no option api_useragent")
    expect.ok(post(context, {"api_useragent": "conformance"}))
    others_stay(context)


@check("OPT-014")
def current_checkpoint_is_not_loaded_again(context: CheckContext) -> None:
    """The current checkpoint, posted as it was read."""
    current = context.options.before.get("sd_model_checkpoint")
    if not current:
        raise Skip("the options name no checkpoint")
    exchange = expect.ok(post(context, {"sd_model_checkpoint": current}))
    took = f"it took {exchange.elapsed:.1f} s"
    expect.that(exchange.elapsed < _AT_ONCE, f"an answer within {_AT_ONCE:g} s", took, exchange)


@check("OPT-015")
def whole_numbers_keep_their_value(context: CheckContext) -> None:
    """jpeg_quality, set to another whole number."""
    _keeps(context, other_quality(context), other_quality(context))


@check("OPT-017")
def text_of_digits_reads_as_a_number(context: CheckContext) -> None:
    """jpeg_quality, set to text of digits."""
    number = other_quality(context)
    _keeps(context, str(number), number)


@check("OPT-031")
def empty_checkpoint(context: CheckContext) -> None:
    """A checkpoint without a name."""
    expect.status(post(context, {"sd_model_checkpoint": ""}), 500)
    others_stay(context)


@check("OPT-018", last=True)
def nothing_is_left_behind(context: CheckContext) -> None:
    """All options, compared with the start of the run; written once at least."""
    context.options.before  # noqa: B018 - taken now at the latest, where the check runs alone
    if not context.options.wrote:
        name = booleans(context)[0]
        writable(context)
        with context.options.changed(**{name: not context.options.before[name]}):
            pass
    left = context.options.changes()
    expect.that(not left, "all options as they were at the start", describe_differences(left))


def _keeps(context: CheckContext, sent: Any, wanted: Any) -> None:
    __tracebackhide__ = True
    writable(context)
    with context.options.changed(**{QUALITY: sent}) as exchange:
        expect.ok(exchange)
        _holds(context, {QUALITY: wanted})


def _holds(context: CheckContext, values: dict[str, Any]) -> None:
    """The options read as these values, and everything else as before."""
    __tracebackhide__ = True
    reads_as(context, values)
    others_stay(context, values)
