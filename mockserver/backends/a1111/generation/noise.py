"""The noise that sampling starts from: seeds and sizes that torch refuses.

Source: modules/rng.py ``ImageRNG``, at v1.10.1; recorded: t2i-size/-64x64, t2i-field/width-2.
The texts are torch's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import OPERATIONS, ServerError, raises_upstream, server_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.processing import Processing


#: Pixels of a latent's side, and its channels.
FACTOR = 8
_CHANNELS = 4
#: Latent points of all pictures of a batch: 8192x8192 pixels.
_MOST_AREA = 1 << 20
#: Bytes of attention scores for each two points: eight heads, two bytes each.
_ATTENTION_BYTES = 16
_GIB = 1 << 30
#: Heights and widths that say that the seed is not resized.
_NO_RESIZE = ((-1, -1), (0, 0))
_LEAST_SEED, _SEED_END = -(2**63), 2**64


@raises_upstream
def latent_shape(width: Any, height: Any) -> tuple[int, int, int]:
    """Channels, height and width of the latent of a picture.

    Args:
        width: in pixels.
        height: in pixels.
    """
    rows = height // FACTOR
    return _CHANNELS, rows, width // FACTOR


def batch_shape(p: Processing, multiple: int) -> tuple[int, int, int]:
    """Shape of the latents of a batch, whose seeds fit.

    Args:
        p: the generation; its `seeds` are those of the batch.
        multiple: number of pixels of which the sides must be multiples: the model halves the
            latent and doubles it again, and insists on the size it had.

    Raises:
        ServerError: a size or a seed that torch refuses.
    """
    try:
        shape = _CHANNELS, p.height // FACTOR, p.width // FACTOR
        if p.width % multiple or p.height % multiple:
            raise ServerError("RuntimeError", "Sizes of tensors must match except in dimension 1.")
        for seed in p.seeds:
            check_seed(seed)
    except OPERATIONS as error:
        raise server_error(error) from error
    return shape


def check_seed(seed: int) -> None:
    """Seeds must fit 64 bits, signed or not.

    Args:
        seed: of one picture.
    """
    if not _LEAST_SEED <= seed < _SEED_END:
        raise ServerError("ValueError", "Overflow when unpacking long long")


def _check_dimensions(shape: Sequence[int]) -> None:
    for size in shape:
        if size < 0:
            raise ServerError(
                "RuntimeError",
                f"Trying to create tensor with negative dimension {size}: {list(shape)}",
            )


@raises_upstream
def _noise_shape(shape: tuple[int, int, int], height: Any, width: Any) -> tuple[int, int, int]:
    """Shape of the noise that the seed makes: another one with seed resize."""
    if height <= 0 or width <= 0:
        return shape
    return shape[0], int(height) // FACTOR, int(width // FACTOR)


@raises_upstream
def _blend(strength: Any) -> float:
    """The share of the noise that the variation leaves."""
    return float(1.0 - strength)


@raises_upstream
def _shifted(seed: int, delta: Any) -> int:
    return int(seed + delta)


def draw(p: Processing, shape: tuple[int, int, int], delta: Any) -> None:
    """Draw the first noise of a batch, as far as it can fail.

    Args:
        p: the generation; `check_seed` has passed its `seeds`.
        shape: of the latent.
        delta: option eta_noise_seed_delta.

    Raises:
        ServerError: sizes or seeds that torch refuses, a variation strength that is None.
    """
    noise_shape = shape
    if (p.seed_resize_from_h, p.seed_resize_from_w) not in _NO_RESIZE:
        noise_shape = _noise_shape(shape, p.seed_resize_from_h, p.seed_resize_from_w)
    varied = p.subseed_strength != 0
    for number in range(len(p.seeds)):
        if varied:
            check_seed(subseed_of(p, number))
        _check_dimensions(noise_shape)
        if varied:
            _blend(p.subseed_strength)
        _check_dimensions(shape)
    if delta:
        for seed in p.seeds:
            check_seed(_shifted(seed, delta))


def subseed_of(p: Processing, number: int) -> int:
    """The subseed of a picture of the current batch.

    Args:
        p: the generation.
        number: place of the picture in the iteration, from 0.
    """
    place = p.iteration * p.batch_size + number
    return p.all_subseeds[place] if place < len(p.all_subseeds) else 0


def check_latent(shape: tuple[int, int, int], pictures: int) -> None:
    """The first layer of the U-Net needs a latent with something in it, and room for it.

    Args:
        shape: channels, height and width.
        pictures: how many there are at once.

    Raises:
        ServerError: no size at all, or more pixels at once than any card holds.
    """
    _, height, width = shape
    if height < 1 or width < 1:
        raise ServerError(
            "RuntimeError",
            f"Calculated padded input size per channel: ({height + 2} x {width + 2}). "
            "Kernel size: (3 x 3). Kernel size can't be greater than actual input size",
        )
    check_room(height * width, pictures)


def sizes_differ(wanted: int, found: int) -> ServerError:
    """What torch answers to two tensors that are put together and do not fit.

    Args:
        wanted: rows or columns of the first one.
        found: of the second one.
    """
    return ServerError(
        "RuntimeError",
        "Sizes of tensors must match except in dimension 1. "
        f"Expected size {wanted} but got size {found} for tensor number 1 in the list.",
    )


def check_one_point(shape: tuple[int, int, int], asked: int) -> None:
    """A latent of one point has the size of the empty conditioning, and is put together with it.

    Args:
        shape: of the latent.
        asked: for how many pictures, negative prompts counted too.

    Raises:
        ServerError: the U-Net's first layer takes no nine channels.

    Source: recorded of Forge and reForge: t2i-size/8x8.
    """
    if shape[1:] == (1, 1):
        raise ServerError(
            "RuntimeError",
            "Given groups=1, weight of size [320, 4, 3, 3], expected "
            f"input[{asked}, 9, 1, 1] to have 4 channels, but got 9 channels instead",
        )


def undecodable(shape: tuple[int, int, int]) -> ServerError:
    """What the VAE's first layer answers to a latent without a size.

    The model may not have met it: some samplers do not ask it.

    Args:
        shape: channels, height and width.
    """
    _, height, width = shape
    return ServerError(
        "RuntimeError",
        f"Calculated padded input size per channel: ({height} x {width}). "
        "Kernel size: (1 x 1). Kernel size can't be greater than actual input size",
    )


def check_room(area: int, pictures: int = 1) -> None:
    """Refuse what no card has room for; the mock would have to find it too.

    Args:
        area: latent points of one picture.
        pictures: how many there are at once.

    Raises:
        ServerError: torch's OutOfMemoryError; its text is an assumption, no recording has one.
    """
    if area * pictures > _MOST_AREA:
        wanted = area**2 * pictures * _ATTENTION_BYTES / _GIB
        raise ServerError(
            "OutOfMemoryError", f"CUDA out of memory. Tried to allocate {wanted:.2f} GiB."
        )
