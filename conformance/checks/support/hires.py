"""How checks ask for a second pass, on a server with whatever model and options.

Source: modules/processing.py, StableDiffusionProcessingTxt2Img, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support.settings import forge_like, overridden
from conformance.errors import ConnectionFailed
from conformance.verdict import NotApplicable, Signal, Skip

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


#: Forge takes a second pass without it for a mistake.
MODULES = {"hr_additional_modules": ["Use same choices"]}
_CONDITIONED = "is_using_inpainting_conditioning"
# Upscalers that need no model.
_PLAIN = ("Lanczos", "Nearest")
_FAILED = 500
_INPAINTS = "the loaded model is one for inpainting, which takes no latent of another shape"


def hires(context: CheckContext, *, helped: bool = True, **fields: Any) -> Generation:
    """A picture of twice the size by hires fix, in two steps each.

    Args:
        context: of the check.
        helped: whether Forge is given what it alone asks for.
        fields: further fields of the request, or other values; without an upscaler among them a
            model for inpainting is given one that works with it.
    """
    base: dict[str, Any] = {"enable_hr": True, "hr_scale": 2, "denoising_strength": 0.5, "steps": 2}
    base |= MODULES if helped and forge_like(context) else {}
    base |= overridden(context, use_old_hires_fix_width_height=False)
    made = context.varied(**base | fields)
    if "hr_upscaler" in fields or not enlarges_no_latent(context, made):
        return made
    return context.varied(**base | fields, hr_upscaler=plain_upscalers(context)[0])


def enlarges_no_latent(context: CheckContext, made: Generation) -> bool:
    """Whether a request failed because the loaded model is one for inpainting.

    The masked picture that goes with the latent keeps the size of the first pass then.

    Args:
        context: of the check.
        made: the answer to a request with hires fix, or with resize_mode 3.
    """
    if made.exchange.status != _FAILED:
        return False
    shared = (lambda: context.one_image, lambda: context.one_img2img)
    return any(map(_is_conditioned, shared))


def _is_conditioned(shared: Callable[[], Generation]) -> bool:
    """Whether a shared picture's info says so; what is wrong with it is for other checks."""
    try:
        return shared().any_info.data.get(_CONDITIONED) is True
    except (Signal, ConnectionFailed):
        return False


def needs_latents(context: CheckContext, made: Generation) -> None:
    """Stop where a request failed because the loaded model enlarges no latent.

    Args:
        context: of the check.
        made: the answer to a request with hires fix, or with resize_mode 3.

    Raises:
        NotApplicable: it did.
    """
    if enlarges_no_latent(context, made):
        raise NotApplicable(_INPAINTS)


def plain_upscalers(context: CheckContext) -> list[str]:
    """The upscalers of the server's list that need no model, one at least.

    Args:
        context: of the check.

    Raises:
        Skip: it lists none.
    """
    found = [name for name in _PLAIN if name in context.names.upscalers]
    if not found:
        raise Skip("the server lists no upscaler that needs no model")
    return found
