"""The routes of ControlNet beside its lists: detect and render_openpose_json.

Source: scripts/api.py at 56cec5b2; recorded: cn-detect/*, cn-pose/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PIL import Image, ImageDraw

from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import HTTPError, ServerError
from mockserver.extensions.controlnet.maps import detect
from mockserver.http.routing import Call, Route
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.controlnet.catalogue import Catalogue, Module


_UNPROCESSABLE = 422
_NOT_SUPPORTED = ("clip_vision", "revision_clipvision", "revision_ignore_prompt", "ip-adapter-auto")
_KEYPOINTS = 18
_HAND = 21
_NUMBERS_A_POINT = 3
#: Pairs of keypoints that a limb joins.
_LIMBS = (
    (1, 2),
    (1, 5),
    (2, 3),
    (3, 4),
    (5, 6),
    (6, 7),
    (1, 8),
    (8, 9),
    (9, 10),
    (1, 11),
    (11, 12),
    (12, 13),
    (1, 0),
    (0, 14),
    (14, 16),
    (0, 15),
    (15, 17),
)
_HUES = 360


def answer_detect(
    call: Call[Webui],
    catalogue: Catalogue,
    numbers_of: Callable[[Mapping[str, Any], Module], list[float]],
) -> dict[str, Any]:
    """``POST /controlnet/detect``: the map of each picture.

    Args:
        call: the request.
        catalogue: the modules there are.
        numbers_of: the numbers that a module runs with, from those of the request.

    Raises:
        HTTPError: 422 for modules, pictures and masks that it refuses, 500 for a picture that
            cannot be decoded.
        ServerError: a mask that does not fit its picture.
    """
    values = call.values
    name, images, masks = (
        values[f"controlnet_{key}"] for key in ("module", "input_images", "masks")
    )
    module = catalogue.find(name)
    if module is None:
        raise HTTPError(_UNPROCESSABLE, "Module not available")
    if name in _NOT_SUPPORTED:
        raise HTTPError(_UNPROCESSABLE, "Module not supported")
    if not images:
        raise HTTPError(_UNPROCESSABLE, "No image selected")
    if module.requires_mask and len(masks) != len(images):
        text = f"Preprocessor {name} requires `controlnet_masks` param."
        raise HTTPError(_UNPROCESSABLE, text)
    own = {name.removeprefix("controlnet_"): value for name, value in values.items()}
    numbers = numbers_of(own, module)
    found = []
    for number, sent in enumerate(images):
        picture = loaded(read_picture(sent, call.webui.options, call.webui.profile.inputs))
        if number < len(masks) and module.accepts_mask:
            mask = read_picture(masks[number], call.webui.options, call.webui.profile.inputs)
            picture = _joined(picture, loaded(mask))
        found.append(_shown(detect(module, picture, numbers), module))
    return _detected(call, module, found)


def _detected(call: Call[Webui], module: Module, found: list[Image.Image]) -> dict[str, Any]:
    """The parts of the answer in their order."""
    result: dict[str, Any] = {"info": "Success"}
    if "openpose" in module.name:
        sizes = [image.size for image in found]
        result["poses"] = [
            {"people": [], "animals": [], "canvas_height": h, "canvas_width": w} for w, h in sizes
        ]
    if module.returns_image:
        result["images"] = [encoded(call, image) for image in found]
    else:
        result["tensor"] = ["" for _ in found]
    return result


def _joined(picture: Image.Image, mask: Image.Image) -> Image.Image:
    """The mask's first channel as a fourth one of the picture.

    Raises:
        ServerError: a mask of one channel, or of another size, or a picture with alpha already.
    """
    if len(mask.getbands()) == 1:
        text = "too many indices for array: array is 2-dimensional, but 3 were indexed"
        raise ServerError("IndexError", text)
    for axis, (own, other) in enumerate(zip(picture.size[::-1], mask.size[::-1], strict=True)):
        if own != other:
            text = "all the input array dimensions except for the concatenation axis must match"
            text += f" exactly, but along dimension {axis}, the array at index 0 has size {own}"
            raise ServerError("ValueError", f"{text} and the array at index 1 has size {other}")
    bands = len(picture.getbands())
    if bands == 1:
        text = "all the input arrays must have same number of dimensions, but the array at index"
        text += " 0 has 2 dimension(s) and the array at index 1 has 3 dimension(s)"
        raise ServerError("ValueError", text)
    if bands == len("RGBA"):
        raise ServerError("TypeError", "Cannot handle this data type: (1, 1, 5), |u1")
    joined = picture.convert("RGBA")
    joined.putalpha(mask.getchannel(0))
    return joined


def _shown(detected: Image.Image, module: Module) -> Image.Image:
    """A map with a mask shows what is masked as half transparent."""
    if not module.requires_mask:
        return detected
    if module.name.endswith("+lama"):
        return detected.convert("RGB")
    shown = detected.copy()
    shown.putalpha(detected.getchannel("A").point([255 - level // 2 for level in range(256)]))
    return shown


def encoded(call: Call[Webui], image: Image.Image) -> str:
    """A map as base64, in the webui's format for pictures.

    Args:
        call: the request.
        image: a picture; it is not changed.
    """
    webui = call.webui
    return Picture(Painted(lambda: image)).encoded(webui.options, webui.profile.outputs).base64()


def answer_render(call: Call[Webui]) -> dict[str, Any]:
    """``POST /controlnet/render_openpose_json``: each pose as a picture.

    Args:
        call: the request.

    Raises:
        ServerError: IndexError for a person without all 18 keypoints.
    """
    poses = call.values["items"]
    if not poses:
        return {"info": "No pose data detected."}
    return {"images": [encoded(call, _drawn(pose)) for pose in poses], "info": "Success"}


def _drawn(pose: dict[str, Any]) -> Image.Image:
    size = pose["canvas_width"], pose["canvas_height"]
    image = Image.new("RGB", (max(0, size[0]), max(0, size[1])))
    draw = ImageDraw.Draw(image)
    for person in pose["people"]:
        points = _points(person["pose_keypoints_2d"], size)
        for number, (start, end) in enumerate(_LIMBS):
            ends = points[start], points[end]
            if ends[0] is not None and ends[1] is not None:
                hue = number * _HUES // len(_LIMBS)
                draw.line([*ends[0], *ends[1]], f"hsl({hue}, 100%, 40%)", 4)
        for x, y in filter(None, points):
            draw.ellipse([x - 2, y - 2, x + 2, y + 2], "white")
        for part, least in (("hand_left", _HAND), ("hand_right", _HAND), ("face", 0)):
            numbers = person.get(f"{part}_keypoints_2d")
            for place in _points(numbers, size, least) if numbers else ():
                if place is not None:
                    draw.point(place, "white")
    return image


def _points(
    numbers: Sequence[float], size: tuple[int, int], least: int = _KEYPOINTS
) -> list[tuple[float, float] | None]:
    """Keypoints in pixels; None for one of no confidence.

    Numbers that are all below 1 are parts of the canvas.

    Raises:
        ServerError: too few keypoints, or numbers that are not x, y and confidence of each.
    """
    if not numbers:
        raise ServerError("TypeError", "'NoneType' object is not iterable")
    if len(numbers) % _NUMBERS_A_POINT:
        raise ServerError("AssertionError", "")
    places = range(0, len(numbers), _NUMBERS_A_POINT)
    triples = [numbers[at : at + _NUMBERS_A_POINT] for at in places]
    if len(triples) < least:
        raise ServerError("IndexError", "list index out of range")
    parts = all(0 <= x < 1 and 0 <= y < 1 for x, y, _ in triples)
    width, height = size if parts else (1, 1)
    return [(x * width, y * height) if sure >= 1 else None for x, y, sure in triples]


def get_route(name: str, answer: Any, takes: str = "") -> Route:
    """A list below /controlnet, open for everybody.

    Args:
        name: behind ``/controlnet/``.
        answer: makes the answer.
        takes: the model of the request; nothing by default.
    """
    return Route("GET", f"/controlnet/{name}", answer, takes, guarded=False)
