"""Pictures in requests: how they are read, and what interrogation says of them."""

from __future__ import annotations

import ipaddress
import socket
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlparse

from mockserver.core.errors import HTTPError, ServerError, server_error
from mockserver.imaging.decode import decode_data_uri, decode_image
from mockserver.profiles.profile import InputRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from mockserver.backends.a1111.server import Webui


_NEWEST = InputRules()
_TIMEOUT = 30
_SERVER_ERROR = 500


def is_global(url: str) -> bool:
    """Whether every address of the URL's host is a public one.

    The host is looked up with its port, as the webui does, so that a URL with a port is never
    taken for public.

    Args:
        url: of http or https.
    """
    try:
        found = socket.gethostbyname_ex(urlparse(url).netloc)
        return all(ipaddress.ip_address(address).is_global for address in found[2])
    except (OSError, ValueError):
        return False


def download(url: str, options: Mapping[str, Any]) -> bytes:
    """The bytes at an address.

    Args:
        url: of http or https.
        options: api_enable_requests, api_forbid_local_requests, api_useragent.

    Raises:
        HTTPError: the options do not allow requests, or none to that address.
        ServerError: the address cannot be reached: the class of the requests library and its text.
    """
    import requests  # noqa: PLC0415 - start-up time

    if not options["api_enable_requests"]:
        raise HTTPError(_SERVER_ERROR, "Requests not allowed")
    if options["api_forbid_local_requests"] and not is_global(url):
        raise HTTPError(_SERVER_ERROR, "Request to local resource not allowed")
    agent = options["api_useragent"]
    try:
        headers = {"user-agent": agent} if agent else {}
        return requests.get(url, timeout=_TIMEOUT, headers=headers).content
    except (requests.RequestException, UnicodeError) as error:
        raise ServerError(type(error).__name__, str(error)) from error


def loaded(picture: Image.Image) -> Image.Image:
    """The picture, read to the end of its file, which `read_picture` does not insist on.

    Args:
        picture: as `read_picture` gives it.

    Raises:
        ServerError: OSError or SyntaxError for a file that ends too soon or is broken further on.
    """
    try:
        picture.load()
    except (OSError, SyntaxError) as error:
        raise server_error(error) from error
    except TypeError as error:  # Pillow's own, at the second look at an interlaced file
        raise ServerError("OSError", "image file is truncated") from error
    return picture


def read_picture(text: Any, options: Mapping[str, Any], rules: InputRules = _NEWEST) -> Image.Image:
    """The picture that a request's string stands for, upright where the version turns them.

    Its file may end too soon: who looks at the pixels finds out (`loaded`).

    Args:
        text: what the request has.
        options: they say which addresses may be fetched.
        rules: what the version takes.

    Raises:
        HTTPError, ServerError: as `mockserver.imaging.decode.decode_image`.
    """
    if not rules.accepts_bare_base64:
        return decode_data_uri(text)
    fetch = partial(download, options=options) if rules.accepts_urls else None
    return decode_image(text, fetch, upright=rules.applies_orientation)


#: What CLIP answers where its weights cannot be had, as on the recorded server.
NO_WEIGHTS = "<error>"
#: What DeepDanbooru says of a picture in which it finds nothing.
NO_TAGS = "no humans"


def interrogate(webui: Webui, values: dict[str, Any]) -> dict[str, str]:
    """The answer: ``{"caption": text}``.

    Args:
        webui: the simulated server.
        values: ``image`` (base64 or URL) and ``model`` (``clip`` or ``deepdanbooru``).

    Raises:
        HTTPError: 500 for a picture that cannot be read, at once; 404 for an unknown model,
            when its turn in the queue comes.
    """
    loaded(read_picture(values["image"], webui.options, webui.profile.inputs))
    with webui.queue:
        match values["model"]:
            case "clip":
                return {"caption": _job(webui)}
            case "deepdanbooru":
                return {"caption": NO_TAGS}
            case _:
                raise HTTPError(404, "Model not found")


def _job(webui: Webui) -> str:
    webui.state.begin("interrogate")
    webui.state.end()
    return NO_WEIGHTS
