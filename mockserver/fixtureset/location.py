"""Where the packaged fixtures lie."""

from __future__ import annotations

from pathlib import Path

from mockserver.errors import FixtureError

_PACKAGE = Path(__file__).resolve().parent.parent


def fixtures_root() -> Path:
    """Folder ``fixtures``: inside an installed package, else beside it in a checkout.

    Raises:
        FixtureError: neither place has it.
    """
    for place in (_PACKAGE / "_fixtures", _PACKAGE.parent / "fixtures"):
        if place.is_dir():
            return place
    raise FixtureError(
        _PACKAGE,
        "",
        "the package lies there without its fixtures",
        "install sdapi-conformance anew",
    )
