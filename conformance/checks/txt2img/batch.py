"""Checks of seeds, batches and iterations."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.pictures import distance, is_unmoved, moved, same
from conformance.checks.support.settings import needs_metadata, noted, options, written
from conformance.checks.txt2img.answer import pictures
from conformance.client.info import parse_infotext
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from PIL.Image import Image

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_STRENGTH = 0.5
# Beyond what a signed number of 32 bits holds; seeds go up to twice that.
_BITS_31 = 2**31
_BITS_33 = 2**33
# Options that put pictures and grids on the disk.
_SAVES = ("samples_save", "grid_save")


@check("TXT2IMG-014", own_steps=1)
def a_random_seed_becomes_real(context: CheckContext) -> None:
    """The shared request with seed -1."""
    random = context.varied(seed=-1)
    expect.equal(random.parameters.get("seed"), -1, "parameters.seed", random.exchange)
    _real_seed(random)


@check("TXT2IMG-015", own_steps=2)
def random_seeds_differ(context: CheckContext) -> None:
    """Two requests with seed -1."""
    first = context.varied(seed=-1)
    second = context.generate(first.payload)
    seeds = [_real_seed(first), _real_seed(second)]
    actual = f"both times it is {seeds[0]}"
    expect.that(seeds[0] != seeds[1], "another seed each time", actual, second.exchange)


@check("TXT2IMG-016", needs=("one_image", "one_image_again"))
def same_seed_same_picture(context: CheckContext) -> None:
    """The shared request, sent twice."""
    same(context, context.one_image, context.one_image_again, "the same request")


@check("TXT2IMG-017", needs=("one_image", "one_image_again"), own_steps=2)
def other_seed_other_picture(context: CheckContext) -> None:
    """The shared request with the next seed, and with one that is the same in 31 bits."""
    seed = context.one_image.payload["seed"]
    moved(context, context.one_image, [context.varied(seed=seed + 1)], "another seed")
    large = context.varied(seed=seed + _BITS_31)
    moved(context, context.one_image, [large], f"the seed {seed + _BITS_31} in place of {seed}")


@check("TXT2IMG-086", needs=("one_image", "one_image_again"), own_steps=2)
def the_reported_seed_makes_the_picture_again(context: CheckContext) -> None:
    """A picture of a random seed, and that of the seed in its info."""
    random = context.varied(seed=-1)
    again = context.varied(seed=_real_seed(random))
    same(context, random, again, "the seed in info")


@check("TXT2IMG-110", own_steps=2)
def seed_zero_is_a_seed(context: CheckContext) -> None:
    """Seed 0, twice."""
    zero = context.varied(seed=0)
    expect.equal(zero.info.get("seed"), 0, "info.seed for seed 0", zero.exchange)
    again = context.generate(zero.payload)
    expect.equal(again.info.get("seed"), 0, "info.seed for seed 0", again.exchange)
    _ = context.one_image, context.one_image_again
    same(context, zero, again, "seed 0, sent again")


@check("TXT2IMG-111", own_steps=1)
def large_seeds_are_reported_whole(context: CheckContext) -> None:
    """A seed of 34 bits; pictures say nothing, for a CPU makes its noise of the lower 32 bits."""
    seed = _BITS_33 + context.one_image.payload["seed"]
    large = context.varied(seed=seed)
    expect.equal(large.info.get("seed"), seed, "info.seed", large.exchange)
    found = large.values.seed
    expect.equal(found, seed, "Seed in the infotext", large.exchange)


@check("TXT2IMG-112", needs=("one_image", "one_image_again"), own_steps=1)
def noise_of_another_size(context: CheckContext) -> None:
    """The noise of a picture of twice the size, cut."""
    edge = 2 * context.settings.size
    resized = context.varied(seed_resize_from_w=edge, seed_resize_from_h=edge)
    reported = resized.values.value("Seed resize from")
    expect.equal(reported, f"{edge}x{edge}", "Seed resize from in the infotext", resized.exchange)
    moved(context, context.one_image, [resized], "the seed of a larger picture")


@check("TXT2IMG-087", needs=("one_image", "one_image_again"), own_steps=3)
def a_variation_is_another_picture(context: CheckContext) -> None:
    """The shared request at half strength of two subseeds."""
    one = context.varied(subseed=100, subseed_strength=_STRENGTH)
    other = context.varied(subseed=101, subseed_strength=_STRENGTH)
    expect.equal(one.info.get("subseed"), 100, "info.subseed", one.exchange)
    found = one.info.get("subseed_strength")
    expect.equal(found, _STRENGTH, "info.subseed_strength", one.exchange)
    moved(context, context.one_image, [one], f"subseed_strength {_STRENGTH}")
    moved(context, one, [other], "another subseed")
    stronger = context.varied(subseed=100, subseed_strength=1)
    moved(context, one, [stronger], f"subseed_strength 1 in place of {_STRENGTH}")


def _real_seed(generation: Generation) -> int:
    __tracebackhide__ = True
    seed = generation.info.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        actual = f"it is {expect.shown(seed)}"
        raise Failed("info.seed to be a seed from 0 on", actual, generation.exchange)
    return seed


@check("TXT2IMG-008", needs=("one_image", "batch_of_two"))
def one_infotext_for_each_image(context: CheckContext) -> None:
    """One picture, and two."""
    for generation in (context.one_image, context.batch_of_two):
        count = len(generation.infotexts)
        what = "the number of infotexts"
        expect.equal(count, len(generation.images), what, generation.exchange)


@check("TXT2IMG-018", needs=("batch_of_two",))
def batch_size_two(context: CheckContext) -> None:
    """Images and seeds of a batch."""
    pictures(context.batch_of_two, 2)
    seeds_count_up(context.batch_of_two, 2)


@check("TXT2IMG-019", needs=("two_iterations",))
def two_iterations(context: CheckContext) -> None:
    """Images and seeds of two iterations."""
    pictures(context.two_iterations, 2)
    seeds_count_up(context.two_iterations, 2)


@check("TXT2IMG-020", needs=("batch_of_two",), own_steps=4)
def two_iterations_of_two(context: CheckContext) -> None:
    """Images, seeds and infotexts of two batches of two; the first is compared with one alone."""
    four = context.varied(n_iter=2, batch_size=2)
    pictures(four, 4)
    seeds_count_up(four, 4)
    reported = [parse_infotext(text).seed for text in four.infotexts]
    expect.equal(reported, _seeds(four, 4), "the seeds of the infotexts", four.exchange)
    pictures(context.batch_of_two, 2)
    _are_in_order(four, [picture.image for picture in context.batch_of_two.pictures], "two batches")


@check("TXT2IMG-021", needs=("batch_of_two",))
def no_grid(context: CheckContext) -> None:
    """Where the pictures of a batch begin, and how large each is."""
    first = context.batch_of_two.info.get("index_of_first_image")
    expect.equal(first, 0, "info.index_of_first_image", context.batch_of_two.exchange)
    sizes = {picture.size for picture in context.batch_of_two.pictures}
    actual = f"the sizes are {sorted(sizes)}"
    expect.that(
        len(sizes) == 1, "images of one size, and no grid", actual, context.batch_of_two.exchange
    )


@check("TXT2IMG-022", needs=("batch_of_two",))
def own_seed_in_the_metadata(context: CheckContext) -> None:
    """The metadata of both pictures of a batch."""
    needs_metadata(context)
    pictures(context.batch_of_two, 2)
    reported = [parse_infotext(written(context.batch_of_two, number)).seed for number in range(2)]
    expect.equal(
        reported,
        _seeds(context.batch_of_two, 2),
        "the seeds in the metadata",
        context.batch_of_two.exchange,
    )


@check("TXT2IMG-023", needs=("batch_of_two", "two_iterations"))
def subseeds_count_up(context: CheckContext) -> None:
    """all_subseeds of two pictures, compared with all_seeds and subseed."""
    for generation in (context.batch_of_two, context.two_iterations):
        info, exchange = generation.info, generation.exchange
        first = info.get("subseed")
        seeds = info.get("all_seeds")
        if not isinstance(first, int) or not isinstance(seeds, list):
            actual = f"they are {expect.shown(first)} and {expect.shown(seeds)}"
            raise Failed("info.subseed and info.all_seeds", actual, exchange)
        wanted = [first + number for number in range(len(seeds))]
        expect.equal(info.get("all_subseeds"), wanted, "info.all_subseeds", exchange)


@check("TXT2IMG-024", own_steps=2)
def a_variation_keeps_its_seed(context: CheckContext) -> None:
    """Two iterations at half strength."""
    varied = context.varied(n_iter=2, subseed=100, subseed_strength=0.5)
    seed, exchange = varied.payload["seed"], varied.exchange
    expect.equal(varied.info.get("all_seeds"), [seed, seed], "info.all_seeds", exchange)
    expect.equal(varied.info.get("all_subseeds"), [100, 101], "info.all_subseeds", exchange)
    for number, text in enumerate(varied.infotexts):
        values = parse_infotext(text).parameters
        wanted = {"Variation seed": str(100 + number), "Variation seed strength": "0.5"}
        found = {name: values.get(name) for name in wanted}
        expect.equal(found, wanted, f"infotexts[{number}]", exchange)


@check("TXT2IMG-064", own_steps=2)
def a_grid_comes_first_when_saving(context: CheckContext) -> None:
    """Two pictures that the server is to save, while its options keep them off the disk."""
    if options(context).get("return_grid") is not True:
        raise Skip("the option return_grid is off, so no grid is returned")
    off = {name: False for name in _SAVES if options(context).get(name) is True}
    fields: dict[str, Any] = {"override_settings": off} if off else {}
    with noted(context) if off else nullcontext():
        saved = context.varied(batch_size=2, save_images=True, **fields)
    pictures(saved, 3)
    first = saved.info.get("index_of_first_image")
    expect.equal(first, 1, "info.index_of_first_image", saved.exchange)
    grid, picture = saved.pictures[0].size, saved.pictures[1].size
    larger = grid[0] * grid[1] >= 2 * picture[0] * picture[1]
    expect.that(larger, f"a grid of two {picture}", f"it is {grid}", saved.exchange)


@check("TXT2IMG-084", needs=("one_image", "one_image_again", "batch_of_two", "two_iterations"))
def pictures_of_a_batch_differ(context: CheckContext) -> None:
    """The two pictures of a batch, and those of two iterations."""
    for generation, field in (
        (context.batch_of_two, "batch_size"),
        (context.two_iterations, "n_iter"),
    ):
        pictures(generation, 2)
        one, other = (picture.image for picture in generation.pictures)
        if is_unmoved(context, distance(one, other)):
            expected = f"two pictures for {field} 2"
            raise Failed(expected, "the same picture twice", generation.exchange)


@check("TXT2IMG-085", needs=("one_image", "batch_of_two", "two_iterations"), own_steps=1)
def pictures_are_in_the_order_of_their_seeds(context: CheckContext) -> None:
    """Pictures of a batch and of two iterations, compared with those of their seeds alone."""
    alone = [
        context.one_image.picture.image,
        context.varied(seed=context.one_image.payload["seed"] + 1).picture.image,
    ]
    for generation, field in (
        (context.batch_of_two, "batch_size 2"),
        (context.two_iterations, "n_iter 2"),
    ):
        pictures(generation, 2)
        _are_in_order(generation, alone, field)


def _are_in_order(generation: Generation, wanted: list[Image], what: str) -> None:
    """The first pictures are those wanted, which are two of different seeds."""
    __tracebackhide__ = True
    between = distance(*wanted)
    for number, image in enumerate(wanted):
        gap = distance(generation.pictures[number].image, image)
        if gap > between / 2:
            expected = f"images[{number}] of {what} to be the picture of its seed"
            actual = f"it differs from that by {gap:.1f} of 255 on average"
            raise Failed(expected, actual, generation.exchange)


def seeds_count_up(generation: Generation, count: int) -> None:
    """all_seeds counts up from the seed that was sent.

    Args:
        generation: an answer of txt2img or img2img.
        count: how many are expected.
    """
    __tracebackhide__ = True
    found = generation.info.get("all_seeds")
    expect.equal(found, _seeds(generation, count), "info.all_seeds", generation.exchange)


def _seeds(generation: Generation, count: int) -> list[int]:
    first: int = generation.payload["seed"]
    return [first + number for number in range(count)]
