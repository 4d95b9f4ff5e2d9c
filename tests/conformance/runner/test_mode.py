from __future__ import annotations

import pytest

from conformance.requirements.catalogue import load_catalogue
from conformance.requirements.requirement import Effect
from conformance.runner.plan import Mode


def _allowed(mode: Mode) -> set[str]:
    return {r.id for r in load_catalogue() if mode.allows(r)}


def test_each_mode_goes_as_far_as_the_one_before_and_further() -> None:
    smoke, safe, restore, full = map(_allowed, Mode)
    assert smoke < safe < restore < full
    assert full == set(load_catalogue().ids)


@pytest.mark.parametrize("mode", [Mode.SMOKE, Mode.SAFE])
def test_by_default_no_setting_is_written(mode: Mode) -> None:
    effects = {load_catalogue()[name].effect for name in _allowed(mode)}
    assert effects <= {Effect.READS, Effect.GENERATES}


@pytest.mark.parametrize(
    ("mode", "name", "words"),
    [
        pytest.param(Mode.SAFE, "OPT-004", "'writes settings'; --mode restore", id="writes"),
        pytest.param(Mode.RESTORE, "INTERRUPT-002", "--mode full allows", id="interrupts"),
        pytest.param(Mode.SMOKE, "HTTP-003", "--mode safe looks at more", id="smoke"),
    ],
)
def test_what_is_left_out_says_what_would_let_it_in(mode: Mode, name: str, words: str) -> None:
    requirement = load_catalogue()[name]
    assert not mode.allows(requirement)
    assert words in mode.refusal(requirement)
