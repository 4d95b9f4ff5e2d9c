"""ADetailer: the extension and its script."""

from __future__ import annotations

import copy
import re
from functools import cached_property
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.generation.context import Callbacks
from mockserver.backends.a1111.generation.denoise import ENCODING, step_seconds
from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.noise import latent_shape
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.processing import Processing
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.input_images import loaded
from mockserver.backends.a1111.scripts.catalogue import ScriptArguments
from mockserver.core.errors import ServerError, UpstreamError
from mockserver.extensions.adetailer.finding import find, masks_of, preview
from mockserver.extensions.adetailer.tabs import TabReader, lint_tabs, suffix_of
from mockserver.extensions.base import Extension, Run, Script
from mockserver.extensions.controlnet.extension import ControlNet
from mockserver.http.routing import Route
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import Pixels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.extensions.adetailer.tabs import Tab
    from mockserver.extensions.base import Sent
    from mockserver.lint import Finding


_SEPARATOR = re.compile(r"\s*\[SEP\]\s*")
_SKIP = re.compile(r"^\s*\[SKIP\]\s*$")
_PROMPT = "[PROMPT]"
_SKIPPING = {"steps": 1, "sampler_name": "Euler", "width": 128, "height": 128}
_SAME = ("None", "Use same checkpoint", "Use same VAE")
_PASSTHROUGH = "Passthrough"
_NONE = "None"


class ADetailerScript(Script):
    """The always-on script.

    Args:
        extension: its detectors and its way to read tabs.
    """

    title = "adetailer"
    file = "!adetailer"

    def __init__(self, extension: ADetailer) -> None:
        self._extension = extension

    def process(self, run: Run) -> None:
        """Decide whether it takes part, and write its keys into the infotext."""
        p = run.p
        if p.script_memory.get("adetailer off"):
            return
        if self._mask_is_black(p) or not self._enabled(run.args) or self._cannot_skip(run):
            p.script_memory["adetailer off"] = True
            return
        _skip_img2img(run)
        for number, tab in enumerate(self._extension.reader.tabs(run.args)):
            p.extra_generation_params.update(tab.infotext(suffix_of(number)))
        p.extra_generation_params["ADetailer version"] = self._extension.version

    def postprocess_image(self, run: Run, picture: Picture, number: int) -> Picture:
        """Repaint what the tabs' detectors find; a tab that fails ends it."""
        p = run.p
        if p.script_memory.get("adetailer off") or not self._enabled(run.args):
            return picture
        if "adetailer skip" in p.script_memory:
            image = loaded(p.init_images[0]).convert("RGB")
            picture = Picture(Painted(lambda: image), key=Pixels(image))
        details = _Details(self._extension, run, picture, number)
        try:
            details.make()
        except UpstreamError:
            return details.picture
        return details.picture

    def _enabled(self, args: Sequence[Any]) -> bool:
        """The first slot enables unless it is the boolean false; a tab has to run."""
        if not any(isinstance(value, dict) for value in args) or args[0] is False:
            return False
        return any(tab.runs for tab in self._extension.reader.tabs(args))

    @staticmethod
    def _mask_is_black(p: Processing) -> bool:
        mask = p.image_mask
        return isinstance(mask, Image.Image) and mask.convert("L").getbbox() is None

    @staticmethod
    def _cannot_skip(run: Run) -> bool:
        """Img2img with a mask is not skipped; the extension then does nothing at all."""
        return _wants_skip(run) and isinstance(run.p.image_mask, Image.Image)


def _wants_skip(run: Run) -> bool:
    return bool(run.p.init_images) and len(run.args) > 1 and run.args[1] is True


def _skip_img2img(run: Run) -> None:
    """Let img2img make a small picture in one step, which nobody will see."""
    p = run.p
    if not _wants_skip(run) or "adetailer skip" in p.script_memory:
        return
    p.script_memory["adetailer skip"] = {name: getattr(p, name) for name in _SKIPPING}
    for name, value in _SKIPPING.items():
        setattr(p, name, value)


class _Details:
    """The passes over one picture.

    Args:
        extension: the detectors.
        run: the generation that made the picture.
        picture: the picture; `picture` is what became of it.
        number: of the picture within its batch.
    """

    def __init__(self, extension: ADetailer, run: Run, picture: Picture, number: int) -> None:
        self._extension = extension
        self._run = run
        self._number = number
        self.picture = picture

    def make(self) -> None:
        """Run all tabs.

        For other scripts the generation is over before the first picture of a batch,
        and that it begins anew after the last: ControlNet gives its maps once all the same, but
        none where a refiner lets it act in iterations alone. Recorded: ext-both/*.
        """
        server, p = self._run.server, self._run.p
        callbacks = server.callbacks or Callbacks()
        prompts = p.all_prompts, p.all_negative_prompts
        if self._number == 0:
            callbacks.postprocess(copy.copy(p), Processed(server, p, [], p.seed, ""))
        for tab in self._extension.reader.tabs(self._run.args):
            if tab.runs:
                self._run_tab(tab)
        self._wait(self.picture.size)
        if self._number == len(p.seeds) - 1:
            again = copy.copy(p)
            callbacks.before_process(again)
            callbacks.process(again)
        p.all_prompts, p.all_negative_prompts = prompts

    def _run_tab(self, tab: Tab) -> None:
        server, state = self._run.server, self._run.server.state
        if state.interrupted or state.skipped:
            return
        image = self.picture.image.convert("RGB")
        self._wait(image.size)
        found = find(self._extension.detectors, tab, image.size)
        if not found:
            return
        mask = self._run.p.image_mask if self._run.p.is_img2img else None
        sorted_by = server.options["ad_bbox_sortby"]
        masks = masks_of(found, tab, image.size, sorted_by, mask)
        shown = preview(image, found)
        state.show(Painted(lambda: shown))
        state.count(state.job_count + len(masks))
        self._wait(image.size)
        self._paint(tab, masks)

    def _wait(self, size: tuple[int, int]) -> None:
        """Let the time of a look at the picture pass."""
        server = self._run.server
        seconds = step_seconds(server, latent_shape(*size), 1)
        if seconds:
            server.clock.sleep(ENCODING * seconds)

    def _paint(self, tab: Tab, masks: list[Image.Image]) -> None:
        """One pass a mask, each on what the one before made; an interrupted one undoes all."""
        made: Picture | None = None
        source = self.picture
        for number, mask in enumerate(masks):
            p = self._inner(tab, source, mask, number)
            if _SKIP.match(p.prompt):
                continue
            images = process_images(self._run.server, p).images
            if not images:
                return
            made = source = images[0]
        if made is not None:
            self.picture = made

    def _inner(self, tab: Tab, source: Picture, mask: Image.Image, number: int) -> Processing:
        """The inpainting of one mask."""
        p = self._run.p
        own = p.script_memory.get("adetailer skip", {})
        size = own.get("width", p.width), own.get("height", p.height)
        if tab.get("ad_use_inpaint_width_height"):
            size = tab.get("ad_inpaint_width"), tab.get("ad_inpaint_height")
        index = p.iteration * p.batch_size + self._number
        same = self._run.server.options["ad_same_seed_for_each_tab"]
        shift = 0 if same else number
        sampler, scheduler = self._sampling(tab, own)
        fields = {
            "prompt": self._prompt(tab.get("ad_prompt"), p.all_prompts[index], number),
            "negative_prompt": self._prompt(
                tab.get("ad_negative_prompt"), p.all_negative_prompts[index], number
            ),
            "styles": p.styles,
            "seed": p.all_seeds[index] + shift,
            "subseed": p.all_subseeds[index] + shift,
            "subseed_strength": p.subseed_strength,
            "seed_resize_from_h": p.seed_resize_from_h,
            "seed_resize_from_w": p.seed_resize_from_w,
            "sampler_name": sampler,
            "scheduler": scheduler,
            "batch_size": 1,
            "n_iter": 1,
            "steps": tab.get("ad_steps") if tab.get("ad_use_steps") else own.get("steps", p.steps),
            "cfg_scale": tab.get("ad_cfg_scale") if tab.get("ad_use_cfg_scale") else p.cfg_scale,
            "width": size[0],
            "height": size[1],
            "restore_faces": tab.get("ad_restore_face"),
            "tiling": p.tiling,
            "eta": None,
            "do_not_save_samples": True,
            "do_not_save_grid": True,
            "override_settings": _overrides(tab),
            "denoising_strength": tab.get("ad_denoising_strength"),
            "init_images": [source.image.convert("RGB")],
            "image_mask": mask,
            "resize_mode": 0,
            "mask_blur": tab.get("ad_mask_blur"),
            "inpainting_fill": 1,
            "inpaint_full_res": tab.get("ad_inpaint_only_masked"),
            "inpaint_full_res_padding": tab.get("ad_inpaint_only_masked_padding"),
            "inpainting_mask_invert": 0,
            "initial_noise_multiplier": self._noise(tab),
        }
        inner = Processing("img2img", fields, self._arguments(tab))
        inner.scripts_off = self._off(tab)
        inner.extra_generation_params = dict(p.extra_generation_params)
        inner.script_memory["adetailer off"] = True
        return inner

    def _noise(self, tab: Tab) -> Any:
        if tab.get("ad_use_noise_multiplier"):
            return tab.get("ad_noise_multiplier")
        return self._run.server.options["initial_noise_multiplier"]

    def _sampling(self, tab: Tab, own: dict[str, Any]) -> tuple[str, str]:
        p = self._run.p
        sampler, scheduler = own.get("sampler_name", p.sampler_name), p.scheduler
        if tab.get("ad_use_sampler"):
            if tab.get("ad_sampler") != "Use same sampler":
                sampler = tab.get("ad_sampler")
            if tab.get("ad_scheduler") != "Use same scheduler":
                scheduler = tab.get("ad_scheduler")
        return self._run.server.samplers.resolve(sampler, scheduler)

    @staticmethod
    def _prompt(own: str, main: str, number: int) -> str:
        """The prompt of pass `number`: parts are split at [SEP], empty ones are the main one."""
        parts = _SEPARATOR.split(own)
        part = parts[min(number, len(parts) - 1)]
        return part.replace(_PROMPT, f" {main} ") if part else main

    def _arguments(self, tab: Tab) -> ScriptArguments:
        """The scripts' arguments, ControlNet's units off or those of the tab."""
        given = self._run.p.scripts
        alwayson = copy.deepcopy(given.alwayson) if given is not None else {}
        model = tab.get("ad_controlnet_model")
        if model != _PASSTHROUGH:
            for values in alwayson.values():
                for value in values:
                    if isinstance(value, dict) and "module" in value:
                        value["enabled"] = False
        if model not in {_NONE, _PASSTHROUGH}:
            alwayson["controlnet"] = [self._extension.controlnet_unit(tab)]
        return ScriptArguments(alwayson=alwayson)

    def _off(self, tab: Tab) -> frozenset[str]:
        """Scripts that leave the passes alone: all but those whose files the option names."""
        options = self._run.server.options
        every = {script.title: script.file for script in self._extension.other_scripts()}
        if not options["ad_only_selected_scripts"]:
            return frozenset({"adetailer"})
        names = {name.strip() for name in str(options["ad_script_names"]).split(",")}
        if tab.get("ad_controlnet_model") != _NONE:
            names.add("controlnet")
        return frozenset(title for title, file in every.items() if file not in names)


def _overrides(tab: Tab) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if tab.get("ad_use_clip_skip"):
        found["CLIP_stop_at_last_layers"] = tab.get("ad_clip_skip")
    for name, option in (("checkpoint", "sd_model_checkpoint"), ("vae", "sd_vae")):
        wanted = tab.get(f"ad_{name}")
        if tab.get(f"ad_use_{name}") and wanted and wanted not in _SAME:
            found[option] = wanted
    return found


_MIDDLE = (0.25, 0.25, 0.75, 0.75)


class ADetailer(Extension):
    """Bing-su/adetailer. Source: 36189cbe (25.3.0)."""

    name = "adetailer"
    folder = "adetailer"
    versions = ("25.3.0",)
    summary = "faces, hands and persons are found and painted once more"

    @cached_property
    def detectors(self) -> Mapping[str, Mapping[str, Any]]:
        """Its detectors by name: ``kind`` and what each finds (``box`` in parts of the picture)."""
        found: Mapping[str, Mapping[str, Any]] = self.fixtures.get("detectors")
        return found

    def add_models(self, models: Iterable[str] | Mapping[str, Any]) -> None:
        """Detectors by file name, in place of those of the same name.

        Args:
            models: names, which find a face in the middle; or names to what each finds: boxes
                of left, top, right and bottom in parts of the picture, none for nothing.
        """
        boxes = models if isinstance(models, dict) else {key: [_MIDDLE] for key in models}
        new = {
            name: {"kind": "boxes", "found": [{"box": box, "confidence": 0.9} for box in found]}
            for name, found in boxes.items()
        }
        self.detectors = {**self.detectors, **new}

    @cached_property
    def reader(self) -> TabReader:
        """Reads its tabs."""
        return TabReader(self.fixtures.get("schema"))

    def make_scripts(self) -> Sequence[Script]:
        """Its always-on script."""
        return (ADetailerScript(self),)

    def routes(self) -> Sequence[Route]:
        """Version, schema and detectors, open for everybody."""
        answers = {
            "version": lambda _: {"version": self.version},
            "schema": lambda _: self.fixtures.get("schema"),
            "ad_model": lambda _: {"ad_model": list(self.detectors)},
        }
        return [
            Route("GET", f"/adetailer/v1/{name}", answer, guarded=False)
            for name, answer in answers.items()
        ]

    def defaults(self, tab: str) -> list[Any]:
        """What its arguments are where a request sends none."""
        infos = self.listed("script-info", [])
        mine = next(i for i in infos if i["is_img2img"] == (tab == "img2img"))
        return [item["value"] for item in mine["args"]]

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Tabs that are dropped, and detectors that run unasked."""
        if sent.title != "adetailer":
            return ()
        return lint_tabs(sent, self.reader, self.defaults(sent.tab), self.detectors)

    def other_scripts(self) -> list[Script]:
        """The scripts of all installed extensions."""
        return [s for extension in self.neighbours() for s in extension.scripts]

    def controlnet_unit(self, tab: Tab) -> dict[str, Any]:
        """The ControlNet unit that a tab puts on its passes.

        Raises:
            ServerError: ControlNet is not installed, or has no such model.
        """
        found = next((e.catalogue for e in self.neighbours() if isinstance(e, ControlNet)), None)
        model = tab.get("ad_controlnet_model")
        if found is None or model not in found.models:
            raise ServerError("ValueError", f"[-] ADetailer: ControlNet model {model!r} not found.")
        module = tab.get("ad_controlnet_module")
        return {
            "enabled": True,
            "model": model,
            "module": "none" if module == "None" else module,
            "weight": tab.get("ad_controlnet_weight"),
            "guidance_start": tab.get("ad_controlnet_guidance_start"),
            "guidance_end": tab.get("ad_controlnet_guidance_end"),
            "pixel_perfect": True,
        }


EXTENSION = ADetailer
