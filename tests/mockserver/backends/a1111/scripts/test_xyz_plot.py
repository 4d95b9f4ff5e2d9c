"""X/Y/Z plot: a picture for every combination of values."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Made, img2img, in_base64, txt2img
from PIL import Image

from mockserver import Webui
from mockserver.core.errors import ServerError

ARGUMENTS = (
    "x_type",
    "x_values",
    "x_values_dropdown",
    "y_type",
    "y_values",
    "y_values_dropdown",
    "z_type",
    "z_values",
    "z_values_dropdown",
    "draw_legend",
    "include_lone_images",
    "include_sub_grids",
    "no_fixed_seeds",
    "vary_seeds_x",
    "vary_seeds_y",
    "vary_seeds_z",
    "margin_size",
    "csv_mode",
)
OFFERED = next(
    entry for entry in Webui().context.scripts.tab("txt2img").entries if entry.name == "x/y/z plot"
).choices[0]


def axis(label: str) -> int:
    assert OFFERED is not None
    return OFFERED.index(label)


def plot(webui: Webui | None = None, /, prompt: str = "a red fox", **given: Any) -> Made:
    """A plot of text values; ``x``, ``y`` and ``z`` are label and values."""
    more = {name: given.pop(name) for name in list(given) if name not in (*ARGUMENTS, *"xyz")}
    args: dict[str, Any] = dict.fromkeys(ARGUMENTS, False)
    for name in "xyz":
        label, values = given.pop(name, ("Nothing", ""))
        args |= {f"{name}_type": axis(label), f"{name}_values": values}
        args[f"{name}_values_dropdown"] = []
    args |= {"draw_legend": True, "margin_size": 0, "csv_mode": True, **given}
    fields = {"script_name": "X/Y/Z plot", "script_args": list(args.values()), **more}
    return txt2img(webui, prompt=prompt, **fields)


def test_the_grid_alone_is_answered_with_the_infotexts_of_all_cells() -> None:
    made = plot(x=("Steps", "1-2"))

    assert made.sizes == [(128, 73)]
    assert len(made.infotexts) == 3
    assert made.infotexts[0].endswith(
        "Script: X/Y/Z plot, X Type: Steps, X Values: 1-2, Version: v1.10.1"
    )
    assert [text.split("Steps: ")[1][0] for text in made.infotexts[1:]] == ["1", "2"]
    assert made.texts == [None]


def test_lone_pictures_and_grids_of_each_z_come_where_they_are_wanted() -> None:
    axes = {"x": ("Steps", "1-2"), "z": ("CFG Scale", "3,7")}

    assert len(plot(**axes).sizes) == 1
    assert len(plot(**axes, include_sub_grids=True).sizes) == 3
    assert len(plot(**axes, include_lone_images=True).sizes) == 5
    assert len(plot(**axes, include_lone_images=True, include_sub_grids=True).sizes) == 7


def test_a_plot_without_a_legend_is_as_large_as_its_pictures() -> None:
    axes = {"x": ("Steps", "1-3"), "y": ("CFG Scale", "3,7")}

    assert plot(**axes, draw_legend=False).sizes == [(192, 128)]
    assert plot(**axes, margin_size=8).sizes[0] == (192 + 48 + 16, 128 + 9 + 8)


def test_cells_are_the_pictures_of_their_values() -> None:
    made = plot(x=("Steps", "1-2"), include_lone_images=True)

    assert made.pixels[1:] == [txt2img(steps=steps).pixels[0] for steps in (1, 2)]


def test_seeds_left_open_are_chosen_once_and_reported() -> None:
    made = plot(x=("Seed", "-1, 5"))
    first, second = made.info["all_seeds"]

    assert second == 5
    assert f'Fixed X Values: "{first}, 5"' in made.infotexts[0]


def test_seeds_can_count_up_along_axes() -> None:
    made = plot(
        x=("Steps", "1-2"),
        y=("CFG Scale", "3,7"),
        include_lone_images=True,
        vary_seeds_x=True,
        vary_seeds_y=True,
    )

    assert made.info["all_seeds"] == [1234, 1235, 1236, 1237]


@pytest.mark.parametrize(
    ("label", "values", "told"),
    [
        pytest.param("Seed", "7", "Seed: 7", id="seed"),
        pytest.param("Var. seed", "7", "Seed: 1234", id="variation seed"),
        pytest.param("Var. strength", "0.5", "Variation seed strength: 0.5", id="strength"),
        pytest.param("Prompt S/R", "red,blue", "a red fox", id="search and replace"),
        pytest.param("Sampler", "k_heun", "Sampler: DPM++ 2M", id="sampler by alias"),
        pytest.param("Sampler", "Heun", "Sampler: Heun", id="sampler"),
        pytest.param("Checkpoint name", "tiny-b", "Model: tiny-b", id="checkpoint"),
        pytest.param("Schedule type", "Karras", "Schedule type: Karras", id="schedule type"),
        pytest.param("Eta", "0.5", "Sampler: Euler", id="eta"),
        pytest.param("Clip skip", "2", "Clip skip: 2", id="clip skip"),
        pytest.param("VAE", "none", "Model: tiny-a", id="VAE"),
        pytest.param("Styles", "cinematic", "cinematic still", id="styles"),
        pytest.param("Face restore", "GFPGAN", "Face restoration: CodeFormer", id="face restore"),
        pytest.param("Token merging ratio", "0.5", "Token merging ratio: 0.5", id="merging"),
        pytest.param("Always discard next-to-last sigma", "True", "Discard", id="discarding"),
        pytest.param("SGM noise multiplier", "true", "SGM noise multiplier", id="sgm noise"),
        pytest.param("RNG source", "NV", "RNG: NV", id="RNG"),
        pytest.param("Size", "72 x 80", "Size: 72x80", id="size"),
        pytest.param("Size", "large", "Size: 64x64", id="no size"),
        pytest.param("Refiner checkpoint", "None", "Model: tiny-a", id="no refiner"),
    ],
)
def test_an_axis_changes_its_field_or_option(label: str, values: str, told: str) -> None:
    assert told in plot(x=(label, values)).infotexts[1].replace('"', "")


def test_the_order_of_a_prompts_parts_changes_what_stands_between_them_least() -> None:
    made = plot(x=("Prompt order", "red, fox"))

    assert made.info["all_prompts"] == ["a red fox", "a fox red"]


def test_an_override_of_one_cell_is_not_put_back_for_the_next() -> None:
    made = plot(x=("Clip skip", "2,1"), y=("Steps", "1,2"))

    assert [("Clip skip: 2" in text) for text in made.infotexts[1:]] == [True, False, True, False]


def test_what_is_dear_to_change_is_changed_least_often() -> None:
    webui = Webui()
    loaded: list[str] = []
    switch = webui.checkpoints.reload

    def noted() -> None:
        switch()
        loaded.append(webui.checkpoints.current.model_name)

    webui.checkpoints.reload = noted  # type: ignore[method-assign]

    plot(webui, x=("Checkpoint name", "tiny-a,tiny-b"), y=("Steps", "1-3"))

    changes = [a for a, b in zip(loaded, ["", *loaded], strict=False) if a != b]
    assert changes == ["tiny-a", "tiny-b", "tiny-a"]


def test_a_cell_that_fails_is_empty() -> None:
    made = plot(x=("Steps", "1,0"), include_lone_images=True)

    assert made.sizes[1:] == [(64, 64), (64, 64)]
    assert made.files[2].convert("RGB").getextrema() == ((0, 0),) * 3
    assert made.info["all_seeds"] == [1234, None]


def test_no_values_make_no_pictures() -> None:
    made = plot(x=("Steps", ""))

    assert (made.sizes, made.info["seed"], made.infotexts) == ([], -1, [])


@pytest.mark.parametrize(
    ("given", "error"),
    [
        pytest.param(
            {"x": ("Steps", "many")},
            "ValueError: invalid literal for int() with base 10: 'many'",
            id="no number",
        ),
        pytest.param(
            {"x": ("Sampler", "nope")}, "RuntimeError: Unknown sampler: nope", id="sampler"
        ),
        pytest.param(
            {"x": ("Checkpoint name", "nope")},
            "RuntimeError: Unknown checkpoint: nope",
            id="checkpoint",
        ),
        pytest.param(
            {"x": ("Prompt S/R", "cat,dog")},
            "RuntimeError: Prompt S/R did not find cat in prompt or negative prompt.",
            id="nothing to replace",
        ),
        pytest.param(
            {"x_type": "Steps"},
            "TypeError: list indices must be integers or slices, not str",
            id="a name for an axis",
        ),
        pytest.param({"x_type": 99}, "IndexError: list index out of range", id="no such axis"),
        pytest.param(
            {"x": ("Seed", "1-200"), "y": ("Steps", "1-200"), "width": 512, "height": 512},
            "AssertionError: Error: Resulting grid would be too large (10486 MPixels) "
            "(max configured size is 200 MPixels)",
            id="too large",
        ),
        pytest.param(
            {"x": ("Sampler", ""), "csv_mode": False, "x_values_dropdown": None},
            "Error: iterable expected, not NoneType",
            id="nothing chosen",
        ),
    ],
)
def test_odd_arguments_are_a_500(given: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        plot(**given)

    assert str(caught.value) == error


def test_img2img_has_axes_of_its_own() -> None:
    picture = in_base64(Image.new("RGB", (64, 64), "teal"))
    tab = Webui().context.scripts.tab("img2img")
    (entry,) = (entry for entry in tab.entries if entry.name == "x/y/z plot")
    offered = entry.choices[0] or ()
    args: list[Any] = [offered.index("Denoising"), "0.2,0.8", "", 0, "", "", 0, "", ""]
    args += [True, True, False, False, False, False, False, 0, True]

    made = img2img(init_images=[picture], script_name="x/y/z plot", script_args=args)

    assert "Hires steps" not in offered
    assert made.pixels[1] != made.pixels[2]
    assert "Denoising strength: 0.8" in made.infotexts[2]
