"""How one simulated server was started, and where its secrets are read from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mockserver.core.errors import BadInput


@dataclass(frozen=True)
class Config:
    """The choices of whoever starts the server.

    Attributes:
        fresh: nothing was ever saved, as after a first start: overrides leak.
        nowebui: started with ``--nowebui``: the API alone.
        auth: (user, password) pairs of ``--api-auth``; empty for an open server.
        state_file: where options are saved, so that they survive restarts; None keeps them
            for the life of the process.
        step_time: seconds that one step of a 512x512 picture takes; 0 for no time at all.
        api_server_stop: whether server-kill, server-restart and server-stop exist. The
            recorded servers had them.
        extensions: names of installed extensions, as ``sdapi-mock extensions list`` shows them;
            ``name@version`` for another version than the newest.
        extensions_late: seconds after the start in which the routes of extensions do not exist.
        no_api: started without ``--api``: no route of the API exists.
        cors_origins: ``--cors-allow-origins``: pages that may ask; ``*`` for all.
        cors_regex: ``--cors-allow-origins-regex``: likewise, as a pattern of the whole origin.
        disable_all_extensions: no extension is loaded, not even a built-in one
            (``--disable-all-extensions``).
        disable_extra_extensions: only built-in ones are (``--disable-extra-extensions``).
        disabled_extensions: folders of those that the option of that name switches off.
        no_hashing: no model file is hashed (``--no-hashing``), and none was before.
        freeze_settings: no setting can be changed or saved (``--freeze-settings``).
        freeze_settings_in_sections: keys of sections whose settings cannot, with commas between.
        freeze_specific_settings: names of settings that cannot, with commas between.
        seed: makes the choices that a real server draws at random repeatable; None for random.
    """

    fresh: bool = False
    nowebui: bool = False
    auth: tuple[tuple[str, str], ...] = ()
    state_file: Path | None = None
    step_time: float = 0.0
    api_server_stop: bool = True
    seed: int | None = None
    no_api: bool = False
    cors_origins: tuple[str, ...] = ()
    cors_regex: str = ""
    extensions: tuple[str, ...] = ()
    extensions_late: float = 0.0
    disable_all_extensions: bool = False
    disable_extra_extensions: bool = False
    disabled_extensions: tuple[str, ...] = ()
    no_hashing: bool = False
    freeze_settings: bool = False
    freeze_settings_in_sections: str = ""
    freeze_specific_settings: str = ""

    def __post_init__(self) -> None:
        """Refuse a text for ``auth``, which would be taken for many users of one letter.

        Raises:
            BadInput: it is no series of pairs.
        """
        if isinstance(self.auth, str) or not all(_is_pair(pair) for pair in self.auth):
            raise BadInput('auth is pairs of user and password: auth=(("user", "pass"),)')


def _is_pair(pair: object) -> bool:
    return isinstance(pair, tuple | list) and len(pair) == len(("user", "password"))


_ENVIRONMENT, _FILE = "env:", "file:"


def read_secret(text: str) -> str:
    """What ``env:NAME`` or ``file:PATH`` stands for; any other text stands for itself.

    Args:
        text: as an option of a command has it.

    Raises:
        BadInput: the variable is not set, or the file cannot be read; names it.
    """
    if text.startswith(_ENVIRONMENT):
        return _from_environment(text.removeprefix(_ENVIRONMENT))
    if text.startswith(_FILE):
        return _from_file(text.removeprefix(_FILE))
    return text


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "") if name else ""
    if not value:
        text = f"the environment has no {name}; set it" if name else "write env:NAME"
        raise BadInput(f"env:{name}: {text}")
    return value


def _from_file(path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise BadInput(f"file:{path}: cannot be read ({why}); name another") from error
    if not value or "\n" in value:
        raise BadInput(f"file:{path}: one line is expected there")
    return value
