"""What a sampling run adds to the infotext."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64, txt2img
from PIL import Image

from mockserver import Webui
from mockserver.backends.a1111.generation.samplers import Sampler
from mockserver.backends.a1111.generation.sampling import Course

PICTURE = in_base64(Image.new("RGB", (64, 64), "green"))


def made(**fields: Any) -> Made:
    options = {name: fields.pop(name) for name in list(fields) if name in OPTIONS}
    return txt2img(**{"steps": 6, "override_settings": options, **fields})


OPTIONS = (
    "eta_ddim",
    "eta_ancestral",
    "s_churn",
    "s_tmin",
    "s_tmax",
    "s_noise",
    "sigma_min",
    "sigma_max",
    "rho",
    "always_discard_next_to_last_sigma",
    "eta_noise_seed_delta",
    "sgm_noise_multiplier",
    "skip_early_cond",
    "s_min_uncond",
    "s_min_uncond_all",
    "beta_dist_alpha",
)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param({"sampler_name": "Euler a", "eta": 0.5}, "Eta: 0.5", id="eta"),
        pytest.param({"sampler_name": "DDIM", "eta": 0.5}, "Eta DDIM: 0.5", id="eta of DDIM"),
        pytest.param(
            {"sampler_name": "Euler a", "eta_ancestral": 0.7}, "Eta: 0.7", id="eta by option"
        ),
        pytest.param({"s_churn": 1.5}, "Sigma churn: 1.5", id="churn"),
        pytest.param({"s_tmin": 0.5}, "Sigma tmin: 0.5", id="tmin"),
        pytest.param({"s_tmax": 9.0}, "Sigma tmax: 9.0", id="tmax"),
        pytest.param({"s_noise": 1.1}, "Sigma noise: 1.1", id="noise"),
        pytest.param(
            {"scheduler": "Karras", "sigma_min": 0.1}, "Schedule min sigma: 0.1", id="least sigma"
        ),
        pytest.param(
            {"scheduler": "Karras", "sigma_max": 9.0}, "Schedule max sigma: 9.0", id="largest sigma"
        ),
        pytest.param({"scheduler": "Karras", "rho": 5.0}, "Schedule rho: 5.0", id="rho"),
        pytest.param(
            {"scheduler": "Beta"},
            "Beta schedule alpha: 0.6, Beta schedule beta: 0.6",
            id="beta, always",
        ),
        pytest.param(
            {"always_discard_next_to_last_sigma": True},
            "Discard penultimate sigma: True",
            id="discarding",
        ),
        pytest.param(
            {"sampler_name": "Euler a", "eta_noise_seed_delta": 5}, "ENSD: 5", id="noise seed delta"
        ),
        pytest.param({"sgm_noise_multiplier": True}, "SGM noise multiplier: True", id="sgm noise"),
        pytest.param({"skip_early_cond": 0.5}, "Skip Early CFG: 0.5", id="skipping early"),
        pytest.param({"s_min_uncond": 20.0}, "NGMS: 20.0", id="negative guidance"),
        pytest.param(
            {"s_min_uncond": 20.0, "s_min_uncond_all": True},
            "NGMS: 20.0, NGMS all steps: True",
            id="of all steps",
        ),
    ],
)
def test_what_differs_from_the_default_is_reported(fields: dict[str, Any], told: str) -> None:
    assert told in made(**fields).line


@pytest.mark.parametrize(
    ("fields", "label"),
    [
        pytest.param({"eta": 0.5}, "Eta", id="eta with a sampler that takes none"),
        pytest.param({"sampler_name": "DDIM", "s_churn": 1.5}, "Sigma", id="churn with DDIM"),
        pytest.param({"sampler_name": "Euler a", "s_churn": 1.5}, "churn", id="churn with Euler a"),
        pytest.param({"sigma_min": 0.1, "rho": 5.0}, "Schedule m", id="sigmas without a scheduler"),
        pytest.param(
            {"scheduler": "Exponential", "rho": 5.0}, "rho", id="rho with a scheduler without one"
        ),
        pytest.param({"eta_noise_seed_delta": 5}, "ENSD", id="noise seed delta with Euler"),
        pytest.param(
            {"sampler_name": "Euler a", "eta": 0, "eta_noise_seed_delta": 5},
            "ENSD",
            id="noise seed delta without eta",
        ),
        pytest.param({"s_min_uncond": 0.01}, "NGMS", id="a sigma below all levels"),
    ],
)
def test_what_means_nothing_is_not_reported(fields: dict[str, Any], label: str) -> None:
    assert label not in made(**fields).line


@pytest.mark.parametrize(
    ("sampler", "scheduler", "told"),
    [
        pytest.param("Euler", None, "Automatic", id="none"),
        pytest.param("DPM++ 2M", None, "Karras", id="the sampler's own"),
        pytest.param("Euler", "Karras", "Karras", id="the one asked for"),
        pytest.param("DDIM", "Karras", "Karras", id="with timesteps too"),
    ],
)
def test_the_schedule_type_is_reported(sampler: str, scheduler: str | None, told: str) -> None:
    line = txt2img(sampler_name=sampler, scheduler=scheduler).line

    assert f"Sampler: {sampler}, Schedule type: {told}, " in line


def test_one_step_is_enough_for_a_brownian_tree() -> None:
    assert len(made(sampler_name="DPM++ SDE", steps=1).infotexts) == 1


@pytest.mark.parametrize("extra", [0.5, 1, 2.0])
def test_extra_noise_of_img2img_is_in_the_infotext(extra: float) -> None:
    found = img2img(init_images=[PICTURE], override_settings={"img2img_extra_noise": extra})

    assert f"Extra noise: {extra}" in found.line


def test_no_extra_noise_is_not_in_the_infotext() -> None:
    assert "Extra noise" not in img2img(init_images=[PICTURE]).line


@pytest.mark.parametrize(("eta", "shown"), [(0.5, True), (1.0, False)])
def test_versions_with_a_key_of_its_own_show_eta_where_it_is_not_the_default(
    eta: float, shown: bool
) -> None:
    found = txt2img(Webui("a1111-47a44c7"), sampler_name="Euler a", eta=eta)

    assert (f"Eta: {eta}" in found.line) is shown


@pytest.mark.parametrize(
    ("sampler", "asked"),
    [
        pytest.param(Sampler("Euler"), [4.0, 1.0, 0.25], id="once a step"),
        pytest.param(
            Sampler("Heun", second_order=True), [4.0, 1.0, 1.0, 0.25, 0.25], id="at both ends"
        ),
        pytest.param(
            Sampler("DPM2", second_order=True), [4.0, 2.0, 1.0, 0.5, 0.25], id="in the middle"
        ),
    ],
)
def test_the_model_is_asked_at_these_levels_of_noise(sampler: Sampler, asked: list[float]) -> None:
    assert Course(sampler, 3, 3, levels=[4.0, 1.0, 0.25]).asked == asked
