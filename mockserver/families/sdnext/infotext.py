"""What SD.Next writes into a picture: prompt, negative prompt, and a line of parameters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.families.sdnext.source import resize_mode
from mockserver.webui.infotext.quote import parameter_line

if TYPE_CHECKING:
    from mockserver.families.sdnext.job import Job
    from mockserver.families.sdnext.server import SdNext

_APP = "SD.Next"
#: The sampler that a model brings with it; it is not named.
_MODELS_OWN = "Default"
#: The share of perturbed attention that is not told of.
_ADAPTIVE = 0.5
#: Keys that tell of options of samplers.
_SCHEDULE = {
    "Sampler timesteps": "schedulers_timesteps",
    "Sampler spacing": "schedulers_timestep_spacing",
    "Sampler sigma": "schedulers_sigma",
    "Sampler order": "schedulers_solver_order",
    "Sampler type": "schedulers_prediction_type",
    "Sampler beta schedule": "schedulers_beta_schedule",
    "Sampler low order": "schedulers_use_loworder",
    "Sampler dynamic": "schedulers_use_thresholding",
    "Sampler rescale": "schedulers_rescale_betas",
    "Sampler beta start": "schedulers_beta_start",
    "Sampler beta end": "schedulers_beta_end",
    "Sampler range": "schedulers_timesteps_range",
    "Sampler shift": "schedulers_shift",
    "Sampler dynamic shift": "schedulers_dynamic_shift",
}


def build(server: SdNext, job: Job, number: int) -> str:
    """The infotext of picture `number` of all.

    The line of the negative prompt is there even where it is empty, and blanks before the
    prompt are gone. Recorded: t2i-prompt/leading-space, empty.
    """
    found = _basics(server, job, number) | _batch(job, number)
    found |= _variation(job, number) if job.source is None else _source(job)
    if job.sampler != _MODELS_OWN:
        found |= _schedule(server, job)
    ordered = {key: found.get(key) for key in server.profile.generation.infotext_keys}
    words = f"{job.prompts[number]}\nNegative prompt: {job.negative_prompts[number]}\n"
    return f"{words}{parameter_line(ordered)}".strip()


def _basics(server: SdNext, job: Job, number: int) -> dict[str, Any]:
    values, model = job.values, server.loaded_model()
    return {
        "Steps": values["steps"],
        "Size": f"{job.width}x{job.height}",
        "Sampler": _unless(job.sampler, _MODELS_OWN),
        "Seed": job.seeds[number],
        "Seed resize from": _resize_from(values),
        "CFG scale": above(values["cfg_scale"], 1),
        "CFG rescale": above(values["diffusers_guidance_rescale"], 0),
        "CFG end": below_one(values["cfg_end"]),
        "CFG true": above(values["pag_scale"] or 0, 0),
        "CFG adaptive": _unless(values["pag_adaptive"], _ADAPTIVE),
        "Clip skip": above(values["clip_skip"], 1),
        "Model": model.get("model_name"),
        "Model hash": model.get("hash"),
        "VAE": "TAESD" if values["vae_type"] == "Tiny" else None,
        "Styles": "; ".join(values["styles"] or ()) or None,
        "App": _APP,
        "Version": server.profile.version,
        "Pipeline": job.pipeline,
        "Operations": job.operation,
    }


def _schedule(server: SdNext, job: Job) -> dict[str, Any]:
    """What changes the sampler: options that are not at their default are told.

    Source: modules/processing_info.py; recorded: i2i/noise-mult.
    """
    options = server.options
    found = {key: _unless(options[name], options.default(name)) for key, name in _SCHEDULE.items()}
    multiplier = job.values["initial_noise_multiplier"]
    return {"Sampler eta multiplier": _unless(multiplier, 1.0), **found}


def _resize_from(values: dict[str, Any]) -> str | None:
    """-1x-1 where nothing was asked for, and nothing for a zero. Recorded: seed_resize_from_h-1."""
    sides = values["seed_resize_from_w"], values["seed_resize_from_h"]
    return None if 0 in sides else f"{sides[0]}x{sides[1]}"


def _batch(job: Job, number: int) -> dict[str, Any]:
    """Only where there is more than one picture. Recorded: t2i-batch/b2n2, i2i/n2."""
    values = job.values
    if values["n_iter"] <= 1 and values["batch_size"] <= 1:
        return {}
    place = number % max(values["batch_size"], 1)
    return {
        "Batch": f"{values['n_iter']}x{values['batch_size']}",
        "Index": f"{job.iteration + 1}x{place + 1}",
    }


def _variation(job: Job, number: int) -> dict[str, Any]:
    strength = job.values["subseed_strength"]
    if strength <= 0:
        return {}
    return {"Variation seed": job.subseeds[number], "Variation strength": strength}


def _source(job: Job) -> dict[str, Any]:
    source, values = job.source, job.values
    if source is None:
        return {}
    width, height = source.picture.size
    return {
        "Init image size": f"{width}x{height}",
        "Init image hash": source.hash,
        "Image CFG scale": values["image_cfg_scale"],
        "Resize scale": values["scale_by"],
        "Denoising strength": values["denoising_strength"],
        "Resize mode": resize_mode(values),
    }


def above(value: Any, least: float) -> Any:
    """The value where it is above `least`, else None: guidance of 1 is none at all."""
    return value if value > least else None


def below_one(value: Any) -> Any:
    """The value where it is a share, else None."""
    return value if value is not None and value < 1 else None


def _unless(value: Any, plain: Any) -> Any:
    return None if value == plain else value
