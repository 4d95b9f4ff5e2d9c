"""Checks of what the lists hold, LIST-018 to LIST-030."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.expect import came_while_running
from conformance.checks.support.settings import upstream_like
from conformance.runner.registry import check
from conformance.runner.watch import MODELS
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_SHORT_HASH = re.compile(r"[0-9a-f]{10}")
_SLOW = 2.0
_BUILT_IN = {
    "prompt matrix",
    "prompts from file or textbox",
    "x/y/z plot",
    "loopback",
    "sd upscale",
}
_CHOSEN_FROM = ("upscalers", "schedulers", "latent-upscale-modes", "prompt-styles")


@check("LIST-018")
def sampler_names_are_unique(context: CheckContext) -> None:
    """At least one sampler, none without a name, none twice."""
    exchange = context.read("samplers")
    names = [item.get("name") for item in _objects(exchange)]
    expect.that(bool(names), "at least one sampler", "the list is empty", exchange)
    expect.that(all(names), "a name for every sampler", "one has none", exchange)
    _unique(names, "sampler names", exchange)


@check("LIST-019")
def sampler_options_are_text(context: CheckContext) -> None:
    """Every value in the options of every sampler is text."""
    exchange = context.read("samplers")
    for item in _objects(exchange):
        for key, value in (item.get("options") or {}).items():
            what = f"option {key} of sampler {item.get('name')!r}"
            expect.that(isinstance(value, str), f"{what} to be text", expect.shown(value), exchange)


@check("LIST-020")
def euler_and_euler_a(context: CheckContext) -> None:
    """The two samplers that everybody falls back on."""
    _present(context.read("samplers"), "Euler", "Euler a")


@check("LIST-021")
def first_scheduler_is_automatic(context: CheckContext) -> None:
    """The first scheduler, by its label."""
    exchange = context.read("schedulers")
    first = next(iter(_objects(exchange)), {})
    expect.equal(first.get("label"), "Automatic", "label of the first scheduler", exchange)


@check("LIST-022")
def upscalers_without_a_model(context: CheckContext) -> None:
    """None comes first, and Lanczos and Nearest are there."""
    exchange = context.read("upscalers")
    first = next(iter(_objects(exchange)), {})
    expect.equal(first.get("name"), "None", "name of the first upscaler", exchange)
    _present(exchange, "Lanczos", "Nearest")


@check("LIST-023")
def model_titles(context: CheckContext) -> None:
    """Titles are unique, name their file, and end with the hash where it is known."""
    exchange = context.read("sd-models")
    models = _objects(exchange)
    _unique([model.get("title") for model in models], "model titles", exchange)
    for model in models:
        _title_fits(model, exchange)


@check("LIST-024")
def model_hashes(context: CheckContext) -> None:
    """A hash is ten hex digits, the first of the sha256."""
    exchange = context.read("sd-models")
    for model in _objects(exchange):
        short, full = model.get("hash"), model.get("sha256")
        if short is None:
            continue
        what = f"hash of {model.get('title')!r}"
        form = isinstance(short, str) and _SHORT_HASH.fullmatch(short)
        expect.that(bool(form), f"{what} to be ten lower-case hex digits", repr(short), exchange)
        if isinstance(full, str):
            expect.equal(short, full[:10], what, exchange)


@check("LIST-025")
def lists_are_stable(context: CheckContext) -> None:
    """Samplers and models, asked a second time; a model that was loaded since has a hash now."""
    for path in ("samplers", "sd-models"):
        first = expect.json_of(expect.ok(context.read(path)))
        again = expect.ok(context.get(path))
        now = expect.json_of(again)
        if not expect.same(_without_new_hashes(now, first), _without_new_hashes(first, first)):
            raise Failed(f"{path} to be the same twice", "the second answer differs", again)


@check("LIST-026", needs=("watched",))
def lists_answer_while_a_job_runs(context: CheckContext) -> None:
    """sd-models, asked while a job runs, comes at once and before the job ends."""
    job = context.watched
    looks = job.of(MODELS)
    slow = next((look for look in looks if look.exchange.elapsed >= _SLOW), None)
    if slow is not None:
        took = f"it took {slow.exchange.elapsed:.1f} s while a job ran"
        raise Failed("sd-models within 2 s", took, slow.exchange)
    came_while_running(job, looks, context.read("sd-models").elapsed)
    for look in looks:
        expect.ok(look.exchange)


@check("LIST-027")
def scripts_agree(context: CheckContext) -> None:
    """Every name of script-info is in scripts, with the webui and its forks in its own tab."""
    exchange = context.read("script-info")
    names = {item.get("name") for item in _objects(exchange)}
    known = {*context.names.scripts("txt2img"), *context.names.scripts("img2img")}
    lost = sorted(str(name) for name in names - known)
    expect.that(not lost, "every script named in scripts", f"missing: {', '.join(lost)}", exchange)
    if upstream_like(context):
        for tab, of_img2img in (("txt2img", False), ("img2img", True)):
            _named_in_its_tab(context, exchange, tab, of_img2img=of_img2img)


@check("LIST-028")
def latent_modes(context: CheckContext) -> None:
    """The default mode and the usual choice."""
    _present(context.read("latent-upscale-modes"), "Latent", "Latent (nearest-exact)")


@check("LIST-029")
def scripts_are_described(context: CheckContext) -> None:
    """The scripts that come with the webui, as far as scripts names them, in script-info too.

    Of others the reference itself names some that it does not describe: recorded, Hypertile.
    """
    exchange = context.read("script-info")
    described = {item.get("name") for item in _objects(exchange)}
    named = {*context.names.scripts("txt2img"), *context.names.scripts("img2img")}
    lost = ", ".join(sorted(named & _BUILT_IN - described))
    expect.that(not lost, "the scripts of the webui itself", f"missing: {lost}", exchange)


@check("LIST-030")
def names_are_unique(context: CheckContext) -> None:
    """The lists by whose names a request chooses."""
    for path in _CHOSEN_FROM:
        names = [item.get("name") for item in _objects(context.read(path))]
        _unique(names, f"names in {path}", context.read(path))


def _without_new_hashes(items: Any, first: Any) -> Any:
    """A list without the hashes of those that had none at first, which their titles end with."""
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in [*items, *first]):
        return items
    unknown = {str(i.get("filename")) for i in first if i.get("hash", "") is None}
    return [
        item | {"hash": None, "sha256": None, "title": str(item.get("title")).partition(" [")[0]}
        if str(item.get("filename")) in unknown
        else item
        for item in items
    ]


def _named_in_its_tab(
    context: CheckContext, exchange: Exchange, tab: str, *, of_img2img: bool
) -> None:
    __tracebackhide__ = True
    described = [item for item in _objects(exchange) if item.get("is_img2img") is of_img2img]
    known = context.names.scripts(tab)
    lost = sorted({str(item.get("name")) for item in described} - {*known})
    expected = f"every script of {tab} named in its list"
    expect.that(not lost, expected, f"missing: {', '.join(lost)}", exchange)


def _objects(exchange: Exchange) -> list[dict[str, Any]]:
    __tracebackhide__ = True
    found = expect.json_array(expect.ok(exchange))
    expect.that(all(isinstance(i, dict) for i in found), "objects", expect.shown(found), exchange)
    return found


def _present(exchange: Exchange, *wanted: str) -> None:
    __tracebackhide__ = True
    names = [item.get("name") for item in _objects(exchange)]
    missing = [name for name in wanted if name not in names]
    has = ", ".join(map(str, names)) or "nothing"
    expect.that(not missing, f"{', '.join(missing)} in the list", f"it has {has}", exchange)


def _unique(values: list[Any], what: str, exchange: Exchange) -> None:
    __tracebackhide__ = True
    twice = sorted({str(value) for value in values if values.count(value) > 1})
    expect.that(not twice, f"unique {what}", f"twice: {', '.join(twice)}", exchange)


def _title_fits(model: dict[str, Any], exchange: Exchange) -> None:
    __tracebackhide__ = True
    title, short = str(model.get("title")), model.get("hash")
    file = PurePosixPath(str(model.get("filename")).replace("\\", "/"))
    expected = f"the title of {file.name} to hold its name"
    expect.that(file.name in title or file.stem in title, expected, repr(title), exchange)
    marked = title.endswith("]") and " [" in title
    if short and (marked or file.name in title):
        expected = f"the title of {file.name} to end with [{short}]"
        expect.that(title.endswith(f" [{short}]"), expected, repr(title), exchange)
