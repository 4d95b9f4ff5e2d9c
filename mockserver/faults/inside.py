"""Faults inside the server: out of memory, NaNs, models and samplers that are gone, 401.

The request runs as it would; only what it would have answered is replaced. So a request that is
refused anyway, for its credentials or its fields, is refused as before, and the progress bar
moves until the failure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.faults.exchange import Answer, Asked, Hook, Next
from mockserver.faults.kind import EVERYWHERE, GENERATIONS, PICTURES, Kind, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_GOOD = 400
_MIB = 2**20
#: Bytes that the VAE asks for at once for each pixel: about 1 GiB for 512x512 without slicing.
_BYTES_PER_PIXEL = 4096
_GIB = 2**30
_UNET_HINT = (
    " This could be either because there's not enough precision to represent the picture, or "
    'because your video card does not support half type. Try setting the "Upcast cross '
    'attention layer to float32" option in Settings > Stable Diffusion or using the --no-half '
    "commandline argument to fix this."
)
_VAE_HINT = (
    " This could be because there's not enough precision to represent the picture. Try adding "
    "--no-half-vae commandline argument to fix this."
)
_NAN_END = " Use --disable-nan-check commandline argument to disable this check."


def _instead(make: Callable[[Mapping[str, Any], Site, Asked], Answer]) -> Any:
    """A builder of hooks that replace an answer which would have been good."""

    def build(options: Mapping[str, Any], site: Site) -> Hook:
        def hook(asked: Asked, following: Next) -> Answer:
            answer = following(asked)
            return make(options, site, asked) if answer.status < _GOOD else answer

        return hook

    return build


def _out_of_memory(options: Mapping[str, Any], site: Site, asked: Asked) -> Answer:
    """PyTorch 2.1's sentence, with its own spelling of capacity; the size follows the pixels."""
    total = float(options["total_gib"])
    wanted = options["mib"] or max(_pixels(asked) * _BYTES_PER_PIXEL / _MIB, 2)
    amount = f"{wanted / 1024:.2f} GiB" if wanted >= 1024 else f"{wanted:.2f} MiB"  # noqa: PLR2004 - one GiB in MiB
    allocated = max(total - 1.1, 0.5)
    text = (
        f"CUDA out of memory. Tried to allocate {amount}. GPU 0 has a total capacty of "
        f"{total:.2f} GiB of which 0 bytes is free. Of the allocated memory {allocated:.2f} GiB "
        "is allocated by PyTorch, and 423.52 MiB is reserved by PyTorch but unallocated. If "
        "reserved but unallocated memory is large try setting max_split_size_mb to avoid "
        "fragmentation.  See documentation for Memory Management and PYTORCH_CUDA_ALLOC_CONF"
    )
    if options["shape"] == "text":
        return Answer(500, (("Content-Type", "text/plain; charset=utf-8"),), _PLAIN)
    return site.server_error("OutOfMemoryError", text)


_PLAIN = b"Internal Server Error"


def _pixels(asked: Asked) -> float:
    """Pixels of the largest picture that a request works on at once."""
    body = asked.json if isinstance(asked.json, dict) else {}
    sizes = [body.get(name) for name in ("width", "height")]
    width, height = (size if isinstance(size, int | float) and size > 0 else 512 for size in sizes)
    batch = body.get("batch_size")
    scale = body.get("hr_scale", 2) if body.get("enable_hr") else 1
    many = batch if isinstance(batch, int) and batch > 0 else 1
    factor = scale if isinstance(scale, int | float) and scale > 0 else 1
    return float(width) * float(height) * many * factor * factor


def _nans(options: Mapping[str, Any], site: Site, _: Asked) -> Answer:
    unet = str(options["where"]).lower() != "vae"
    start = f"A tensor with NaNs was produced in {'Unet' if unet else 'VAE'}."
    hint = _UNET_HINT if unet else _VAE_HINT
    return site.server_error("NansException", start + hint + _NAN_END)


def _checkpoint_gone(options: Mapping[str, Any], site: Site, _: Asked) -> Answer:
    path = options["path"] or site.checkpoint_file
    return site.server_error("FileNotFoundError", f'No such file or directory: "{path}"')


def _sampler_gone(options: Mapping[str, Any], site: Site, _: Asked) -> Answer:
    return site.http_error(options["status"], "Sampler not found")


def _error(options: Mapping[str, Any], site: Site, _: Asked) -> Answer:
    return site.server_error(str(options["error"]), str(options["text"]))


def _unauthorized(options: Mapping[str, Any], site: Site) -> Hook:
    """Refuses before anything runs, as the credentials are looked at first."""
    return lambda _, __: site.http_error(401, str(options["text"]))


INSIDE = (
    Kind(
        "oom",
        "CUDA out of memory: 500 with OutOfMemoryError, or the bare text of forks.",
        _instead(_out_of_memory),
        PICTURES,
        {"mib": 0, "total_gib": 8.0, "shape": "profile"},
        "torch 2.1 c10/cuda/CUDACachingAllocator.cpp, which 1.10.1 installs",
    ),
    Kind(
        "nans",
        "NansException of the Unet or the VAE: 500.",
        _instead(_nans),
        GENERATIONS,
        {"where": "unet"},
        "modules/devices.py test_for_nans at v1.10.1",
    ),
    Kind(
        "checkpoint-gone",
        "The checkpoint's file vanished: 500 with FileNotFoundError.",
        _instead(_checkpoint_gone),
        GENERATIONS,
        {"path": ""},
        "safetensors' error where modules/sd_models.py reads a file that is gone",
    ),
    Kind(
        "sampler-not-found",
        "The sampler is refused, as before 1.10 and by SD.Next.",
        _instead(_sampler_gone),
        GENERATIONS,
        {"status": 404},
        "modules/api/api.py validate_sampler_name; recorded: a1111-1.6.0",
    ),
    Kind(
        "error",
        "Any exception inside the server, in the shape of its errors.",
        _instead(_error),
        GENERATIONS,
        {"error": "RuntimeError", "text": "something went wrong"},
        "modules/api/api.py api_middleware; recorded: group http",
    ),
    Kind(
        "unauthorized",
        "401 in the middle of a session, as after a restart with other credentials.",
        _unauthorized,
        EVERYWHERE,
        {"text": "Incorrect username or password"},
        "recorded: a1111-1.10.1-auth",
    ),
)
