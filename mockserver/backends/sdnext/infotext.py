"""What SD.Next writes into a picture and into ``info``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import parameter_line
from mockserver.backends.sdnext.job import resize_mode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.sdnext.job import Job
    from mockserver.backends.sdnext.server import SdNext


_APP = "SD.Next"
#: The sampler that a model brings with it; it is not named.
_MODELS_OWN = "Default"
#: The share of perturbed attention that infotexts leave out.
_ADAPTIVE = 0.5
#: Keys of options of samplers.
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

    Args:
        server: the simulated server.
        job: the generation.
        number: of the picture, from 0.
    """
    found = _basics(server, job, number) | _batch(job, number)
    if job.source is None:
        found |= _variation(job, number)
    else:
        found |= _source(job, compares_sizes=server.program.compares_sizes)
    if job.sampler != _MODELS_OWN:
        found |= _schedule(server, job)
    ordered = {key: found.get(key) for key in server.profile.generation.infotext_keys}
    shown = {key: value for key, value in {**ordered, **networks(job)}.items() if _shows(value)}
    text = f"{job.prompts[number]}\nNegative prompt: {job.negative_prompts[number] or ''}\n"
    return f"{text}{_templates(job, number)}{parameter_line(shown)}".strip()


def networks(job: Job) -> dict[str, Any]:
    """Parameters that the LoRAs in use add, to ``info`` too; empty for none.

    Args:
        job: the generation.

    Source: modules/lora/extra_networks_lora.py, infotext.
    """
    return {"LoRA networks": ", ".join(job.networks)} if job.networks else {}


def _shows(value: Any) -> bool:
    """Numbers from -1 down are not shown, nor are empty texts and no size at all."""
    if type(value) in (int, float):
        return bool(value > -1 or value != value)  # noqa: PLR0124 - NaN is shown
    return value not in ("", "0x0")


def _templates(job: Job, number: int) -> str:
    """The prompts as they were sent, where the version shows them and they are not empty.

    Recorded: every t2i-prompt case of sdnext-2026-07.
    """
    if not job.templates:
        return ""
    lines = {
        "Template": job.templates[number],
        "Negative template": job.negative_templates[number],
    }
    return "".join(f"{name}: {text}\n" for name, text in lines.items() if text)


def _basics(server: SdNext, job: Job, number: int) -> dict[str, Any]:
    values, model, least = job.values, server.loaded_model(), server.program.nameless_guidance
    rescale = values.get("diffusers_guidance_rescale", values.get("cfg_rescale", 0))
    adaptive = values.get("pag_adaptive", values.get("cfg_adaptive", _ADAPTIVE))
    named = server.names_model
    scheduler = server.program.scheduler
    return {
        "Steps": values["steps"],
        "Scheduler": scheduler_class(job.sampler, scheduler) if scheduler else None,
        "Size": f"{job.width}x{job.height}",
        "Sampler": _unless(job.sampler, _MODELS_OWN),
        "Seed": job.seeds[number],
        "Seed resize from": _resize_from(values),
        "CFG scale": above(values["cfg_scale"], least),
        "CFG rescale": above(rescale, least - 1),
        "CFG end": below_one(values["cfg_end"]),
        "CFG true": above(values.get("pag_scale", values.get("cfg_true")) or 0, 0),
        "CFG adaptive": _unless(adaptive, _ADAPTIVE),
        "Clip skip": above(values["clip_skip"], 1),
        "Model": model.get("model_name") if named else None,
        "Model hash": model.get("hash"),
        "VAE": "TAESD" if values["vae_type"] == "Tiny" else None,
        "Styles": "; ".join(values["styles"] or ()) or None,
        "App": _APP,
        "Version": server.profile.version,
        "Pipeline": job.pipeline,
        "Operations": job.operation,
    }


def _schedule(server: SdNext, job: Job) -> dict[str, Any]:
    """What changes the sampler: infotexts show options that are not at their default.

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


def _source(job: Job, *, compares_sizes: bool) -> dict[str, Any]:
    source, values = job.source, job.values
    if source is None:
        return {}
    width, height = source.picture.size
    same = compares_sizes and (width, height) == (job.width, job.height)
    unscaled = same or (compares_sizes and values["scale_by"] == 1)
    return {
        "Init image size": f"{width}x{height}",
        "Init image hash": source.hash,
        "Image CFG scale": values.get("image_cfg_scale"),
        "Resize scale": None if unscaled else values["scale_by"],
        "Denoising strength": values["denoising_strength"],
        "Resize mode": None if same else resize_mode(values),
    }


def above(value: Any, least: float) -> Any:
    """The value where it is above `least`, else None: guidance of 1 is none at all.

    Args:
        value: a number.
        least: the bound.
    """
    return value if value > least else None


def below_one(value: Any) -> Any:
    """The value where it is a share, else None.

    Args:
        value: a number.
    """
    return value if value is not None and value < 1 else None


def _unless(value: Any, plain: Any) -> Any:
    return None if value == plain else value


def info(server: SdNext, job: Job, infotexts: Sequence[str]) -> str:
    """The text, with the profile's keys in its order.

    Args:
        server: the simulated server.
        job: the generation.
        infotexts: one for each picture.
    """
    values = job.values
    known: dict[str, Any] = {
        **{name: values[name] for name in _AS_SENT},
        "prompt": job.prompts[0],
        "all_prompts": job.prompts,
        "negative_prompt": job.negative_prompts[0],
        "all_negative_prompts": job.negative_prompts,
        "seed": job.seeds[0],
        "all_seeds": job.seeds,
        "subseed": job.subseeds[0],
        "all_subseeds": job.subseeds,
        "width": job.width,
        "height": job.height,
        "sampler_name": job.sampler,
        "cfg_scale": above(values["cfg_scale"], server.program.nameless_guidance),
        "cfg_end": below_one(values["cfg_end"]),
        "detailer": values["detailer_enabled"],
        "detailer_model": _detailer(server, job),
        "sd_model_hash": server.loaded_model().get("hash"),
        "styles": values["styles"] if not server.program.templates else values["styles"] or [],
        "extra_generation_params": networks(job),
        "index_of_first_image": 0,
        "infotexts": list(infotexts),
        "job_timestamp": server.state.job_timestamp,
    }
    return json.dumps({key: known[key] for key in server.profile.generation.info_keys})


_AS_SENT = (
    "subseed_strength",
    "steps",
    "batch_size",
    "seed_resize_from_w",
    "seed_resize_from_h",
    "denoising_strength",
    "styles",
    "clip_skip",
)


def _detailer(server: SdNext, job: Job) -> Any:
    """What draws faces anew, where that was asked for; the list's first, as none was recorded."""
    if not job.values["detailer_enabled"]:
        return None
    return next((row["name"] for row in server.listed("face-restorers")), None)


_SUFFIX = "Scheduler"
#: Samplers, or the beginning of several samplers' names, to their class. The longest one counts.
_CLASSES = {
    "ABNorsett": "ABNorsett",
    "BDIA DDIM": "BDIA_DDIM",
    "CMSI": "CMStochasticIterative",
    "CogX DDIM": "CogVideoXDDIM",
    "DC Solver": "DCSolverMultistep",
    "DDIM": "DDIM",
    "DDIM Parallel": "DDIMParallel",
    "DDPM": "DDPM",
    "DDPM Parallel": "DDPMParallel",
    "DEIS": "DEISMultistep",
    "DEIS-Multistep": "RESDEISMultistep",
    "DEIS-Unified": "RESUnified",
    "DPM SDE": "DPMSolverSDE",
    "DPM++": "DPMSolverMultistep",
    "DPM++ 1S": "DPMSolverSinglestep",
    "DPM++ 2M EDM": "EDMDPMSolverMultistep",
    "DPM++ 2M Inverse": "DPMSolverMultistepInverse",
    "DPM++ 3M Inverse": "DPMSolverMultistepInverse",
    "DPM++ Cosine": "CosineDPMSolverMultistep",
    "DPM++ Inverse": "DPMSolverMultistepInverse",
    "ER-SDE": "ERSDE",
    "ETD-RK": "ETDRK",
    "Euler": "EulerDiscrete",
    "Euler EDM": "EDMEuler",
    "Euler a": "EulerAncestralDiscrete",
    "Gauss-Legendre": "GaussLegendre",
    "Heun": "HeunDiscrete",
    "IPNDM": "IPNDM",
    "KDPM2": "KDPM2Discrete",
    "KDPM2 a": "KDPM2AncestralDiscrete",
    "LCM": "LCM",
    "LMSD": "LMSDiscrete",
    "Langevin Dynamics": "LangevinDynamics",
    "Lawson": "Lawson",
    "Linear-RK": "LinearRK",
    "Lobatto": "Lobatto",
    "PEC": "PEC",
    "PNDM": "PNDM",
    "PeRFlow": "PeRFlow",
    "RES-Multistep": "RESMultistep",
    "RES-SDE": "RESSinglestepSDE",
    "RES-Singlestep": "RESSinglestep",
    "RES-Unified": "RESUnified",
    "Radau IIA": "RadauIIA",
    "Runge-Kutta 4/4": "RungeKutta44",
    "Runge-Kutta 5/7": "RungeKutta57",
    "Runge-Kutta 6/7": "RungeKutta67",
    "SA Solver": "SASolver",
    "Specialized-RK": "SpecializedRK",
    "TCD": "TCD",
    "TDD": "TDD",
    "UFOGen": "UFOGen",
    "UniPC": "UniPCMultistep",
    "VDM Solver": "VDM",
}
#: Ends of the names of sigma schedules, all of one class.
_SIGMA, _COMMON = " Sigma", "CommonSigma"
#: Ends of the names of samplers for flow models: any other model takes the sampler of the same
#: name without it, or its own where there is none. Recorded: Euler FlowMatch, DPM2 FlowMatch,
#: Hyperbolic Flow.
_FLOW = (" FlowMatch", " Flow")


def scheduler_class(sampler: str, default: str) -> str:
    """Name of the class of scheduler for which a sampler's name stands.

    Source: modules/sd_samplers_diffusers.py; recorded: group t2i-sampler of sdnext-2026-07.

    Args:
        sampler: a listed name.
        default: class of the scheduler that the model brings with it.
    """
    flow = next((end for end in _FLOW if sampler.endswith(end)), "")
    plain = sampler.removesuffix(flow)
    if flow and plain not in _CLASSES and not plain.startswith("ER-SDE"):
        return default
    if plain.endswith(_SIGMA):
        return _COMMON + _SUFFIX
    known = [name for name in _CLASSES if plain == name or plain.startswith(f"{name} ")]
    return _CLASSES[max(known, key=len)] + _SUFFIX if known else default
