"""Settings that somebody saved convict no sound server, alone and together."""

from __future__ import annotations

import random
from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
from broken.generation import set_options
from broken.layer import rewrite_answer
from clock import SharedTime
from doubles import mock, served
from judging import make_context
from sound import inpainting

from conformance.checks import all_checks
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.judge import judge
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from doubles import Server

    from conformance.verdict import Result


_STEP_TIME = 0.4
_PROMPTS = ("TXT2IMG-045", "TXT2IMG-046", "TXT2IMG-066", "TXT2IMG-074", "TXT2IMG-090")
_PROMPTS += ("INFO-001", "INFO-005", "INFO-006", "INFO-012", "INFO-013", "INFO-017")
_PROMPTS += ("IMG2IMG-048", "IMG2IMG-054")
_MASKS = ("IMG2IMG-016", "IMG2IMG-028", "IMG2IMG-042")
_EXTRAS = ("EXTRAS-011", "EXTRAS-012", "EXTRAS-026")
_HIRES = ("TXT2IMG-050", "TXT2IMG-051", "TXT2IMG-088", "TXT2IMG-089", "TXT2IMG-103")
_HIRES += ("TXT2IMG-105", "TXT2IMG-106", "TXT2IMG-107", "TXT2IMG-108", "INFO-010")
#: What somebody saved, and the requirements that look at what it changes.
_SAVED: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "a LoRA in every prompt": ({"sd_lora": "tiny-lora"}, _PROMPTS),
    "a hypernetwork in every prompt": ({"sd_hypernetwork": "tiny-hyper"}, _PROMPTS),
    "half a LoRA": ({"sd_lora": "tiny-lora", "extra_networks_default_multiplier": 0.5}, _PROMPTS),
    "no overlay": ({"overlay_inpaint": False}, _MASKS),
    "WEBP without text": ({"samples_format": "webp", "enable_pnginfo": False}, ("QUEUE-001",)),
    "faces restored": ({"face_restoration": True}, ("INFO-003",)),
    "no upscaling in extras": ({"postprocessing_disable_in_extras": ["Upscale"]}, _EXTRAS),
    "sizes of old": ({"use_old_hires_fix_width_height": True}, _HIRES[:5]),
    "a small decoder": ({"sd_vae_decode_method": "TAESD"}, ("TXT2IMG-085",)),
}
_COMBINATIONS, _AT_ONCE, _LOOKED_AT = 4, 4, 8
_SKIPPED = ["Prompt", "Seed", "Sampler", "Size-1"]
_SAVED["values that are not pasted"] = (
    {"infotext_skip_pasting": _SKIPPED},
    ("PNGINFO-013", "PNGINFO-016", "PNGINFO-029", "TXT2IMG-066", "TXT2IMG-067"),
)
_SAVED["more orders than steps"] = ({"uni_pc_order": 5}, ("TXT2IMG-101",))
_SAVED["no noise of ancestral samplers"] = ({"eta_ancestral": 0.0}, ("OPT-037",))
#: How somebody started a server, and the requirements that look at what that changes.
_LORAS = ("LIST-008", "MISC-004", "MISC-016", "HTTP-001")
_STARTED: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
    "no extension": ({"disable_all_extensions": True}, _LORAS),
    "no LoRA": ({"disabled_extensions": ("Lora",)}, _LORAS),
    "no hashes": ({"no_hashing": True}, ("INFO-003", "INFO-007", "TXT2IMG-063", "TXT2IMG-099")),
}
#: Flags that go with any of the settings.
_FLAGS = ("no_hashing", "nowebui", "fresh", "disable_extra_extensions")
_OFF = "the built-in extension Lora"


def _judged(server: Server, names: Collection[str], time: SharedTime) -> list[Result]:
    """What each of the requirements finds, in one context."""
    catalogue, checks = load_catalogue(), all_checks()
    with served(server):
        context = make_context("a1111-1.10.1", clock=Clock(time, time.sleep))
        return [judge(catalogue[name], checks[name].function, context) for name in names]


def _of_saved(values: Mapping[str, Any], names: Collection[str], **started: Any) -> list[Result]:
    time = SharedTime()
    server = mock(clock=time, step_time=_STEP_TIME, **started)
    set_options(server, values)
    return _judged(server, names, time)


def _of_started(started: Mapping[str, Any], names: Collection[str]) -> list[Result]:
    time = SharedTime()
    return _judged(mock(clock=time, step_time=_STEP_TIME, **started), names, time)


def _unmet(results: list[Result]) -> dict[str, str]:
    wrong = (r for r in results if r.verdict.unmet or r.verdict is Verdict.ERROR)
    return {r.id: r.actual or r.reason for r in wrong}


@pytest.mark.parametrize("name", _SAVED)
def test_a_saved_setting_convicts_nobody(name: str) -> None:
    values, looked_at = _SAVED[name]
    results = _of_saved(values, looked_at)

    assert _unmet(results) == {}


@pytest.mark.parametrize("seed", range(_COMBINATIONS))
def test_settings_and_a_flag_together_convict_nobody(seed: int) -> None:
    dice = random.Random(seed)  # noqa: S311 - a choice of settings
    chosen = [_SAVED[name] for name in dice.sample(list(_SAVED), _AT_ONCE)]
    values = {name: value for saved, _ in chosen for name, value in saved.items()}
    looked_at = sorted({name for _, names in chosen for name in names})

    started = {dice.choice(_FLAGS): True}
    some = dice.sample(looked_at, min(_LOOKED_AT, len(looked_at)))
    assert _unmet(_of_saved(values, some, **started)) == {}


@pytest.mark.parametrize("name", _STARTED)
def test_a_flag_convicts_nobody(name: str) -> None:
    started, looked_at = _STARTED[name]

    assert _unmet(_of_started(started, looked_at)) == {}


def test_a_list_of_an_extension_that_is_off_is_not_asked_for() -> None:
    (result,) = _of_started({"disable_all_extensions": True}, ["LIST-008"])

    assert result.verdict is Verdict.NOT_APPLICABLE
    assert result.reason.startswith(f"--disable-all-extensions switches off {_OFF}")


def test_a_list_that_is_missing_without_a_reason_is_asked_for() -> None:
    time = SharedTime()
    sound = mock(clock=time, disabled_extensions=("Lora",))
    shown = rewrite_answer(sound, "/options", lambda found: found | {"disabled_extensions": []})

    (result,) = _judged(shown, ["LIST-008"], time)

    assert result.verdict is Verdict.FAIL


def test_an_option_that_each_request_overrides_is_left_alone() -> None:
    saved = {"extra_options_txt2img": ["CLIP_stop_at_last_layers"]}
    clip, digest = _of_saved(saved, ["OPT-032", "OPT-034"])

    assert clip.verdict is Verdict.NOT_APPLICABLE
    assert digest.verdict is Verdict.PASS


@pytest.mark.parametrize(
    ("renamed", "verdict"),
    [
        pytest.param(False, Verdict.PASS, id="hashed"),
        pytest.param(True, Verdict.WARN, id="renamed"),
    ],
)
def test_a_model_that_is_hashed_meanwhile_changes_no_list(renamed: bool, verdict: Verdict) -> None:
    time, asked = SharedTime(), count()
    sound = mock(clock=time)

    def at_first(models: Any) -> Any:
        if next(asked):
            return models
        bare = {"hash": None, "sha256": None, "title": "tiny-a.safetensors"}
        return [models[0] | bare | ({"model_name": "other"} if renamed else {}), *models[1:]]

    (result,) = _judged(rewrite_answer(sound, "/sd-models", at_first), ["LIST-025"], time)

    assert result.verdict is verdict


def test_what_a_lora_is_added_to_is_judged_all_the_same() -> None:
    results = _of_saved({"sd_lora": "tiny-lora"}, _PROMPTS)

    assert [r.id for r in results if not r.verdict.met] == []


def test_a_model_for_inpainting_convicts_nobody() -> None:
    time = SharedTime()
    looked_at = (*_HIRES, "IMG2IMG-059")
    with inpainting("tiny-a"):
        results = _judged(mock(clock=time, step_time=_STEP_TIME), looked_at, time)

    assert _unmet(results) == {}
    left_out = {r.id for r in results if r.verdict is Verdict.NOT_APPLICABLE}
    assert left_out == {"TXT2IMG-089", "TXT2IMG-103", "IMG2IMG-059"}
