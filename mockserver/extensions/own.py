"""An author's own extension: a script with arguments, and routes, made in a test."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.base import Extension
from mockserver.http.routing import Route
from mockserver.lint.finding import CHANGED, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Sent
    from mockserver.fixtures.fixture_set import FixtureSet


_NO_SLIDER = {"minimum": None, "maximum": None, "step": None, "choices": None}


class OwnExtension(Extension):
    """An extension that a test describes.

    Args:
        webui: the simulated server.
        title: title of its always-on script.
        args: the script's arguments: default values, or items as script-info has them
            (``label``, ``value``, ``minimum``, ``maximum``, ``step``, ``choices``).
        routes: ``"GET /path"`` to a function that takes the JSON body (None without one) and
            gives a JSON value.
        tabs: where the script is.
    """

    versions = ("",)

    def __init__(
        self,
        webui: Webui,
        title: str,
        args: Sequence[Any] = (),
        routes: Mapping[str, Callable[[Any], Any]] | None = None,
        tabs: Sequence[str] = ("txt2img", "img2img"),
    ) -> None:
        self.name = title.lower()  # type: ignore[misc]
        self.folder = title  # type: ignore[misc]
        self._routes = dict(routes or {})
        items = [_item(arg) for arg in args]
        infos = [
            {"name": self.name, "is_alwayson": True, "is_img2img": t == "img2img", "args": items}
            for t in tabs
        ]
        self._own: dict[str, Any] = {
            "script-info": infos,
            "scripts": {tab: [self.name] for tab in tabs},
            "openapi": {"paths": {p: {} for p in self._paths()}},
        }
        super().__init__(webui, "")

    def _paths(self) -> dict[str, None]:
        return dict.fromkeys(key.split(" ", 1)[1] for key in self._routes)

    def _fixtures(self, mode: str) -> FixtureSet:
        del mode
        return self.webui.fixtures

    def listed(self, name: str, absent: Any) -> Any:
        """What the test described.

        Args:
            name: what the list is called in the fixtures.
            absent: what stands for a list that it lacks.
        """
        return self._own.get(name, absent)

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Arguments of another kind than the defaults, or that are no choice or out of range.

        Args:
            sent: the script's arguments in a request, and where they are in it.
        """
        if sent.title != self.name:
            return
        items = self._own["script-info"][0]["args"]
        for number, (value, item) in enumerate(zip(sent.args, items, strict=False)):
            fault = _fault(value, item)
            if fault:
                place = f"{sent.place}[{number}]"
                text = f"{place} ({item['label'] or 'without a label'}) {fault}"
                yield Finding("own-argument", CHANGED, place, text)

    def routes(self) -> Sequence[Route]:
        """Its routes, open for everybody as those of extensions are."""
        found = []
        for key, answer in self._routes.items():
            method, path = key.split(" ", 1)
            found.append(
                Route(
                    method.upper(),
                    path,
                    lambda call, answer=answer: answer(call.request.get_json(silent=True)),
                    guarded=False,
                )
            )
        return found


def _item(arg: Any) -> dict[str, Any]:
    if isinstance(arg, dict) and "value" in arg:
        return {"label": "", **_NO_SLIDER, **arg}
    return {"label": "", "value": arg, **_NO_SLIDER}


def _fault(value: Any, item: Mapping[str, Any]) -> str:
    """Why a value does not fit an argument of script-info; "" where it does."""
    default, choices = item["value"], item["choices"]
    if default is not None and _kind(value) != _kind(default):
        return f"is {_kind(value)}, its default is {_kind(default)}"
    if choices is not None and value not in choices:
        return f"is none of {', '.join(map(str, choices))}"
    if isinstance(value, int | float):
        low, high = item["minimum"], item["maximum"]
        if (low is not None and value < low) or (high is not None and value > high):
            return f"is {value}, outside {low} to {high}"
    return ""


def _kind(value: Any) -> str:
    if isinstance(value, bool):
        return "a boolean"
    kinds = {int | float: "a number", str: "a text", list: "a list", dict: "an object"}
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), "null")
