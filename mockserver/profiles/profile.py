"""Profile: the rules that hold for one simulated server, read from a TOML file.

Whatever differs between versions and implementers is a named value here, so that another
version is another file and not another branch of the code.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from mockserver.profiles.generation import GenerationRules, PngInfoRules

#: Keys of the state that progress shows in v1.10.1, in order. Recorded: list/progress.
STATE_KEYS = (
    "skipped",
    "interrupted",
    "stopping_generation",
    "job",
    "job_count",
    "job_timestamp",
    "job_no",
    "sampling_step",
    "sampling_steps",
)


@dataclass(frozen=True)
class RequestRules:
    """How request bodies are validated.

    Attributes:
        optional_models: models whose fields are all declared Optional, so that null passes;
            in other models only fields whose default is null take it.
        not_nullable: model name to the fields of an optional model that refuse null.
        text_keys: object fields declared ``dict[str, Any]``: their keys become strings.
        finite: number fields that refuse infinities and NaN.
        dialect: ``pydantic1`` or ``pydantic2``: which values pass, and how others are refused.
        documented: address that explains a kind of error (``https://errors.pydantic.dev/2.8/v/``),
            "" where complaints have no ``url``.
    """

    optional_models: tuple[str, ...] = ()
    not_nullable: dict[str, tuple[str, ...]] = field(default_factory=dict)
    text_keys: tuple[str, ...] = ()
    finite: tuple[str, ...] = ()
    dialect: str = "pydantic1"
    documented: str = ""


@dataclass(frozen=True)
class OptionRules:
    """How options behave.

    Attributes:
        html: pseudo options that are text in the settings page and cannot be set.
        restricted: options that the API may not set; posting them is ignored.
        added_by_extensions: options that extensions add after the settings were loaded: they are
            stored with their default even where nothing was ever saved.
        checks_model: whether posting an unknown checkpoint is refused.
        own_setters: whether the checkpoint, the modules and the memory have setters of their own
            (Forge): an unknown checkpoint is met in its turn, one that is loaded changes nothing,
            modules become the paths of those that are known, the model is loaded by the next job
            and the API may set every option.
        complete: whether the version has every option that v1.10.1 reads; else those it lacks
            are read at the value that changes nothing.
    """

    html: tuple[str, ...] = ()
    restricted: tuple[str, ...] = ()
    added_by_extensions: tuple[str, ...] = ()
    checks_model: bool = True
    own_setters: bool = False
    complete: bool = True


@dataclass(frozen=True)
class ErrorRules:
    """Which shape errors have.

    Attributes:
        shape: ``four-key`` (error, detail, body, errors), ``five-key`` (with a ``code`` behind
            error) or ``detail``.
        crash: ``json`` (those keys), ``message`` (error, detail, body, message) or ``text``
            (Internal Server Error).
        status_in_errors: whether ``errors`` repeats status and detail of a refusal, as
            Starlette's newer exceptions show them; else it is empty.
    """

    shape: str = "four-key"
    crash: str = "json"
    status_in_errors: bool = False


@dataclass(frozen=True)
class TransportRules:
    """Headers and encodings around every answer.

    Attributes:
        process_time: whether answers carry X-Process-Time.
        gzip_from: smallest body in bytes that is compressed; 0 for never.
        security_first: whether the document shows an operation's credentials before its fields.
        auth_open: paths of the API that answer without credentials.
        always_varies: whether answers from that size on say that they depend on
            Accept-Encoding, packed or not.
        cors: whether preflights are looked at, and origins allowed to send credentials.
        closes_after_crash: whether the connection is closed behind an uncaught error's answer.
        preflight: who answers preflights: ``webui``, with 400 where the origin is not allowed, or
            ``gradio``, with 200 and not a word of such an origin.
    """

    process_time: bool = True
    gzip_from: int = 1000
    security_first: bool = False
    auth_open: tuple[str, ...] = ()
    always_varies: bool = False
    cors: bool = True
    preflight: str = "webui"
    closes_after_crash: bool = False


@dataclass(frozen=True)
class SamplerRules:
    """What becomes of a sampler's name.

    Attributes:
        unknown: ``first`` takes the first sampler of the list; ``400`` refuses it; ``404``
            refuses it, takes the name as it is and leaves the scheduler's as it was sent.
        named_by: the request's field that names the sampler: ``sampler_name``, which wins over
            ``sampler_index``, or ``sampler_index`` alone.
        any_case: whether the name is taken in any case where unknown ones are refused; elsewhere
            whether a scheduler's name at its end is.
        eta_in_params: whether an eta that is not the default is shown for samplers that take
            one, in the extra parameters; else by all, as a key of the infotext's own.
        unlisted_schedulers: schedulers that a server without their list has: tables with
            ``name``, ``label`` and maybe ``default_rho``.
        normal_after: a sampler of the list; those behind it are schedulers' own makers: their
            names are taken in any case, they know a scheduler by its label alone and take
            "Normal" for every other, and no infotext parameter shows their schedule.
    """

    unknown: str = "first"
    named_by: str = "sampler_name"
    any_case: bool = False
    eta_in_params: bool = True
    unlisted_schedulers: tuple[dict[str, Any], ...] = ()
    normal_after: str = ""


@dataclass(frozen=True)
class ModelRules:
    """How models are kept.

    Attributes:
        moves_loaded_last: whether a model goes to the end of the list whenever it is loaded.
        finds_models_by_title_only: whether a title alone names a model; every other
            name means the first one.
        stores_loaded_title: whether the title of what was loaded is written into the options.
        jobs_load_models: whether a job loads what the options name; else only setting the option
            does, so that an override has no effect.
    """

    moves_loaded_last: bool = False
    finds_models_by_title_only: bool = False
    stores_loaded_title: bool = True
    jobs_load_models: bool = True


@dataclass(frozen=True)
class InputRules:
    """How pictures in requests are read.

    Attributes:
        accepts_urls: whether an address may stand for a picture.
        applies_orientation: whether they are turned as their EXIF orientation says.
        accepts_bare_base64: whether base64 alone stands for a picture; else a data URI is needed,
            and a failure is an exception of its own and no refusal.
        uses_every_init_image: whether every init image is used; else the last one alone, for all
            of the batch.
    """

    accepts_urls: bool = True
    applies_orientation: bool = True
    accepts_bare_base64: bool = True
    uses_every_init_image: bool = True


@dataclass(frozen=True)
class OutputRules:
    """How generated pictures are sent.

    Attributes:
        format_by_option: whether the option samples_format chooses the format; else it is PNG.
        lossless_by_option: whether the option webp_lossless makes WEBP files lossless here too.
        text: whether they carry their infotext, where the options want it.
        info: what ``info`` is: ``text``, JSON within JSON, or ``object``.
        grid_mode: Pillow's mode of grids.
    """

    format_by_option: bool = True
    lossless_by_option: bool = False
    text: bool = True
    info: str = "text"
    grid_mode: str = "RGB"


@dataclass(frozen=True)
class ExtrasRules:
    """How extras work.

    Attributes:
        multiple: number of pixels of which the sides of an upscaled picture are multiples.
        text: whether pictures say what was done to them.
    """

    multiple: int = 8
    text: bool = True


@dataclass(frozen=True)
class ProgressRules:
    """What progress says.

    Attributes:
        state_keys: keys of its ``state``, in order.
        textinfo: whether there is a ``textinfo``.
        preview_by_option: whether the option samples_format chooses the preview's format; else
            it is PNG.
    """

    state_keys: tuple[str, ...] = STATE_KEYS
    textinfo: bool = True
    preview_by_option: bool = True


@dataclass(frozen=True)
class TrainingRules:
    """How training is asked for.

    Attributes:
        preview_sampler: the argument that names the sampler of previews.
        embedding: class and text of what creating an embedding ends with; () where it works.
        hypernetwork: likewise for a hypernetwork.
        unable: why training ends before it begins, unless the option
            training_xattention_optimizations keeps the optimizations; "" where it does not.
    """

    preview_sampler: str = "preview_sampler_name"
    embedding: tuple[str, ...] = ()
    hypernetwork: tuple[str, ...] = ()
    unable: str = ""


@dataclass(frozen=True)
class Profile:
    """One simulated server.

    Attributes:
        name: name of the profile, as in ``--profile``.
        family: ``a1111`` for the webui itself.
        version: the program's version as it names it (``v1.10.1``).
        fixtures: name of the fixture set with its lists, options and openapi document.
        built_in: extensions that the program has of itself, as ``--extensions`` names them.
        program: what a family other than the webui's wants to know of its program; the
            family's own class ``Program`` shows the keys.
    """

    name: str
    family: str
    version: str
    fixtures: str
    requests: RequestRules = field(default_factory=RequestRules)
    options: OptionRules = field(default_factory=OptionRules)
    errors: ErrorRules = field(default_factory=ErrorRules)
    transport: TransportRules = field(default_factory=TransportRules)
    samplers: SamplerRules = field(default_factory=SamplerRules)
    generation: GenerationRules = field(default_factory=GenerationRules)
    png_info: PngInfoRules = field(default_factory=PngInfoRules)
    models: ModelRules = field(default_factory=ModelRules)
    inputs: InputRules = field(default_factory=InputRules)
    extras: ExtrasRules = field(default_factory=ExtrasRules)
    outputs: OutputRules = field(default_factory=OutputRules)
    progress: ProgressRules = field(default_factory=ProgressRules)
    training: TrainingRules = field(default_factory=TrainingRules)
    built_in: tuple[str, ...] = ()
    program: dict[str, Any] = field(default_factory=dict)
