"""The pictures of a job: what each is painted from, and the steps that pass meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.networks import without_tags
from mockserver.backends.a1111.generation.noise import check_room
from mockserver.backends.sdnext.job import CELL
from mockserver.core.errors import ServerError, raises_upstream
from mockserver.imaging import masking
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import Overlay, PictureSpec, Pixels, Start
from mockserver.imaging.resize import CROP, FILL, STRETCH, flatten, resize_image

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.sdnext.job import Job, Source
    from mockserver.backends.sdnext.server import SdNext


if TYPE_CHECKING:
    Size = tuple[int, int]

_WHITE = "#ffffff"
#: Resize modes by number as the webui's; the painting of those it lacks is no other.
_MODES = {2: CROP, 3: FILL}


@raises_upstream
def _cut(image: Image.Image, box: tuple[int, int, int, int]) -> Image.Image:
    """A part of a picture; a padding below nothing may leave none."""
    return image.crop(box)


def start_of(source: Source, size: Size, values: dict[str, Any]) -> Start:
    """The beginning of a painting of that size.

    Args:
        source: picture and mask, as sent.
        size: of the painting.
        values: the request's fields.
    """
    image = _fitted(flatten(source.picture, _WHITE), size, values)
    denoising = float(values["denoising_strength"])
    if source.mask is None:
        return Start(Pixels(image), denoising)
    mask = _mask(source.mask, size, values)
    region = masking.get_crop_region(mask, values["inpaint_full_res_padding"] or 0)
    if not values["inpaint_full_res"] or region is None:
        return Start(Pixels(image), denoising, Pixels(mask))
    left, top, right, bottom = box = masking.expand_crop_region(region, size, size)
    return Start(
        Pixels(_cut(image, box).resize(size)),
        denoising,
        Pixels(_cut(mask, box).resize(size)),
        overlay=Overlay(Pixels(image), Pixels(mask)),
        paste_to=(left, top, right - left, bottom - top),
    )


def _fitted(image: Image.Image, size: Size, values: dict[str, Any]) -> Image.Image:
    return resize_image(_MODES.get(values["resize_mode"] or 0, STRETCH), image, *size)


def _mask(mask: Image.Image, size: Size, values: dict[str, Any]) -> Image.Image:
    grey = _fitted(masking.create_binary_mask(mask), size, values)
    if values["inpainting_mask_invert"]:
        grey = masking.invert_mask(grey)
    blur = values["mask_blur"] or 0
    return masking.blur_mask(grey, blur, blur)


#: The area whose step takes ``step_time``.
_AREA = 512 * 512
#: Channels of a latent, and the modes of pictures with one channel, two, and so on.
_LATENT = 4
_CHANNELS = (None, "LA", "RGB", "RGBA")
#: Previews have this share of a picture's sides.
_PREVIEW = 8


def spec(server: SdNext, job: Job, number: int, scale: int = 1) -> PictureSpec:
    """What picture `number` of all is painted from, `scale` times smaller.

    Args:
        server: the simulated server.
        job: the generation.
        number: of the picture, from 0.
        scale: by which it is smaller; 1 for the picture itself.
    """
    values = job.values
    width, height = (max(side // scale, 1) for side in job.size)
    start = start_of(job.source, (width, height), values) if job.source else None
    prompt, loras = _without_tags(server, job.prompts[number])
    return PictureSpec.of(
        width,
        height,
        start=start,
        prompt=prompt,
        loras=loras,
        negative_prompt=job.negative_prompts[number] or "",
        seed=job.seeds[number],
        subseed=job.subseeds[number] if values["subseed_strength"] else None,
        subseed_strength=values["subseed_strength"] or None,
        steps=max(1, int(values["steps"])),
        cfg_scale=values["cfg_scale"],
        tiling=bool(values["tiling"]),
        sampler=job.sampler,
        model=server.loaded_model().get("model_name"),
        clip_skip=values["clip_skip"],
    )


def _without_tags(server: SdNext, prompt: str) -> tuple[str, tuple[str, ...] | None]:
    """The prompt as the text encoder sees it, and the tags of Loras that the server has.

    Recorded: t2i-prompt/leading-space and hypernet-missing, which give the same pixels.
    """
    (bare,), found = without_tags([prompt])
    known = {name for row in server.listed("loras") for name in (row["name"], row["alias"])}
    tags = [tag for tag in found.tags.get("lora", ()) if tag[0] in known]
    return bare.strip(), tuple(":".join(map(str, tag)) for tag in tags) or None


def networks_of(server: SdNext, prompt: str) -> list[str]:
    """Names of the LoRAs that a prompt asks for and the server has, each once.

    Args:
        server: the simulated server.
        prompt: with the tags.
    """
    _, found = without_tags([prompt])
    aliases = {row["alias"]: row["name"] for row in server.listed("loras")}
    names = {row["name"]: row["name"] for row in server.listed("loras")}
    known = aliases | names
    return list(dict.fromkeys(known[t[0]] for t in found.tags.get("lora", ()) if t[0] in known))


def draws(server: SdNext, job: Job) -> bool:
    """Whether the pipeline takes the job; where it does not, the answer has no pictures.

    Args:
        server: the simulated server.
        job: the generation.

    Recorded: t2i-size/-64x64, t2i-sampler/PNDM, i2i/denoise0, i2i/steps0.
    """
    if min(job.size) <= 0 or job.sampler in server.program.undrawn:
        return False
    if job.source is None:
        return True
    strength, steps = job.values["denoising_strength"], int(job.values["steps"])
    if server.program.draws_anything or not 0 < strength <= 1:
        return bool(0 <= strength <= 1) and server.program.draws_anything
    return int(max(1, steps // strength + 1) * strength) >= 1


def draw(server: SdNext, job: Job) -> list[Painted]:
    """The pictures of one iteration, once its steps have passed.

    Args:
        server: the simulated server.
        job: the generation.

    Raises:
        ServerError: the latent is too narrow, or has more pixels than any card holds.
    """
    numbers = list(range(len(job.seeds)))[job.batch]
    check_room(job.size[0] // CELL * (job.size[1] // CELL), len(numbers))
    _pass_steps(server, job, numbers)
    job.finished = True
    made = [server.gallery.get(spec(server, job, number)) for number in numbers]
    return [_narrow(picture, job.size) for picture in made]


def _narrow(picture: Painted, size: tuple[int, int]) -> Painted:
    """The picture, but for a latent of up to four cells in width, which is taken for a picture.

    Its cells become the channels, so that one is an error, and two are more than a JPEG holds.
    Source: modules/processing_vae.py ``vae_decode``; recorded: t2i-size/8x8.
    """
    cells, rows = size[0] // CELL, size[1] // CELL
    if cells > len(_CHANNELS):
        return picture
    mode = _CHANNELS[cells - 1]
    if mode is None:
        raise ServerError("TypeError", "Cannot handle this data type: (1, 1, 1), |u1")
    return Painted(lambda: picture.image.resize((rows, _LATENT)).convert(mode))


def _pass_steps(server: SdNext, job: Job, numbers: list[int]) -> None:
    state, steps = server.state, max(1, int(job.values["steps"]))
    state.start_sampling(steps)
    state.latent = lambda: _preview(server, job, numbers[0])
    width, height = job.size
    seconds = server.pace.step_time * width * height / _AREA * len(numbers)
    if not seconds:
        state.sampling_step = steps
        return
    for step in range(steps):
        if state.ends_sampling:
            return
        server.clock.sleep(seconds)
        state.sampling_step = step + 1


def _preview(server: SdNext, job: Job, number: int) -> Any:
    from mockserver.imaging.painted import paint  # noqa: PLC0415 - start-up time

    wanted = spec(server, job, number, _PREVIEW)
    return Painted(lambda: paint(wanted))
