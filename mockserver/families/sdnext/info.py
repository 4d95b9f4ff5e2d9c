"""The ``info`` of an answer: JSON text that tells of all pictures."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.families.sdnext.infotext import above, below_one, networks

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.families.sdnext.job import Job
    from mockserver.families.sdnext.server import SdNext


def info(server: SdNext, job: Job, infotexts: Sequence[str]) -> str:
    """The text, with the profile's keys in its order."""
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
