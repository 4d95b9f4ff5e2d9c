"""Which scripts there are on each tab, and how their arguments are laid out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


TABS = ("txt2img", "img2img")


@dataclass(frozen=True)
class ScriptEntry:
    """One script of a tab.

    Attributes:
        name: title in lower case.
        alwayson: it runs with every generation and cannot be selected.
        defaults: values of its arguments as the web UI starts with them.
        start: where its arguments begin among those of all selectable scripts of the tab.
        labels: what the web UI calls its arguments.
        choices: per argument, what its dropdown offers, or None.
    """

    name: str
    alwayson: bool
    defaults: tuple[Any, ...] = ()
    start: int = 0
    labels: tuple[str, ...] = ()
    choices: tuple[tuple[str, ...] | None, ...] = ()


@dataclass
class ScriptArguments:
    """What a request gives to scripts.

    Attributes:
        selected: the script that is to run, or None.
        own: its arguments, as many as there are.
        alwayson: arguments of each always-on script by its name.
    """

    selected: ScriptEntry | None = None
    own: tuple[Any, ...] = ()
    alwayson: dict[str, list[Any]] = field(default_factory=dict)


@raises_upstream
def _alwayson_args(value: Any, count: int) -> list[Any]:
    """The request's arguments of one always-on script, at most `count` of them."""
    if "args" not in value:
        return []
    given = value["args"]
    return [given[index] for index in range(min(count, len(given)))]


class ScriptList:
    """The scripts of one tab.

    Args:
        entries: scripts in the order in which the tab lists them.

    Source: modules/scripts.py ``ScriptRunner``, modules/api/api.py ``init_script_args``.
    """

    def __init__(self, entries: Iterable[ScriptEntry]) -> None:
        self.entries = tuple(entries)
        self._selectable = {e.name: e for e in self.entries if not e.alwayson}
        self._alwayson = {e.name: e for e in self.entries if e.alwayson}
        self._defaults = [v for e in self._selectable.values() for v in e.defaults]

    def names(self) -> list[str]:
        """Names of all scripts, in list order."""
        return [entry.name for entry in self.entries]

    def selectable(self, name: str | None) -> ScriptEntry | None:
        """The script that `name` selects, in any case; None for no name.

        Args:
            name: script_name of the request.

        Raises:
            HTTPError: 422: no selectable script of that name.
        """
        if not name:
            return None
        found = self._selectable.get(name.lower())
        if found is None:
            raise HTTPError(422, f"Script '{name}' not found")
        return found

    def _find_alwayson(self, name: Any) -> ScriptEntry:
        # pydantic makes an object of a list of pairs, whose names need not be text.
        if not isinstance(name, str):
            raise HTTPError(422, f"Script '{name}' not found")
        found = self._alwayson.get(name.lower())
        if found is not None:
            return found
        if name.lower() in self._selectable:
            raise HTTPError(422, "Cannot have a selectable script in the always on scripts params")
        raise HTTPError(422, f"Script '{name}' not found")

    def arguments(
        self,
        selected: ScriptEntry | None,
        script_args: Sequence[Any],
        alwayson_scripts: Mapping[str, Any],
        from_infotext: Mapping[str, Mapping[int, Any]] | None = None,
    ) -> ScriptArguments:
        """Lay out the arguments of all scripts.

        The arguments of the selectable scripts stand in one row. Those of the selected script
        are replaced by `script_args`, whatever their number, so that a script which gets too
        few reads on in what belongs to the next one; recorded: t2i-script/too-few-args.

        Args:
            selected: the script that is to run.
            script_args: its arguments in the request.
            alwayson_scripts: the request's field: name to ``{"args": [...]}``.
            from_infotext: arguments of always-on scripts that an infotext names.

        Raises:
            HTTPError: 422: an unknown script, or a selectable one among the always-on.
            ServerError: a value that is not of that form.
        """
        result = ScriptArguments(selected)
        if selected is not None:
            start, stop = selected.start, selected.start + len(selected.defaults)
            row = [*self._defaults]
            row[start:stop] = script_args
            result.own = tuple(row[start:stop])
        for name, values in (from_infotext or {}).items():
            for index, value in values.items():
                self._of(result, name)[index] = value
        for name, value in alwayson_scripts.items():
            self._take(result, name, value)
        return result

    def _of(self, result: ScriptArguments, name: str) -> list[Any]:
        """Arguments of an always-on script, with their defaults at first."""
        return result.alwayson.setdefault(name, list(self._alwayson[name].defaults))

    def _take(self, result: ScriptArguments, name: str, value: Any) -> None:
        entry = self._none_named() if name == "" else self._find_alwayson(name)
        given = _alwayson_args(value, len(entry.defaults))
        self._of(result, entry.name)[: len(given)] = given

    @staticmethod
    @raises_upstream
    def _none_named() -> ScriptEntry:
        """The webui takes the empty name for "no script" and then uses what it got for none."""
        nothing: Any = (None, None)
        entry: ScriptEntry = nothing.alwayson
        return entry


class ScriptCatalogue:
    """The scripts of both tabs.

    Args:
        listed: the answer of ``/sdapi/v1/scripts``: names per tab, in order.
        infos: the answer of ``/sdapi/v1/script-info``; scripts without an interface are not
            in it and take no arguments.
        unlisted: names of always-on scripts that neither list shows.
    """

    def __init__(
        self,
        listed: Mapping[str, Sequence[str]],
        infos: Iterable[Mapping[str, Any]] = (),
        unlisted: Sequence[str] = (),
    ) -> None:
        self._infos = {(info["is_img2img"], info["name"]): info for info in infos}
        self._tabs = {
            tab: ScriptList(self._entries(tab, listed.get(tab, ()), unlisted)) for tab in TABS
        }

    def tab(self, name: str) -> ScriptList:
        """Scripts of the tab ``txt2img`` or ``img2img``.

        Args:
            name: ``txt2img`` or ``img2img``.
        """
        return self._tabs[name]

    def _entries(
        self, tab: str, names: Sequence[str], unlisted: Sequence[str]
    ) -> Iterable[ScriptEntry]:
        start = 0
        for name in names:
            entry = self._entry(tab, name, start)
            if not entry.alwayson:
                start += len(entry.defaults)
            yield entry
        for name in unlisted:
            yield ScriptEntry(name, alwayson=True)

    def _entry(self, tab: str, name: str, start: int) -> ScriptEntry:
        info = self._infos.get((tab == "img2img", name))
        if info is None:
            return ScriptEntry(name.lower(), alwayson=True)
        args = info["args"]
        return ScriptEntry(
            name=name.lower(),
            alwayson=info["is_alwayson"],
            defaults=tuple(arg["value"] for arg in args),
            start=start,
            labels=tuple(arg["label"] or "" for arg in args),
            choices=tuple(None if a["choices"] is None else tuple(a["choices"]) for a in args),
        )
