"""How checks write options, and what they look at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.detection.probe import absent
from conformance.detection.profile import claims
from conformance.runner.option_record import describe_differences
from conformance.verdict import Failed, NotSupported, Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import UnionType

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# Options that only the web page or a training looks at, so that nobody's pictures change.
BOOLEANS = ("js_modal_lightbox", "send_seed", "send_size", "keyedit_move", "hide_samplers_tab")
TEXTS = ("gallery_height", "ui_extra_networks_tab_reorder", "dataset_filename_join_string")
FRACTIONS = ("keyedit_precision_attention", "keyedit_precision_extra")
LISTS = ("hidden_tabs", "ui_tab_order", "ui_reorder_list", "quicksettings_list")
QUALITY = "jpeg_quality"


def post(context: CheckContext, body: Any) -> Exchange:
    """POST to options, the old values noted first.

    Args:
        context: of the check.
        body: values by name.

    Raises:
        NotSupported: the route is absent, and this kind of server need not have it.
    """
    __tracebackhide__ = True
    exchange = context.options.post(body)
    if absent(exchange) and not claims(context.profile, "POST", exchange.path):
        raise NotSupported(f"POST {exchange.path}", exchange)
    return exchange


def writable(context: CheckContext) -> None:
    """The server takes options at all; else a check has nothing to look at.

    Args:
        context: of the check.
    """
    __tracebackhide__ = True
    expect.ok(post(context, {}))


def booleans(context: CheckContext) -> list[str]:
    """Names of harmless booleans that the server has.

    Args:
        context: of the check.

    Raises:
        Skip: it has none.
    """
    return _present(context, BOOLEANS, bool)


def some_text(context: CheckContext) -> str:
    """The name of a harmless option of text; raises as ``booleans``.

    Args:
        context: of the check.
    """
    return _present(context, TEXTS, str)[0]


def some_fraction(context: CheckContext) -> str:
    """The name of a harmless number that may have a fraction; raises as ``booleans``.

    Args:
        context: of the check.
    """
    return _present(context, FRACTIONS, int | float)[0]


def some_list(context: CheckContext) -> str:
    """The name of a harmless option that is a list; raises as ``booleans``.

    Args:
        context: of the check.
    """
    return _present(context, LISTS, list)[0]


def other_quality(context: CheckContext) -> int:
    """A whole number that jpeg_quality is not by now.

    Args:
        context: of the check.

    Raises:
        Skip: the server has no such number.
    """
    current = context.options.before.get(QUALITY)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip("the server has no number jpeg_quality")
    return 81 if current == 80 else 80  # noqa: PLR2004 - two qualities that both make good files


def reads_as(context: CheckContext, values: Mapping[str, Any]) -> Exchange:
    """The options, read once more, have these values; the read.

    Args:
        context: of the check.
        values: by name.
    """
    __tracebackhide__ = True
    now = context.options.options()
    exchange = last(context)
    for name, value in values.items():
        if not expect.same(now.get(name), value):
            actual = f"{name} reads as {expect.shown(now.get(name))}"
            raise Failed(f"{name} to read as {expect.shown(value)}", actual, exchange)
    return exchange


def others_stay(context: CheckContext, names: Iterable[str] = ()) -> None:
    """All options but these are as they were at the start.

    Args:
        context: of the check.
        names: of the options that may differ.
    """
    __tracebackhide__ = True
    left = {
        name: pair for name, pair in context.options.changes().items() if name not in set(names)
    }
    what = "all other options as they were" if names else "all options as they were"
    expect.that(not left, what, describe_differences(left), last(context))


def last(context: CheckContext) -> Exchange:
    """The latest read of the options, which shows the difference.

    Args:
        context: of the check.
    """
    return context.sender.touched[-1]


def _present(context: CheckContext, wanted: tuple[str, ...], kind: type | UnionType) -> list[str]:
    before = context.options.before
    names = [name for name in wanted if isinstance(before.get(name), kind)]
    if not names:
        raise Skip(f"the server has none of the options {', '.join(wanted)}")
    return names
