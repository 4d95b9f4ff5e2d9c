"""Any request has an answer of the simulated server, or none; never a fault of the mock."""

from __future__ import annotations

from typing import Any

import pytest
from asking import Asker, picture
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.backends.registry import simulate

_ASKERS = {name: Asker(simulate(name)) for name in ("koboldcpp-1.111", "sdcpp-master-827")}
_FIELDS = (
    "prompt",
    "negative_prompt",
    "seed",
    "steps",
    "cfg_scale",
    "width",
    "height",
    "batch_size",
    "clip_skip",
    "sampler_name",
    "scheduler",
    "enable_hr",
    "hr_scale",
    "hr_upscaler",
    "denoising_strength",
    "lora",
    "init_images",
    "mask",
    "inpainting_mask_invert",
    "distilled_guidance",
    "image",
    "upscaling_resize",
)
_SMALL = {"prompt": "fox", "width": 64, "height": 64, "steps": 1, "seed": 1}
_NUMBERS = st.integers(-8, 200) | st.sampled_from([2**31, -(2**40), 0.5, 1e300, -1e-300, True])
_TEXTS = st.sampled_from(["", "x", "5", "euler", "karras", "a\0b", "狐", "\ud800"])
_PICTURES = st.sampled_from(
    [
        picture(size, mode)
        for size in [(64, 64), (30, 10), (1, 1)]
        for mode in ["RGB", "RGBA", "L", "LA", "1"]
    ]
)
_LORAS = st.fixed_dictionaries({"path": st.just("demo_lora.safetensors"), "multiplier": _NUMBERS})
_VALUES = (
    st.none() | _NUMBERS | _TEXTS | _PICTURES | st.lists(_PICTURES | _LORAS | _TEXTS, max_size=3)
)
_BODIES = st.dictionaries(st.sampled_from(_FIELDS), _VALUES, max_size=3).map(lambda b: _SMALL | b)


@pytest.mark.parametrize("profile", sorted(_ASKERS))
@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["txt2img", "img2img", "extra-single-image"]), _BODIES)
def test_any_values_are_drawn_or_refused(profile: str, name: str, body: dict[str, Any]) -> None:
    heard = _ASKERS[profile].post(name, body)
    assert b"The mock failed" not in heard.body
    assert heard.status in {200, 400, 404, 500, None}
