"""Whether files other than its pictures can be had; harmless ones are asked for, none is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.security.asker import is_asking
from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


# The name of a Linux distribution, and a list of fonts: the same on millions of machines.
_LINUX, _WINDOWS = "/etc/os-release", "C:/Windows/win.ini"
_UP = "..%2f" * 8
_ANYWHERE = (
    f"/file={_LINUX}",
    f"/file={_WINDOWS}",
    f"/file={_UP}etc%2fos-release",
    f"/file=%2ftmp%2fgradio%2f{_UP}etc%2fos-release",
    f"/static/{_UP}etc%2fos-release",
    f"/assets/{_UP}etc%2fos-release",
    f"/sd_extra_networks/thumb?filename={_LINUX}",
)
_HARMLESS = re.compile(r'^(?:NAME|ID|PRETTY_NAME)="?\w|^\[(?:fonts|extensions|mci)', re.MULTILINE)
# What lies in the webui's own folder; gradio 3 serves all of it but dot files.
_OWN = ("/file=config.json", "/file=ui-config.json", "/file=webui-user.sh", "/file=webui-user.bat")


def served_files(asker: Asker) -> Iterator[Finding]:
    """Whether strangers get files from anywhere, or from the webui's own folder.

    Args:
        asker: asks the server.
    """
    name = "SEC-FILES"
    answers = {path: asker.stranger("GET", path) for path in (*_ANYWHERE, *_OWN)}
    anywhere = [path for path in _ANYWHERE if _is_harmless(answers[path])]
    own = [path for path in _OWN if _is_file(answers[path])]
    if anywhere:
        sentence = "strangers can read files from anywhere on its machine"
        level = Level.HIGH if asker.is_exposed else Level.MEDIUM
        yield finding(name, level, f"{sentence}.", [*anywhere, *own])
    elif own:
        sentence = "strangers can read files of its own folder"
        telling = any("webui-user" in path for path in own)
        exposed = Level.HIGH if telling else Level.MEDIUM
        yield finding(name, exposed if asker.is_exposed else Level.LOW, f"{sentence}.", own)
    elif not any(answers.values()):
        yield finding(name, Level.UNKNOWN, "no request for a file was answered in time.")
    elif all(answer is None or is_asking(answer) for answer in answers.values()):
        yield finding(name, Level.FINE, "its files are kept from strangers.")
    else:
        sentence = f"none of {len(answers)} requests for known files was served"
        yield finding(name, Level.FINE, f"{sentence}.")


def _is_harmless(exchange: Exchange | None) -> bool:
    return exchange is not None and exchange.ok and _HARMLESS.search(exchange.text) is not None


def _is_file(exchange: Exchange | None) -> bool:
    # A page that answers every path is no file.
    return exchange is not None and exchange.ok and exchange.media_type != "text/html"
