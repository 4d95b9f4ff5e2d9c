"""Checks that write options and put them back: OPT-004 to OPT-015, OPT-017, OPT-018, OPT-031.

Each writes inside ``lab.options.changed`` or through ``lab.options.post``.
Both note the old values first; what differs afterwards is put back at the latest when the run ends.
Source: modules/api/api.py, set_config, at v1.10.1 and the recorded group ``options``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.options_request import (
    QUALITY,
    booleans,
    other_quality,
    others_stay,
    post,
    reads_as,
    writable,
)
from conformance.checks.registry import check
from conformance.lab.keeper import told
from conformance.signals import Skip

if TYPE_CHECKING:
    from conformance.lab import Lab

_NOWHERE = "zz_conformance_nope"
_NO_MODEL = "zz-conformance-nope.safetensors"
_AT_ONCE = 5.0


@check("OPT-004")
def empty_object(lab: Lab) -> None:
    """POST {}."""
    expect.ok(post(lab, {}))
    others_stay(lab)


@check("OPT-005")
def answer_is_null(lab: Lab) -> None:
    """The body of the answer to POST {}."""
    exchange = expect.ok(post(lab, {}))
    expect.equal(expect.json_of(exchange), None, "the body", exchange)


@check("OPT-006")
def answer_tells_what_changed(lab: Lab) -> None:
    """The body of the answer to POST {}."""
    exchange = expect.ok(post(lab, {}))
    updated = expect.json_object(exchange).get("updated")
    expect.that(isinstance(updated, list), "updated as an array", expect.shown(updated), exchange)


@check("OPT-007")
def boolean_is_kept(lab: Lab) -> None:
    """Two booleans, turned over in one request, read twice, and put back."""
    names = booleans(lab)[:2]
    values = {name: not lab.options.before[name] for name in names}
    writable(lab)
    with lab.options.changed(**values) as exchange:
        expect.ok(exchange)
        for _ in range(2):
            _holds(lab, values)
    left = lab.options.changes()
    expect.that(not left, "the old values after putting back", told(left))


@check("OPT-008")
def unknown_option(lab: Lab) -> None:
    """An option that no server has."""
    exchange = post(lab, {_NOWHERE: 1})
    expect.status(exchange, 500)
    expect.equal(expect.json_object(exchange).get("error"), "KeyError", "error", exchange)
    others_stay(lab)


@check("OPT-009")
def unknown_option_with_null(lab: Lab) -> None:
    """An option that no server has, with the value null."""
    expect.ok(post(lab, {_NOWHERE: None}))


@check("OPT-010")
def unknown_checkpoint(lab: Lab) -> None:
    """A checkpoint that no server has."""
    expect.status(post(lab, {"sd_model_checkpoint": _NO_MODEL}), 500)
    others_stay(lab)


@check("OPT-011")
def words_for_an_unknown_checkpoint(lab: Lab) -> None:
    """Class and words of the refusal."""
    exchange = post(lab, {"sd_model_checkpoint": _NO_MODEL})
    body = expect.json_object(exchange)
    expect.equal(body.get("error"), "RuntimeError", "error", exchange)
    expect.equal(body.get("errors"), f"model '{_NO_MODEL}' not found", "errors", exchange)


@check("OPT-012")
def unknown_checkpoint_refuses_everything(lab: Lab) -> None:
    """A boolean beside a checkpoint that no server has."""
    name = booleans(lab)[0]
    other = {name: not lab.options.before[name], "sd_model_checkpoint": _NO_MODEL}
    post(lab, other)
    others_stay(lab)


@check("OPT-013")
def restricted_options(lab: Lab) -> None:
    """api_useragent, which only the operator's own page may set."""
    if "api_useragent" not in lab.options.before:
        raise Skip("the server has no option api_useragent")
    expect.ok(post(lab, {"api_useragent": "conformance"}))
    others_stay(lab)


@check("OPT-014")
def current_checkpoint_is_not_loaded_again(lab: Lab) -> None:
    """The current checkpoint, posted as it was read."""
    current = lab.options.before.get("sd_model_checkpoint")
    if not current:
        raise Skip("the options name no checkpoint")
    exchange = expect.ok(post(lab, {"sd_model_checkpoint": current}))
    took = f"it took {exchange.elapsed:.1f} s"
    expect.that(exchange.elapsed < _AT_ONCE, f"an answer within {_AT_ONCE:g} s", took, exchange)


@check("OPT-015")
def whole_numbers_keep_their_value(lab: Lab) -> None:
    """jpeg_quality, set to another whole number."""
    _keeps(lab, other_quality(lab), other_quality(lab))


@check("OPT-017")
def text_of_digits_reads_as_a_number(lab: Lab) -> None:
    """jpeg_quality, set to text of digits."""
    number = other_quality(lab)
    _keeps(lab, str(number), number)


@check("OPT-031")
def empty_checkpoint(lab: Lab) -> None:
    """A checkpoint without a name."""
    expect.status(post(lab, {"sd_model_checkpoint": ""}), 500)
    others_stay(lab)


@check("OPT-018", last=True)
def nothing_is_left_behind(lab: Lab) -> None:
    """All options, compared with the start of the run; written once at least."""
    lab.options.before  # noqa: B018 - taken now at the latest, where the check runs alone
    if not lab.options.wrote:
        name = booleans(lab)[0]
        writable(lab)
        with lab.options.changed(**{name: not lab.options.before[name]}):
            pass
    left = lab.options.changes()
    expect.that(not left, "all options as they were at the start", told(left))


def _keeps(lab: Lab, sent: Any, wanted: Any) -> None:
    __tracebackhide__ = True
    writable(lab)
    with lab.options.changed(**{QUALITY: sent}) as exchange:
        expect.ok(exchange)
        _holds(lab, {QUALITY: wanted})


def _holds(lab: Lab, values: dict[str, Any]) -> None:
    """The options read as these values, and everything else as before."""
    __tracebackhide__ = True
    reads_as(lab, values)
    others_stay(lab, values)
