"""The recorder: asks a live server what the plan says, and keeps every answer at once."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import RecordError, Unreachable
from mockserver.fixtures.fixture_set import JSON_TEXT
from mockserver.recording import plan
from mockserver.recording.identity import ask_version, fingerprint, identify, version_in
from mockserver.recording.plan import Kind
from mockserver.recording.stand_in import HASHES, hashes_in
from mockserver.recording.writer import exchange_file
from mockserver.redaction.names import RedactionLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.recording.identity import Identity
    from mockserver.recording.live_server import LiveServer, Received
    from mockserver.recording.plan import Step
    from mockserver.recording.writer import RecordingWriter


_OK = 200
_STANDARD_SAMPLER = "Euler"


@dataclass
class Summary:
    """What a recording came to.

    Attributes:
        identity: the server.
        recorded: steps recorded now.
        kept: steps that an earlier run had recorded.
        left_out: steps that the budget did not allow.
        pictures: how many the server was asked for, at most, in all runs.
        changed: options that are others than before.
    """

    identity: Identity
    recorded: int = 0
    kept: int = 0
    left_out: list[str] = field(default_factory=list)
    pictures: int = 0
    changed: list[str] = field(default_factory=list)


class Recorder:
    """Records one server into one folder.

    Args:
        server: the live server.
        writer: writes the set.
        show_progress: called before each step with how many are done, how many there are, and
            the step's name.
    """

    def __init__(
        self,
        server: LiveServer,
        writer: RecordingWriter,
        show_progress: Callable[[int, int, str], None] = lambda done, total, name: None,  # noqa: ARG005 - calls nobody
    ) -> None:
        self._server = server
        self._writer = writer
        self._show_progress = show_progress
        self._lists: dict[str, Any] = {}
        self._answers: dict[str, Any] = {}
        self._manifest = writer.folder.manifest

    def record(self, budget: int = plan.BUDGET) -> Summary:
        """Record all; or what is missing, where an earlier run stopped.

        Args:
            budget: how many pictures the server may be asked for, over all runs.

        Raises:
            RecordError: the server or the folder does not allow it; what is recorded stays.
        """
        summary = self.record_lists()
        steps = plan.exchanges(self._sampler(), self._networks())
        self._manifest["plan"] = {step.name: step.pictures for step in steps}
        self._steps(steps, budget, summary)
        if not summary.identity.version:
            summary.identity = self._identify(self._told_in_infotext(), "")
        summary.changed = self._options_changed()
        self._keep_hashes()
        self.finish()
        return summary

    def record_lists(self) -> Summary:
        """Record lists and pages alone: no pictures are asked for.

        Raises:
            RecordError: as `record`.
        """
        self._server.check_api()
        self._writer.save()
        steps = plan.lists()
        known = self._relearn(steps) if self._writer.folder.resumed else set()
        absent = set(self._manifest.get("absent", ()))
        missing = [step for step in steps if step.name not in known | absent]
        for number, step in enumerate(missing):
            self._show_progress(number, len(missing), step.name)
            if not self._keep(step, self._ask(step)):
                absent.add(step.name)
                self._manifest["absent"] = sorted(absent)
            self._writer.save()
        summary = Summary(self._identify(*ask_version(self._server)))
        summary.recorded, summary.kept = len(missing), len(steps) - len(missing)
        self._writer.save()
        return summary

    def finish(self) -> None:
        """Redact all once more, and mark the set as whole."""
        self._writer.sweep()
        self._manifest["complete"] = True
        self._writer.save()

    def _relearn(self, steps: list[Step]) -> set[str]:
        """Learn anew what is never written down; gives the names of steps that are there.

        Raises:
            RecordError: the folder is another server's.
        """
        folder, redactor = self._writer.folder, self._writer.redactor
        redactor.ledger = RedactionLog()
        known: set[str] = set()
        for step in steps:
            file = f"{step.name}.{'json' if step.kind is Kind.LIST else 'html'}"
            if not folder.has(file):
                continue
            known.add(step.name)
            value = self._ask(step).json if step.kind is Kind.LIST else None
            if value is None:
                continue
            self._writer.learn(step.name, value)
            redactor.json(value, file)
            self._lists[step.name] = folder.read_json(file)
            self._answers[step.name] = value
        begun = self._manifest.get("fingerprint")
        if begun is not None and begun != fingerprint(self._answers):
            text = "was begun with another server, or it was upgraded since; name a new folder"
            raise RecordError(f"{folder.folder}: {text}")
        self._writer.relearn()
        return known

    def _ask(self, step: Step) -> Received:
        try:
            return self._server.ask(step)
        except Unreachable as error:
            with contextlib.suppress(RecordError):
                self._writer.save()
            text = f"{error} (at {step.name}); what is recorded stays"
            again = "run the same command again, it goes on there"
            raise Unreachable(f"{text} in {self._writer.folder.folder}: {again}") from error

    def _keep(self, step: Step, got: Received) -> bool:
        """Keep a list or page; gives whether the server has it."""
        if step.kind is Kind.LIST and got.status == _OK and got.is_json:
            self._answers[step.name] = got.json
            self._lists[step.name] = self._writer.keep_list(step.name, got.json)
            return True
        html = got.headers.get("content-type", "").startswith("text/html")
        if step.kind is Kind.PAGE and got.status == _OK and html:
            self._writer.keep_page(step.name, got.body.decode("utf-8", errors="replace"))
            return True
        return False

    def _steps(self, steps: list[Step], budget: int, summary: Summary) -> None:
        folder = self._writer.folder
        for number, step in enumerate(steps):
            if folder.has(exchange_file(step.name)):
                summary.kept += 1
                continue
            spent = self._manifest.get("pictures", 0)
            if spent + step.pictures > budget:
                summary.left_out.append(step.name)
                continue
            self._show_progress(number, len(steps), step.name)
            if step.pictures:
                self._wait_for_nobody()
                self._manifest["pictures"] = spent + step.pictures
                self._writer.save()
            got = self._ask(step)
            body = step.body
            given = ({} if body is None else {"content-type": "application/json"}, body or b"")
            self._writer.keep_exchange(step.name, (step.method, step.path), given, got)
            self._writer.save()
            summary.recorded += 1
        summary.pictures = self._manifest.get("pictures", 0)

    def _wait_for_nobody(self) -> None:
        """Stop where somebody else is at work: the recording would stand in the way.

        Raises:
            RecordError: the server is at work.
        """
        progress = self._server.get("/sdapi/v1/progress?skip_current_image=true").json
        state = progress.get("state") if isinstance(progress, dict) else None
        if isinstance(state, dict) and (state.get("job_count") or 0) > 0 and state.get("job"):
            raise RecordError(
                "the server is at work for somebody else; what is recorded stays:"
                " run the same command again once it is idle"
            )

    def _sampler(self) -> str:
        listed = self._lists.get("samplers")
        names = [item.get("name") for item in listed or () if isinstance(item, dict)]
        if _STANDARD_SAMPLER in names:
            return _STANDARD_SAMPLER
        return str(names[0]) if names else ""

    def _identify(self, version: str, commit: str) -> Identity:
        found = identify(self._lists, version, commit)
        now = datetime.now(UTC).date().isoformat()
        about = {
            "server": found.server,
            "version": found.version,
            "commit": found.commit,
            "taken": self._manifest.get("taken", now),
            "profile": found.profile,
            "alike": found.alike,
            "base": found.base,
            "nowebui": found.nowebui,
            "auth": self._server.auth is not None,
            "fingerprint": fingerprint(self._answers),
        }
        rest = {key: value for key, value in self._manifest.items() if key not in about}
        self._manifest.clear()
        self._manifest.update({**about, **rest})
        return found

    def _networks(self) -> str:
        loras, embeddings = self._lists.get("loras"), self._lists.get("embeddings")
        loaded = embeddings.get("loaded") if isinstance(embeddings, dict) else None
        names = [item.get("name") for item in loras or () if isinstance(item, dict)]
        tags = [name for name in names if isinstance(name, str) and not set(name) & set("<>:")]
        return plan.network_tags(tags, loaded if isinstance(loaded, dict) else ())

    def _keep_hashes(self) -> None:
        """Keep the hashes of files that no list shows and infotexts do."""
        found: dict[str, dict[str, str]] = {}
        for name in (plan.NETWORKS, "txt2img"):
            for kind, hashes in hashes_in(self._info_of(name)).items():
                found[kind] = hashes | found.get(kind, {})
        if found:
            self._writer.keep_list(HASHES, found)

    def _info_of(self, exchange: str) -> dict[str, Any]:
        """The info of a recorded generation; empty where there is none."""
        file = exchange_file(exchange)
        if not self._writer.folder.has(file):
            return {}
        body = self._writer.folder.read_json(file)["response"].get("json")
        info = body.get("info") if isinstance(body, dict) else None
        parsed = info.get(JSON_TEXT) if isinstance(info, dict) else None
        return parsed if isinstance(parsed, dict) else {}

    def _told_in_infotext(self) -> str:
        return version_in(str((self._info_of("txt2img").get("infotexts") or [""])[0]))

    def _options_changed(self) -> list[str]:
        """Names of options that are others than when the recording began: there must be none."""
        before = self._lists.get("options")
        now = self._server.get("/sdapi/v1/options").json
        if not isinstance(before, dict) or not isinstance(now, dict):
            return []
        counted, self._writer.redactor.ledger = self._writer.redactor.ledger, RedactionLog()
        after = self._writer.redactor.json(now, "options.json")
        self._writer.redactor.ledger = counted
        return sorted(name for name in {*before, *after} if before.get(name) != after.get(name))
