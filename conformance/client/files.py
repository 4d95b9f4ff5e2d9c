"""Picture files read for requests."""

from __future__ import annotations

from pathlib import Path

from conformance.client.image import encode_image
from conformance.errors import ImageError


def encode_image_file(file: str | Path, *, data_uri: bool = False) -> str:
    """Encode a picture file for a request, as it is on disk.

    Args:
        file: its path.
        data_uri: with the prefix that the webui of November 2022 and Xinference insist on.

    Raises:
        ImageError: the file cannot be read, or with ``data_uri`` is no picture.
    """
    try:
        data = Path(file).read_bytes()
    except OSError as error:
        raise ImageError(f"{file}: it cannot be read ({error.strerror})") from error
    return encode_image(data, data_uri=data_uri)
