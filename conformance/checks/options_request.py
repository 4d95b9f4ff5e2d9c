"""How checks write options, and what they look at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.lab.keeper import told
from conformance.signals import Failed, NotSupported, Skip
from conformance.target import absent, claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

# Options that only the web page or a training looks at, so that nobody's pictures change.
BOOLEANS = ("js_modal_lightbox", "send_seed", "send_size", "keyedit_move", "hide_samplers_tab")
TEXTS = ("gallery_height", "ui_extra_networks_tab_reorder", "dataset_filename_join_string")
FRACTIONS = ("keyedit_precision_attention", "keyedit_precision_extra")
LISTS = ("hidden_tabs", "ui_tab_order", "ui_reorder_list", "quicksettings_list")
QUALITY = "jpeg_quality"


def post(lab: Lab, body: Any) -> Exchange:
    """POST to options, the old values noted first.

    Raises:
        NotSupported: the route is absent, and this kind of server need not have it.
    """
    __tracebackhide__ = True
    exchange = lab.options.post(body)
    if absent(exchange) and not claims(lab.profile, "POST", exchange.path):
        raise NotSupported(f"POST {exchange.path}", exchange)
    return exchange


def writable(lab: Lab) -> None:
    """The server takes options at all; else a check has nothing to look at."""
    __tracebackhide__ = True
    expect.ok(post(lab, {}))


def booleans(lab: Lab) -> list[str]:
    """Names of harmless booleans that the server has.

    Raises:
        Skip: it has none.
    """
    return _present(lab, BOOLEANS, bool)


def some_text(lab: Lab) -> str:
    """The name of a harmless option of text; raises as ``booleans``."""
    return _present(lab, TEXTS, str)[0]


def some_fraction(lab: Lab) -> str:
    """The name of a harmless number that may have a fraction; raises as ``booleans``."""
    return _present(lab, FRACTIONS, float)[0]


def some_list(lab: Lab) -> str:
    """The name of a harmless option that is a list; raises as ``booleans``."""
    return _present(lab, LISTS, list)[0]


def other_quality(lab: Lab) -> int:
    """A whole number that jpeg_quality is not by now.

    Raises:
        Skip: the server has no such number.
    """
    current = lab.options.before.get(QUALITY)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip("the server has no number jpeg_quality")
    return 81 if current == 80 else 80  # noqa: PLR2004 - two qualities that both make good files


def reads_as(lab: Lab, values: Mapping[str, Any]) -> Exchange:
    """The options, read once more, have these values; the read."""
    __tracebackhide__ = True
    now = lab.options.options()
    exchange = last(lab)
    for name, value in values.items():
        if not expect.same(now.get(name), value):
            actual = f"{name} reads as {expect.shown(now.get(name))}"
            raise Failed(f"{name} to read as {expect.shown(value)}", actual, exchange)
    return exchange


def others_stay(lab: Lab, names: Iterable[str] = ()) -> None:
    """All options but these are as they were at the start."""
    __tracebackhide__ = True
    left = {name: pair for name, pair in lab.options.changes().items() if name not in set(names)}
    what = "all other options as they were" if names else "all options as they were"
    expect.that(not left, what, told(left), last(lab))


def last(lab: Lab) -> Exchange:
    """The latest read of the options, which shows the difference."""
    return lab.wire.touched[-1]


def _present(lab: Lab, wanted: tuple[str, ...], kind: type) -> list[str]:
    before = lab.options.before
    names = [name for name in wanted if isinstance(before.get(name), kind)]
    if not names:
        raise Skip(f"the server has none of the options {', '.join(wanted)}")
    return names
