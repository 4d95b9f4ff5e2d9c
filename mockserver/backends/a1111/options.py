"""Options: what is stored, what is answered, and what a posted object changes."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.frozen_settings import FrozenSettings
from mockserver.core.errors import ServerError, raises_upstream
from mockserver.pydantic_compat.errors import describe, reworded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, KeysView, Mapping

    from mockserver.profiles.profile import OptionRules
    from mockserver.pydantic_compat.models import Model


MODEL_OPTION = "sd_model_checkpoint"
MODULES_OPTION = "forge_additional_modules"


class OptionStore(dict[str, Any]):
    """The server's options: a mapping of names to the values that hold.

    A value is stored as it came, whatever its type; only GET coerces. What was never stored
    reads as its default.

    Args:
        model: the answer's model: names, types and defaults of all options.
        rules: which of them cannot be set, or not through the API.
        stored: what is stored at the start.
        save: called with everything stored whenever a POST went through.
        lacking: what code reads and this version lacks, at the value that changes nothing; None
            for a version that has everything that is read.
        answered: the model of GET's answer where that lacks options which can be set.
        unlisted: options that the model does not say, and their defaults.

    Attributes:
        frozen: which of them nobody may change; none at first.
        saved: whether they were saved since the start.
    """

    def __init__(  # noqa: PLR0913 - what a server differs in
        self,
        model: Model,
        rules: OptionRules,
        stored: dict[str, Any],
        save: Callable[[dict[str, Any]], None] = lambda stored: None,  # noqa: ARG005 - keeps nothing
        lacking: Mapping[str, Any] | None = None,
        *,
        answered: Model | None = None,
        unlisted: Mapping[str, Any] | None = None,
    ) -> None:
        self._answers = answered or model
        self._lacking = lacking
        self._unlisted = dict(unlisted or {})
        self._defaults = {field.name: field.default for field in model.fields} | self._unlisted
        self._rules = rules
        self._data = dict(stored)
        super().__init__(self._defaults | self._data)
        self._save = save
        self._callbacks: dict[str, Callable[[], None]] = {}
        self.frozen = FrozenSettings()
        self.saved = False
        #: A number that grows with every change.
        self.revision = 0
        self._answered: tuple[int, dict[str, Any]] | None = None

    def __missing__(self, name: str) -> Any:
        """The value of an option that the version lacks: one that changes nothing, else False.

        Raises:
            ServerError: AttributeError, as the webui's own code meets it.
        """
        if self._lacking is not None:
            return self._lacking.get(name, False)
        raise ServerError("AttributeError", f"'Options' object has no attribute '{name}'")

    def renumber(self, revision: int) -> None:
        """Take a revision that no earlier state had: the state was put back from outside.

        Args:
            revision: the new number.
        """
        self.revision = revision

    def default(self, name: str) -> Any:
        """The default of `name`; None for a name nobody knows.

        Args:
            name: of any option.
        """
        return self._defaults.get(name)

    @property
    def stored(self) -> KeysView[str]:
        """Names that are stored; an override of any other is never put back."""
        return self._data.keys()

    @property
    def names(self) -> KeysView[str]:
        """Names of all options, stored or not, in the order of the answer."""
        return self._defaults.keys()

    def put(self, name: str, value: Any) -> None:
        """Store a value, without any question asked.

        Args:
            name: of any option.
            value: as it is stored.
        """
        self[name] = self._data[name] = value
        self.revision += 1

    def set(self, name: str, value: Any, *, callbacks: bool = False, by_api: bool = True) -> bool:
        """Set one option as the API does; gives whether it changed.

        A value equal to the stored one (as Python compares: true is 1) changes nothing, and
        neither does null for a name nobody knows. Pseudo options and those the API may not
        set are ignored.

        Args:
            name: the option.
            value: any value; nothing is coerced or checked.
            callbacks: whether its `on_change` callback runs.
            by_api: whether options that the API may not set are ignored.

        Raises:
            ServerError: KeyError, for a name that is no option; AssertionError for a frozen one.
        """
        if self._data.get(name) == value:
            return False
        if name not in self._defaults:
            raise ServerError("KeyError", repr(name))
        if name in self._rules.html or (by_api and name in self._rules.restricted):
            return False
        self.frozen.check(name)
        self.put(name, value)
        if callbacks and name in self._callbacks:
            self._callbacks[name]()
        return True

    def renew(self, model: Model, answered: Model | None = None) -> None:
        """Have other options from now on; what is stored stays.

        Args:
            model: names, types and defaults of all options.
            answered: the model of GET's answer where that lacks some of them.
        """
        self._answers = answered or model
        self._defaults = {field.name: field.default for field in model.fields} | self._unlisted
        super().clear()
        super().update(self._defaults | self._data)
        self.revision += 1

    def override(self, name: str, value: Any) -> None:
        """Set one option for a generation.

        Args:
            name: of any option.
            value: as the request has it.

        Raises:
            ServerError: as `set`.
        """
        self.set(name, value)

    def on_change(self, name: str, callback: Callable[[], None]) -> None:
        """Have `callback` run whenever a POST changes `name`.

        Args:
            name: of any option.
            callback: called after the value was stored.
        """
        self._callbacks[name] = callback

    def snapshot(self, names: Iterable[str]) -> dict[str, Any]:
        """Values of those among `names` that are stored: what `restore` puts back.

        Args:
            names: of any options.
        """
        return {name: self._data[name] for name in names if name in self._data}

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Put back the values of a `snapshot`.

        Args:
            snapshot: values by name.

        Raises:
            ServerError: AttributeError for one that is stored and no option, as those that an
                extension reads from config.json without registering them.
        """
        for name, value in snapshot.items():
            if name not in self._defaults:
                raise ServerError(
                    "AttributeError", "'NoneType' object has no attribute 'do_not_save'"
                )
            self.put(name, value)

    def answer(self) -> dict[str, Any]:
        """What GET answers: stored values coerced to their declared type, defaults as they are.

        The same dict is given until an option changes; it must not be changed.

        Raises:
            ServerError: ValidationError, when a stored value does not fit its type.
        """
        revision = self.revision
        if self._answered is not None and self._answered[0] == revision:
            return self._answered[1]
        complaints: list[dict[str, Any]] = []
        valid = self._answers.fit_body(self._told(), ("response",), complaints)
        if complaints:
            raise self._misfit(complaints)
        self._answered = (revision, valid.values)
        return valid.values

    def _told(self) -> dict[str, Any]:
        """What is coerced for the answer."""
        return dict(self._data)

    def _misfit(self, complaints: list[dict[str, Any]]) -> ServerError:
        return ServerError("ValidationError", describe(complaints, self._answers.name))

    def post(self, body: dict[str, Any], knows_model: Callable[[Any], bool]) -> None:
        """Set options in the order of `body`, then save all.

        Args:
            body: names and values.
            knows_model: whether a value names a checkpoint; the checkpoint is looked at
                before anything is set.

        Raises:
            ServerError: RuntimeError for an unknown checkpoint, or what `knows_model` raises, with
                nothing set; KeyError for an unknown option, with those before it set but not
                saved.
        """
        self._check_model(body.get(MODEL_OPTION), knows_model)
        for name, value in body.items():
            self.set(name, value, callbacks=True)
        self.save()

    def save(self) -> None:
        """Keep what is stored, in the state file, if there is one.

        Raises:
            ServerError: AssertionError, where all settings are frozen.
        """
        self.frozen.check_saving()
        self._save(dict(self._data))
        self.saved = True

    def _check_model(self, wanted: Any, knows_model: Callable[[Any], bool]) -> None:
        if self._rules.checks_model and wanted is not None and not knows_model(wanted):
            raise ServerError("RuntimeError", f"model {wanted!r} not found")


class ForgeOptions(OptionStore):
    """Options whose checkpoint and modules have setters of their own.

    Args:
        documented: address that explains a kind of error.
        modules: path of each module by its file name.
        args: as for an `OptionStore`.
        kwargs: likewise.

    Attributes:
        checkpoint: gives the checkpoint that a name means, exactly or by a part of its title.

    Source: modules/sysinfo.py ``set_config``, modules_forge/main_entry.py; recorded of Forge:
    groups options and forge.
    """

    def __init__(
        self, documented: str, modules: Mapping[str, str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._documented = documented
        self._modules = modules
        self.checkpoint: Callable[[Any], Any] = lambda name: name

    def post(self, body: dict[str, Any], knows_model: Callable[[Any], bool]) -> None:
        """Set options in the order of `body`, then save all.

        Args:
            body: values by name.
            knows_model: whether a value names a checkpoint.

        Raises:
            ServerError: as `OptionStore.post`, but an unknown checkpoint is met in its turn;
                TypeError for modules that are no series of names.
        """
        for name, value in body.items():
            if name == MODEL_OPTION and self._data.get(name) != value:
                self._check_model(value, knows_model)
            self._set_one(name, value, by_api=False)
        self.save()

    def override(self, name: str, value: Any) -> None:
        """Set one option for a generation.

        Args:
            name: of any option.
            value: as the request has it.

        Raises:
            ServerError: as `post`.
        """
        self._set_one(name, value, by_api=True)

    def restore(self, snapshot: dict[str, Any]) -> None:
        """Put back the values of a `snapshot`, as a POST would.

        Args:
            snapshot: values by name.
        """
        for name, value in snapshot.items():
            self._set_one(name, value, by_api=False)

    def _set_one(self, name: str, value: Any, *, by_api: bool) -> None:
        if self._data.get(name) == value:
            return
        if name == MODEL_OPTION:
            if self.checkpoint(value) != self.checkpoint(self.get(name)):
                self.put(name, value)
        elif name == MODULES_OPTION:
            known = [self._modules[file] for file in _file_names(value) if file in self._modules]
            self.put(name, known)
        else:
            self.set(name, value, by_api=by_api)

    def _told(self) -> dict[str, Any]:
        """Defaults are coerced too, as pydantic 2 writes them."""
        defaults = {name: value for name, value in self._defaults.items() if value is not None}
        return defaults | self._data

    def _misfit(self, complaints: list[dict[str, Any]]) -> ServerError:
        found = reworded(complaints, self._data, self._documented)
        lines = [f"  { {**item, 'loc': tuple(item['loc'])} }\n" for item in found]
        text = f"{len(found)} validation errors:\n{''.join(lines)}"
        return ServerError("ResponseValidationError", text, dict(self._data))


@raises_upstream
def _file_names(values: Any) -> list[str]:
    return [os.path.basename(value) for value in values]  # noqa: PTH119 - fails on what it fails on
