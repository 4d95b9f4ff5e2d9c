"""Which sampler and scheduler two names mean."""

from __future__ import annotations

from typing import Any

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.generation.context import Callbacks
from mockserver.backends.a1111.generation.samplers import Sampler, Samplers
from mockserver.core.errors import HTTPError, ServerError


@pytest.fixture(scope="module")
def samplers() -> Samplers:
    return Webui().context.samplers


def listed(samplers: Samplers, **rules: Any) -> Samplers:
    return Samplers(samplers.listed, samplers.schedulers, **rules)


@pytest.mark.parametrize(
    ("name", "scheduler", "meant"),
    [
        pytest.param("Euler", None, ("Euler", "Automatic"), id="a name"),
        pytest.param(None, None, ("DPM++ 2M", "Automatic"), id="none is the first"),
        pytest.param("", "", ("DPM++ 2M", "Automatic"), id="empty is the first"),
        pytest.param("nope", None, ("DPM++ 2M", "Automatic"), id="unknown is the first"),
        pytest.param("euler", None, ("DPM++ 2M", "Automatic"), id="case matters"),
        pytest.param("k_euler", None, ("DPM++ 2M", "Automatic"), id="aliases are not looked at"),
        pytest.param("Euler a", "karras", ("Euler a", "Karras"), id="an internal name"),
        pytest.param("Euler a", "Karras", ("Euler a", "Karras"), id="a label"),
        pytest.param("Euler a", "KARRAS", ("Euler a", "Automatic"), id="no other case"),
        pytest.param("Euler a Karras", None, ("Euler a", "Karras"), id="a suffix"),
        pytest.param("Euler a Karras", "exponential", ("Euler a", "Karras"), id="a suffix wins"),
        pytest.param("nope Karras", None, ("DPM++ 2M", "Automatic"), id="a suffix of an unknown"),
        pytest.param("DPM++ 2M Karras", None, ("DPM++ 2M", "Automatic"), id="its own default"),
        pytest.param(
            "DPM++ 2M SDE Exponential", None, ("DPM++ 2M SDE", "Automatic"), id="likewise"
        ),
    ],
)
def test_names_choose_a_sampler_and_a_scheduler(
    samplers: Samplers, name: str | None, scheduler: str | None, meant: tuple[str, str]
) -> None:
    assert samplers.resolve(name, scheduler) == meant


def test_a_default_scheduler_can_be_kept_as_its_own_name(samplers: Samplers) -> None:
    kept = samplers.resolve("DPM++ 2M", "Karras", convert_automatic=False)

    assert kept == ("DPM++ 2M", "Karras")


def test_earlier_servers_refuse_an_unknown_sampler(samplers: Samplers) -> None:
    with pytest.raises(HTTPError, match="404 Sampler not found"):
        listed(samplers, unknown="404").validated("nope")


def test_earlier_servers_take_a_sampler_by_its_display_name_alone(samplers: Samplers) -> None:
    strict = listed(samplers, unknown="404")

    assert strict.validated("Euler a") == "Euler a"
    with pytest.raises(HTTPError, match="404 Sampler not found"):
        strict.validated("Euler a Karras")


def test_a_sampler_for_sampling_must_have_that_very_name(samplers: Samplers) -> None:
    with pytest.raises(ServerError, match="AssertionError: bad sampler name: nope"):
        samplers.create("nope")


def test_scripts_know_samplers_by_any_name_in_any_case(samplers: Samplers) -> None:
    assert samplers.by_any_name("K_EULER_A") == "Euler a"
    assert samplers.by_any_name("nope") is None


def test_the_index_counts_where_there_is_no_name() -> None:
    assert txt2img(sampler_name=None, sampler_index="Euler a").info["sampler_name"] == "Euler a"
    assert txt2img(sampler_name="Heun", sampler_index="LMS").info["sampler_name"] == "Heun"


def test_a_request_without_any_name_uses_euler() -> None:
    assert txt2img().info["sampler_name"] == "Euler"


@pytest.mark.parametrize("true", [True, "True"], ids=["as Forge says it", "as the webui says it"])
def test_a_list_says_what_is_particular_to_a_sampler(true: Any) -> None:
    options = ("second_order", "uses_ensd", "discard_next_to_last_sigma", "brownian_noise")
    plain = Sampler.of({"name": "x", "options": dict.fromkeys(options, "False")})
    particular = Sampler.of({"name": "x", "options": dict.fromkeys(options, true)})

    assert particular == Sampler("x", (), None, True, True, True, True)
    assert plain == Sampler("x")


def test_the_model_is_asked_twice_a_step_by_samplers_of_second_order(samplers: Samplers) -> None:
    twice = {sampler.name for sampler in samplers.listed if sampler.total_steps(3) == 6}

    assert twice == {"DPM++ SDE", "DPM++ 2S a", "Heun", "DPM2", "DPM2 a", "Restart"}
    assert {s.total_steps(3) for s in samplers.listed if s.name not in twice} == {3}


@pytest.mark.parametrize(("sampler", "encoded"), [("Heun", True), ("Euler", False)])
def test_prompt_editing_counts_how_often_the_model_is_asked(sampler: str, encoded: bool) -> None:
    options = {"emphasis": "No norm"}
    made = txt2img(prompt="[fox:(cat):6]", steps=4, sampler_name=sampler, override_settings=options)

    # The cat follows the sixth of the eight questions of Heun; Euler has four.
    assert ("Emphasis: No norm" in made.line) is encoded


class _Counts(Callbacks):
    """An extension that sees how often the model is asked in the first pass."""

    active = True
    steps: int | None = None

    def sample(self, p: Any) -> None:
        self.steps = p.firstpass_steps


@pytest.mark.parametrize("profile", ["a1111-1.10.1", "a1111-1.3.0"])
@pytest.mark.parametrize(("sampler", "steps"), [("Heun", 8), ("Euler", 4)])
def test_every_version_doubles_the_steps_of_samplers_of_second_order(
    profile: str, sampler: str, steps: int
) -> None:
    webui = Webui(profile)
    webui.callbacks = seen = _Counts()
    txt2img(webui, steps=4, sampler_name=sampler)

    assert seen.steps == steps
