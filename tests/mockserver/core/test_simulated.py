"""What every simulated server has, and how its state is put back."""

from __future__ import annotations

import pytest

from mockserver import Config, Webui
from mockserver.core.simulated import Snapshot


@pytest.mark.parametrize(
    ("config", "mode"),
    [
        pytest.param(Config(), "", id="with a user interface"),
        pytest.param(Config(nowebui=True), "nowebui", id="without one"),
        pytest.param(Config(fresh=True), "fresh", id="on a fresh install"),
        pytest.param(Config(nowebui=True, fresh=True), "nowebui", id="both"),
    ],
)
def test_a_server_answers_as_it_was_recorded_in_its_mode(config: Config, mode: str) -> None:
    asked: list[str] = []

    class Asking(Webui):
        def _recorded(self, mode: str) -> object:
            asked.append(mode)
            return super()._recorded(mode)

    Asking(config=config)
    assert asked[0] == mode


def test_what_was_changed_added_and_drawn_is_put_back() -> None:
    webui = Webui(config=Config(seed=7))
    before, chance = Snapshot(webui), webui.random.random()
    options = dict(webui.options)

    webui.options.set("samples_format", "jpg")
    dict.__setitem__(webui.options, "nobody_knows_this", 1)
    webui.state.interrupted = True
    before.restore()

    assert dict(webui.options) == options
    assert webui.state.interrupted is False
    assert webui.random.random() == chance
