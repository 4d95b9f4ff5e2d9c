"""The requests whose answers many checks look at."""

from __future__ import annotations

from typing import Any

from PIL import Image

from conformance.client.image import encode_image

# Servers make pictures whose sides are multiples of this exactly as asked.
SIZE_STEP = 64
SEED = 7
PROMPT = "cat"
NEGATIVE = "bad"
# Enough to be seen at work, little enough to wait for.
WATCHED_STEPS = 20
# Of the jobs that queue behind another; far from each other, so that none counts up to another.
OTHER_SEEDS = (1101, 2202)


def one_image(size: int) -> dict[str, Any]:
    """One small picture in one step; no sampler is named, so that the default shows.

    Args:
        size: edge in pixels.
    """
    return {
        "prompt": PROMPT,
        "negative_prompt": NEGATIVE,
        "width": size,
        "height": size,
        "steps": 1,
        "seed": SEED,
        "cfg_scale": 7,
    }


def batch_of_two(size: int) -> dict[str, Any]:
    """Two pictures as a batch.

    Args:
        size: edge in pixels.
    """
    return one_image(size) | {"batch_size": 2}


def two_iterations(size: int) -> dict[str, Any]:
    """Two pictures in two iterations.

    Args:
        size: edge in pixels.
    """
    return one_image(size) | {"n_iter": 2}


def one_img2img(size: int, *, data_uri: bool = False) -> dict[str, Any]:
    """img2img in two steps, over a picture of two colours, bare or as a data URI.

    Args:
        size: edge in pixels.
        data_uri: whether the init image is a data URI; bare base64 by default.
    """
    init = encode_image(two_colours(size, size), data_uri=data_uri)
    return one_image(size) | {"steps": 2, "init_images": [init], "denoising_strength": 0.5}


def watched(size: int, steps: int, sampler: str | None, task: str) -> dict[str, Any]:
    """A job long enough to be watched; servers that know no task ids ignore its own.

    Args:
        size: edge in pixels.
        steps: sampling steps.
        sampler: name of the sampler; None for the server's default.
        task: id of the task, as ``task(name)``.
    """
    payload = one_image(size) | {"steps": steps, "force_task_id": task}
    return payload | ({"sampler_name": sampler} if sampler else {})


def other(size: int, seed: int, steps: int = 1, pictures: int = 1) -> dict[str, Any]:
    """A small job with a seed of its own, sent while another runs.

    Args:
        size: edge in pixels.
        seed: of its first picture.
        steps: sampling steps; 1 by default.
        pictures: iterations; 1 by default.
    """
    payload = one_image(size) | {"seed": seed, "steps": steps}
    return payload | ({"n_iter": pictures} if pictures > 1 else {})


def two_colours(width: int, height: int) -> Image.Image:
    """A picture whose left and right half differ, so that turning or flipping shows.

    Args:
        width: in pixels.
        height: in pixels.
    """
    image = Image.new("RGB", (width, height), (200, 60, 40))
    image.paste((40, 90, 200), (width // 2, 0, width, height))
    image.paste((240, 220, 80), (0, 0, width // 4, height // 4))
    return image
