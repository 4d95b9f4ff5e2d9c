"""The server that the guides speak of, in this process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import mockserver

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def webui() -> Iterator[mockserver.Activated]:
    """A fresh v1.10.1 at the address that both guides use."""
    with mockserver.activate("http://127.0.0.1:7860") as active:
        yield active


@pytest.fixture(autouse=True)
def _in_a_folder_of_its_own(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    # The guides save their pictures where they are run.
    monkeypatch.chdir(str(tmp_path))
