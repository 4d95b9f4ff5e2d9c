"""The document as reports may show it: secrets redacted, pictures as thumbnails."""

from __future__ import annotations

import warnings
from base64 import b64encode
from dataclasses import dataclass, fields, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image

from conformance.client.curl import LONGEST_BODY, curl_command
from conformance.client.image import read_base64
from conformance.client.redaction import redact_headers, redact_text
from conformance.client.rendering import picture_digest, render_body, shorten_text
from conformance.errors import ImageError
from conformance.exchange import Exchange, parse_json
from conformance.report.causes import causes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.report.document import Document
    from conformance.runner.events import Section
    from conformance.verdict import Result


#: Longest edge in pixels.
EDGE = 128
# A PNG of more bytes is stored as a JPEG.
_SMALL = 6000
_SHORTEST_PICTURE = 90
# A report need not open what could fill the memory.
_MOST_PIXELS = 50_000_000


@dataclass(frozen=True)
class Thumbnail:
    """A small copy of a picture.

    Args:
        place: where the picture was, as in ``answer images[0]``.
        digest: format, size, bytes and sha256 of the picture itself.
        data: the copy, as a data URI of at most 128 pixels an edge.
    """

    place: str
    digest: str
    data: str


def thumbnails(exchange: Exchange, most: int) -> tuple[Thumbnail, ...]:
    """At most so many pictures of an exchange, those of the answer first.

    What cannot be opened is left out: the text has its digest.

    Args:
        exchange: to be shown.
        most: pictures at most.
    """
    found: list[Thumbnail] = []
    for place, text in _texts(exchange):
        if len(found) == most:
            break
        made = _thumbnail(place, text)
        if made is not None:
            found.append(made)
    return tuple(found)


def _texts(exchange: Exchange) -> Iterator[tuple[str, str]]:
    for side, body in (("answer", exchange.body), ("request", exchange.request_body)):
        try:
            value = parse_json((body or b"null").decode("utf-8"))
            yield from _walk(side, "", value)
        # What is no JSON, or nested too deeply to be walked through, has no pictures to show.
        except (ValueError, RecursionError):
            continue


def _walk(side: str, path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        if len(value) >= _SHORTEST_PICTURE:
            yield f"{side} {path}".rstrip(), value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _walk(side, f"{path}.{name}" if path else name, item)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _walk(side, f"{path}[{number}]", item)


def _thumbnail(place: str, text: str) -> Thumbnail | None:
    try:
        data = read_base64(text).data
    except ImageError:
        return None
    copy = _copy(data)
    return None if copy is None else Thumbnail(place, picture_digest(data), copy)


def _copy(data: bytes) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with Image.open(BytesIO(data)) as image:
                if image.width * image.height > _MOST_PIXELS:
                    return None
                small = image.convert("RGBA" if image.has_transparency_data else "RGB")
        small.thumbnail((EDGE, EDGE))
        return _data_uri(small)
    # Pillow raises a dozen kinds of error for what is no whole picture.
    except Exception:  # noqa: BLE001 - any failure to read it has the same meaning here
        return None


def _data_uri(image: Image.Image) -> str:
    stored = _stored(image, "PNG", optimize=True)
    if len(stored) <= _SMALL:
        return f"data:image/png;base64,{b64encode(stored).decode()}"
    stored = _stored(image.convert("RGB"), "JPEG", quality=80)
    return f"data:image/jpeg;base64,{b64encode(stored).decode()}"


def _stored(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


# Characters of a body, and of a sentence of a check.
BODY, SENTENCE = 2000, 4000
# A body of so many characters is in the curl command however full the document is.
_SMALL_BODY = 1000
# Exchanges of a result, the decisive one first, and pictures of an exchange.
_EXCHANGES, _PICTURES = 3, 4
# Characters that all thumbnails and curl commands of a document may take together.
_GALLERY = 600_000


@dataclass(frozen=True, kw_only=True)
class ShownExchange(Exchange):
    """An exchange fit to be read by anybody.

    Bodies are excerpts, pictures in them are digests, secrets are ``***``.

    Args:
        curl: the request as a command for sh; a comment where its body is too long for one.
        pictures: small copies of the pictures that were sent and received.
    """

    curl: str = ""
    pictures: tuple[Thumbnail, ...] = ()


def shown_document(document: Document) -> Document:
    """The document as it leaves the process; the same again for one that already has.

    Exchanges are kept for what is not met and for errors of the suite; thumbnails as long as
    there is room, most binding failures first.

    Args:
        document: of a run, or read from a report.
    """
    secrets = _secrets(document.results)
    room = _GALLERY
    kept: dict[int, tuple[ShownExchange, ...]] = {}
    for result in document.unmet:
        exchanges = tuple(shown_exchange(each, room) for each in result.exchanges[:_EXCHANGES])
        room -= sum(len(each.curl) + sum(len(p.data) for p in each.pictures) for each in exchanges)
        kept[id(result)] = exchanges
    cause = {id(result): each.head.id for each in causes(document) for result in each.results}
    results = tuple(
        replace(_shown_result(r, kept.get(id(r), ()), secrets), cause=cause.get(id(r), ""))
        for r in document.results
    )
    texts = {name: _redacted(value, secrets) for name, value in _texts_of(document).items()}
    sections = tuple(_section(section, secrets) for section in document.sections)
    return replace(document, results=results, sections=sections, **texts)


def shown_exchange(exchange: Exchange, room: int = _GALLERY) -> ShownExchange:
    """An exchange as it leaves the process.

    Args:
        exchange: as it happened, or already shown.
        room: characters that its thumbnails and its curl command may take.
    """
    if isinstance(exchange, ShownExchange):
        return exchange
    secrets = exchange.secrets
    return ShownExchange(
        method=exchange.method,
        path=_redacted(exchange.path, secrets),
        url=_redacted(exchange.url, secrets),
        request_headers=_headers(exchange.request_headers, secrets),
        request_body=_body(exchange.request_body, secrets),
        status=exchange.status,
        response_headers=_headers(exchange.response_headers, secrets),
        body=_body(exchange.body, secrets) or b"",
        elapsed=round(exchange.elapsed, 4),
        error=None if exchange.error is None else _redacted(exchange.error, secrets),
        curl=clean(curl_command(exchange, longest=max(min(room, LONGEST_BODY), _SMALL_BODY))),
        pictures=_fitting(thumbnails(exchange, _PICTURES if room > 0 else 0), room),
    )


def clean(text: str) -> str:
    """Text that can be written anywhere: lone surrogates are written out.

    Args:
        text: any.
    """
    return text.encode("utf-8", errors="backslashreplace").decode("utf-8")


def _section(section: Section, secrets: tuple[str, ...]) -> Section:
    return replace(
        section,
        title=_redacted(section.title, secrets),
        lines=_redacted(section.lines, secrets),
        short=_redacted(section.short, secrets),
        brief=_redacted(section.brief, secrets),
        entries=tuple(
            replace(
                e,
                sentence=_redacted(e.sentence, secrets),
                details=_redacted(e.details, secrets),
            )
            for e in section.entries
        ),
    )


def _shown_result(
    result: Result,
    exchanges: tuple[ShownExchange, ...],
    secrets: tuple[str, ...],
) -> Result:
    return replace(
        result,
        expected=_sentence(result.expected, secrets),
        actual=_sentence(result.actual, secrets),
        reason=_sentence(result.reason, secrets),
        exchanges=exchanges,
        seconds=round(result.seconds, 4),
        cost=round(result.cost, 6),
    )


def _texts_of(document: Document) -> dict[str, Any]:
    plain = {f.name: getattr(document, f.name) for f in fields(document) if f.init}
    return {
        name: value
        for name, value in plain.items()
        if type(value) is str or (name not in {"results", "sections"} and isinstance(value, tuple))
    }


def _redacted(value: Any, secrets: tuple[str, ...]) -> Any:
    if isinstance(value, tuple):
        return tuple(_redacted(item, secrets) for item in value)
    return clean(redact_text(shorten_text(value), secrets)) if isinstance(value, str) else value


def _sentence(text: str, secrets: tuple[str, ...]) -> str:
    return _cut(_redacted(text, secrets), SENTENCE)


def _cut(text: str, limit: int) -> str:
    # Shorter than the limit with the note, so that cutting again changes nothing.
    return text if len(text) <= limit else f"{text[: limit - 40]}... ({len(text)} characters)"


def _headers(headers: Any, secrets: tuple[str, ...]) -> dict[str, str]:
    return {clean(name): clean(text) for name, text in redact_headers(headers, secrets).items()}


def _body(body: bytes | None, secrets: tuple[str, ...]) -> bytes | None:
    return None if body is None else render_body(body, secrets, BODY).encode("utf-8")


def _fitting(pictures: Iterable[Thumbnail], room: int) -> tuple[Thumbnail, ...]:
    fitting = []
    for picture in pictures:
        room -= len(picture.data)
        if room < 0:
            break
        fitting.append(picture)
    return tuple(fitting)


def _secrets(results: Iterable[Result]) -> tuple[str, ...]:
    return tuple({secret: None for r in results for e in r.exchanges for secret in e.secrets})
