"""Checks of several pictures in one answer: TXT2IMG-008, -018 to -024, -064, -084, -085.

Source: modules/processing.py, process_images_inner, at v1.10.1 and the recorded group
``t2i-batch``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import needs_metadata, options, written
from conformance.checks.likeness import distance, is_unmoved
from conformance.checks.registry import check
from conformance.checks.txt2img_answer import pictures
from conformance.client.infotext import parse_infotext
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from PIL.Image import Image

    from conformance.lab import Generation, Lab


@check("TXT2IMG-008", needs=("r1", "r2"))
def one_infotext_for_each_image(lab: Lab) -> None:
    """One picture, and two."""
    for generation in (lab.r1, lab.r2):
        count = len(generation.infotexts)
        what = "the number of infotexts"
        expect.equal(count, len(generation.images), what, generation.exchange)


@check("TXT2IMG-018", needs=("r2",))
def batch_size_two(lab: Lab) -> None:
    """Images and seeds of a batch."""
    pictures(lab.r2, 2)
    seeds_count_up(lab.r2, 2)


@check("TXT2IMG-019", needs=("r3",))
def two_iterations(lab: Lab) -> None:
    """Images and seeds of two iterations."""
    pictures(lab.r3, 2)
    seeds_count_up(lab.r3, 2)


@check("TXT2IMG-020", needs=("r2",), own_steps=4)
def two_iterations_of_two(lab: Lab) -> None:
    """Images, seeds and infotexts of two batches of two, the first beside that batch alone."""
    four = lab.varied(n_iter=2, batch_size=2)
    pictures(four, 4)
    seeds_count_up(four, 4)
    told = [parse_infotext(text).seed for text in four.infotexts]
    expect.equal(told, _seeds(four, 4), "the seeds of the infotexts", four.exchange)
    pictures(lab.r2, 2)
    _stand_in_order(four, [picture.image for picture in lab.r2.pictures], "two batches")


@check("TXT2IMG-021", needs=("r2",))
def no_grid(lab: Lab) -> None:
    """Where the pictures of a batch begin, and how large each is."""
    first = lab.r2.info.get("index_of_first_image")
    expect.equal(first, 0, "info.index_of_first_image", lab.r2.exchange)
    sizes = {picture.size for picture in lab.r2.pictures}
    actual = f"the sizes are {sorted(sizes)}"
    expect.that(len(sizes) == 1, "images of one size, and no grid", actual, lab.r2.exchange)


@check("TXT2IMG-022", needs=("r2",))
def own_seed_in_the_metadata(lab: Lab) -> None:
    """The metadata of both pictures of a batch."""
    needs_metadata(lab)
    pictures(lab.r2, 2)
    told = [parse_infotext(written(lab.r2, number)).seed for number in range(2)]
    expect.equal(told, _seeds(lab.r2, 2), "the seeds in the metadata", lab.r2.exchange)


@check("TXT2IMG-023", needs=("r2", "r3"))
def subseeds_count_up(lab: Lab) -> None:
    """all_subseeds of two pictures, beside all_seeds and subseed."""
    for generation in (lab.r2, lab.r3):
        info, exchange = generation.info, generation.exchange
        first = info.get("subseed")
        seeds = info.get("all_seeds")
        if not isinstance(first, int) or not isinstance(seeds, list):
            actual = f"they are {expect.shown(first)} and {expect.shown(seeds)}"
            raise Failed("info.subseed and info.all_seeds", actual, exchange)
        wanted = [first + number for number in range(len(seeds))]
        expect.equal(info.get("all_subseeds"), wanted, "info.all_subseeds", exchange)


@check("TXT2IMG-024", own_steps=2)
def a_variation_keeps_its_seed(lab: Lab) -> None:
    """Two iterations at half strength."""
    varied = lab.varied(n_iter=2, subseed=100, subseed_strength=0.5)
    seed, exchange = varied.payload["seed"], varied.exchange
    expect.equal(varied.info.get("all_seeds"), [seed, seed], "info.all_seeds", exchange)
    expect.equal(varied.info.get("all_subseeds"), [100, 101], "info.all_subseeds", exchange)
    for number, text in enumerate(varied.infotexts):
        values = parse_infotext(text).parameters
        wanted = {"Variation seed": str(100 + number), "Variation seed strength": "0.5"}
        found = {name: values.get(name) for name in wanted}
        expect.equal(found, wanted, f"infotexts[{number}]", exchange)


@check("TXT2IMG-064", own_steps=2)
def a_grid_comes_first_when_saving(lab: Lab) -> None:
    """Two pictures that the server saves."""
    if options(lab).get("return_grid") is not True:
        raise Skip("the option return_grid is off, so no grid is returned")
    saved = lab.varied(batch_size=2, save_images=True)
    pictures(saved, 3)
    first = saved.info.get("index_of_first_image")
    expect.equal(first, 1, "info.index_of_first_image", saved.exchange)
    grid, picture = saved.pictures[0].size, saved.pictures[1].size
    larger = grid[0] * grid[1] >= 2 * picture[0] * picture[1]
    expect.that(larger, f"a grid of two {picture}", f"it is {grid}", saved.exchange)


@check("TXT2IMG-084", needs=("r1", "r1_again", "r2", "r3"))
def pictures_of_a_batch_differ(lab: Lab) -> None:
    """The two pictures of a batch, and those of two iterations."""
    for generation, field in ((lab.r2, "batch_size"), (lab.r3, "n_iter")):
        pictures(generation, 2)
        one, other = (picture.image for picture in generation.pictures)
        if is_unmoved(lab, distance(one, other)):
            expected = f"two pictures for {field} 2"
            raise Failed(expected, "the same picture twice", generation.exchange)


@check("TXT2IMG-085", needs=("r1", "r2", "r3"), own_steps=1)
def pictures_stand_in_the_order_of_their_seeds(lab: Lab) -> None:
    """Pictures of a batch and of two iterations, beside those that their seeds give alone."""
    alone = [lab.r1.picture.image, lab.varied(seed=lab.r1.payload["seed"] + 1).picture.image]
    for generation, field in ((lab.r2, "batch_size 2"), (lab.r3, "n_iter 2")):
        pictures(generation, 2)
        _stand_in_order(generation, alone, field)


def _stand_in_order(generation: Generation, wanted: list[Image], what: str) -> None:
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
    """all_seeds counts up from the seed that was sent."""
    __tracebackhide__ = True
    found = generation.info.get("all_seeds")
    expect.equal(found, _seeds(generation, count), "info.all_seeds", generation.exchange)


def _seeds(generation: Generation, count: int) -> list[int]:
    first: int = generation.payload["seed"]
    return [first + number for number in range(count)]
