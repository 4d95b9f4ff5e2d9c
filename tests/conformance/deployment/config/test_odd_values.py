"""Every key with values that make no sense: used, or refused in one line that names the key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.deployment.config.config import read_config
from conformance.deployment.config.target import KEYS
from conformance.deployment.expectations.expectations import LISTS
from conformance.deployment.waivers import KEYS as WAIVER_KEYS
from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_ODD = (
    "1",
    "-1",
    "1e999",
    "nan",
    "true",
    "''",
    "' '",
    "'x'",
    "'http://['",
    "'http://host:port'",
    "'env:'",
    "'file:'",
    "'file:.'",
    "[]",
    "[1]",
    "[[]]",
    "[{}]",
    "['', 'x']",
    "{}",
    "{a = 1}",
    "{request = {}, seconds = 1}",
    "[{request = {steps = []}, seconds = 1}]",
    "{allow = 1}",
    "{allow = ['http://[']}",
    "1979-05-27",
    "1979-05-27T07:32:00Z",
    "07:32:00",
)
_EXPECT_KEYS = (*LISTS, "options", "auth", "open", "cors", "secrets", "longest")


def _texts() -> list[object]:
    found = []
    for key in KEYS:
        url = "" if key == "url" else "url = 'http://host'\n"
        found.append((key, f"[targets.live]\n{url}{key} = "))
        found += [(key, f"{key} = ")] if key != "url" else []
    head = "[targets.live]\nurl = 'http://host'\n"
    found += [(key, f"{head}[targets.live.expect]\n{key} = ") for key in _EXPECT_KEYS]
    waiver = {"id": "'LIST-001'", "reason": "'r'"}
    for key in WAIVER_KEYS:
        others = "".join(f"{k} = {v}\n" for k, v in waiver.items() if k != key)
        found.append((key, f"{head}[[waivers]]\n{others}{key} = "))
    return [pytest.param(key, text, id=f"{n} {key}") for n, (key, text) in enumerate(found)]


@pytest.mark.parametrize(("key", "text"), _texts())
def test_an_odd_value_is_used_or_refused_by_its_key(key: str, text: str, tmp_path: Path) -> None:
    refused = 0
    for odd in _ODD:
        tail = "" if text.startswith("[") else "\n[targets.live]\nurl = 'http://host'"
        try:
            for target in read_config(f"{text}{odd}{tail}", "sdapi.toml", tmp_path).targets:
                assert isinstance(target.plain_secrets, tuple)
                target.connection()
        except ConfigurationError as error:
            refused += 1
            words = str(error)
            assert words.startswith("sdapi.toml")
            assert key in words
            assert "\n" not in words
    assert refused
