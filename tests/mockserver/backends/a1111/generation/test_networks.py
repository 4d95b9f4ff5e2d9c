"""Tags of extra networks in prompts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.generation import networks
from mockserver.backends.a1111.generation.networks import without_tags
from mockserver.backends.a1111.generation.processing import Processing
from mockserver.backends.a1111.networks import Networks

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext


@dataclass(frozen=True)
class Lora:
    name: str
    short_hash: str


@dataclass(frozen=True)
class Embeddings:
    loaded: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Known:
    """Networks of a server that has some."""

    loras: tuple[Lora, ...] = (Lora("detail", "0123456789ab"), Lora("a:b,c", "ba9876543210"))
    hypernetworks: tuple[str, ...] = ("art",)
    embeddings: Embeddings = Embeddings()

    def find_lora(self, name: str) -> Lora | None:
        return next((lora for lora in self.loras if lora.name == name), None)


def server(**options: Any) -> GenerationContext:
    webui = Webui()
    for name, value in options.items():
        webui.options.put(name, value)
    return replace(webui.context, networks=Known())


def activated(prompt: str, **options: Any) -> tuple[dict[str, Any], tuple[Any, ...]]:
    """Extra parameters and networks in use that a prompt leads to."""
    p = Processing("txt2img", {"prompt": prompt, "override_settings": {}, "styles": []})
    p.all_prompts = [prompt]
    _, found = without_tags([prompt])
    networks.activate(server(**options), p, found)
    return p.extra_generation_params, found.active


def test_tags_are_cut_out_of_the_prompt_and_taken_from_the_first() -> None:
    bare, found = without_tags(["a <lora:x:0.5> b <hypernet:y>", "c <lora:z>"])

    assert bare == ["a  b ", "c "]
    assert found.tags == {"lora": [["x", "0.5"]], "hypernet": [["y"]]}


def test_the_infotext_keeps_the_tags() -> None:
    made = txt2img(prompt="fox <lora:nope:0.5>")

    assert made.infotexts[0].startswith("fox <lora:nope:0.5>\nSteps")
    assert "Lora hashes" not in made.line


@pytest.mark.parametrize(
    ("prompt", "multipliers"),
    [
        pytest.param("<lora:detail>", (1.0, 1.0), id="none"),
        pytest.param("<lora:detail:0.5>", (0.5, 0.5), id="one for both"),
        pytest.param("<lora:detail:0.5:0.2>", (0.5, 0.2), id="one each"),
        pytest.param("<lora:detail:te=0.5:unet=0.2>", (0.5, 0.2), id="named"),
        pytest.param("<lyco:detail:0.5>", (0.5, 0.5), id="the older kind"),
    ],
)
def test_a_tag_has_multipliers(prompt: str, multipliers: tuple[float, ...]) -> None:
    _, active = activated(prompt)

    assert active == (("lora", "detail", multipliers),)


def test_hashes_are_reported_without_the_signs_that_would_split_them() -> None:
    params, _ = activated("<lora:detail:1> <lora:nope:1>")

    assert params == {"Lora hashes": "detail: 0123456789ab"}


def test_a_lora_at_nought_is_reported_but_changes_nothing() -> None:
    params, active = activated("<lora:detail:0>")

    assert "Lora hashes" in params
    assert active == ()


def test_a_malformed_tag_puts_no_lora_to_use_at_all() -> None:
    assert activated("<lora:detail:1> <lora:detail:much>") == ({}, ())


def test_hashes_are_left_out_where_an_option_says_so() -> None:
    params, active = activated("<lora:detail:1>", lora_add_hashes_to_infotext=False)

    assert params == {}
    assert active


def test_a_hypernetwork_is_used_but_not_reported() -> None:
    assert activated("<hypernet:art:0.7>") == ({}, (("hypernet", "art", (0.7,)),))


def test_an_option_adds_a_lora_to_every_prompt() -> None:
    params, active = activated("fox", sd_lora="detail", extra_networks_default_multiplier=0.8)

    assert params == {"Lora hashes": "detail: 0123456789ab"}
    assert active == (("lora", "detail", (0.8, 0.8)),)


@pytest.mark.parametrize("named", ["None", "nope", None, ["detail"]])
def test_an_option_that_names_no_lora_adds_none(named: Any) -> None:
    assert activated("fox", sd_lora=named) == ({}, ())


def test_extra_networks_can_be_switched_off() -> None:
    assert txt2img(prompt="fox <lora:x:1>", disable_extra_networks=True).sizes == [(64, 64)]


def test_the_servers_own_networks_offer_what_generation_asks() -> None:
    assert isinstance(Webui().context.networks, Networks)


@pytest.mark.parametrize(
    ("tag", "multipliers"),
    [
        pytest.param("<lora:detail:0.5:0.25:64>", (0.5, 0.25, 64), id="dimension by place"),
        pytest.param("<lora:detail:0.5:0.25:dyn=32>", (0.5, 0.25, 32), id="dimension by name"),
        pytest.param("<lora:detail:0.5>", (0.5, 0.5), id="one for both"),
    ],
)
def test_a_tag_says_how_much_of_a_lora_is_used(tag: str, multipliers: tuple[float, ...]) -> None:
    _, active = activated(f"fox {tag}")

    assert active == (("lora", "detail", multipliers),)


def test_a_hypernetwork_without_a_strength_is_used_whole() -> None:
    assert activated("<hypernet:art>") == ({}, (("hypernet", "art", (1.0,)),))
