"""What a look changes, and what of that deserves an alert."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from reports import document, result
from watching import SNAPSHOT, busy, down, failed, fails, judged

from conformance.requirements.requirement import Level
from conformance.verdict import Verdict
from conformance.watch.changes import Kind, time_between
from conformance.watch.snapshot import Facet, Snapshot
from conformance.watch.target_state import Availability, Grade, Look, Status, TargetState
from conformance.watch.transitions import AVAILABILITIES, GRADES, TROUBLES, decide, suspected


def _after(*looks: Look, fail_on: Level = Level.MUST) -> tuple[TargetState, list[list[Kind]]]:
    """The state after some looks, and what each of them changed."""
    state, kinds = TargetState(), []
    for number, look in enumerate(looks):
        at = look.at + timedelta(minutes=5 * number)
        step = decide(state, replace(look, at=at), fail_on)
        state = step.state
        kinds.append([change.kind for change in step.changes])
    return state, kinds


_NONE = document()


def _changed(**facets: tuple[str, ...]) -> Snapshot:
    return Snapshot({**SNAPSHOT.facets, **{Facet(name): v for name, v in facets.items()}})


def test_the_tables_say_something_about_every_state() -> None:
    assert set(AVAILABILITIES) == set(product(Availability, (True, False)))
    assert set(GRADES) == set(product(Grade, (Grade.CONFORMANT, Grade.NOT_CONFORMANT)))
    assert set(TROUBLES) == set(product((True, False), repeat=2))


def test_what_stays_as_it_is_is_reported_once() -> None:
    for look in (judged(), judged(fails()), down(), busy(), failed()):
        _, kinds = _after(look, look, look)
        assert kinds[1:] == [[], []]


def test_the_first_look_reports_what_is_wrong_and_nothing_else() -> None:
    firsts = {look.outcome: _after(look)[1][0] for look in (judged(), judged(fails()), down())}
    assert list(firsts.values()) == [[], [Kind.NOT_CONFORMANT], [Kind.DOWN]]


def test_a_server_goes_down_and_comes_back() -> None:
    state, kinds = _after(judged(), down(), down(), judged())
    assert kinds == [[], [Kind.DOWN], [], [Kind.UP]]
    assert state.status is Status.CONFORMANT


def test_an_up_says_for_how_long_it_was_down() -> None:
    state, _ = _after(judged(), down())
    later = replace(judged(), at=(state.since or judged().at) + timedelta(hours=3))
    (change,) = decide(state, later).changes
    assert change.text == "it answers again after 3 h"


def test_a_requirement_is_newly_unmet_and_met_again() -> None:
    _, kinds = _after(judged(), judged(fails(), result("LIST-002")), judged())
    assert kinds[1] == [Kind.NOT_CONFORMANT, Kind.UNMET]
    assert kinds[2] == [Kind.CONFORMANT, Kind.MET]


def test_one_cause_is_one_change_with_what_follows_from_it() -> None:
    names = [f"LIST-00{number}" for number in range(1, 10)]
    broken = [replace(fails(name), cause="LIST-002") for name in names]
    sound = judged(*map(result, names))
    caused = replace(sound, document=replace(judged(*broken).document or _NONE, results=(*broken,)))
    state, kinds = _after(sound, replace(caused, outcome=judged(fails()).outcome))
    assert kinds[1] == [Kind.NOT_CONFORMANT, Kind.UNMET]
    (_, unmet) = decide(_after(sound)[0], caused).changes
    followers = "LIST-001, LIST-003, LIST-004, LIST-005, LIST-006 and 3 more"
    assert unmet.text == f"LIST-002 (MUST) is not met: an object (with it {followers})"
    (_, met) = decide(state, sound).changes
    assert met.text == f"LIST-002 (MUST) is met again (with it {followers})"


def test_a_should_is_reported_and_leaves_a_server_conformant() -> None:
    warned = fails("LIST-002", Verdict.WARN)
    state, kinds = _after(judged(), judged(result(), warned))
    assert kinds[1] == [Kind.UNMET]
    assert state.status is Status.CONFORMANT
    state, kinds = _after(judged(), judged(result(), warned), fail_on=Level.SHOULD)
    assert kinds[1] == [Kind.NOT_CONFORMANT, Kind.UNMET]


@pytest.mark.parametrize("verdict", [Verdict.INFO, Verdict.WAIVED])
def test_what_nobody_promised_or_somebody_waived_is_no_alert(verdict: Verdict) -> None:
    _, kinds = _after(judged(), judged(result(), fails("LIST-002", verdict)))
    assert kinds[1] == []


def test_a_waiver_out_of_date_is_not_conformant() -> None:
    stale = result("LIST-002", Verdict.WAIVED_BUT_PASSED)
    _, kinds = _after(judged(), judged(result(), stale))
    assert kinds[1] == [Kind.NOT_CONFORMANT]


@pytest.mark.parametrize("verdict", [Verdict.SKIPPED, Verdict.ERROR])
def test_a_look_that_finds_nothing_out_changes_nothing(verdict: Verdict) -> None:
    blind = judged(result("LIST-001", verdict, reason="too fast"), result("LIST-002"))
    state, kinds = _after(judged(fails(), result("LIST-002")), blind, judged(fails()))
    assert [kind for kind in kinds[1] + kinds[2] if kind is not Kind.FAILED] == []
    assert state.status is Status.NOT_CONFORMANT


def test_a_busy_server_keeps_its_grade_and_counts_as_answering() -> None:
    state, kinds = _after(judged(fails()), down(), busy())
    assert kinds[2] == [Kind.UP]
    assert state.status is Status.NOT_CONFORMANT


def test_a_failure_of_the_suite_says_nothing_about_the_server() -> None:
    state, kinds = _after(down(), failed(), failed(), down(), judged())
    assert kinds == [[Kind.DOWN], [Kind.FAILED], [], [], [Kind.UP]]
    assert state.status is Status.CONFORMANT


def test_a_server_lost_on_the_way_is_down_and_its_requirements_stay() -> None:
    lost = judged(fails(), lost="the server went away at LIST-001")
    state, kinds = _after(judged(), lost)
    assert kinds[1] == [Kind.DOWN]
    assert state.document is not None
    assert state.document.unmet == ()


def test_options_that_were_not_put_back_are_reported() -> None:
    _, kinds = _after(judged(), judged(not_put_back="samples_format was 'png' and is 'jpg'"))
    assert kinds[1] == [Kind.NOT_PUT_BACK]


def test_a_run_that_stopped_writing_says_why() -> None:
    state, _ = _after(judged())
    (change,) = decide(state, judged(stopped="two servers answer there")).changes
    assert (change.kind, change.text) == (Kind.FAILED, "two servers answer there")


def test_another_mode_asks_another_question() -> None:
    _, kinds = _after(judged(fails(), mode="full"), judged(mode="smoke"))
    assert kinds[1] == []


# Drift


def test_drift_is_measured_against_the_last_good_state_and_reported_once() -> None:
    upgraded = judged(snapshot=_changed(version=("a1111 1.11.0",), samplers=("Euler", "UniPC")))
    state, kinds = _after(judged(), upgraded, upgraded)
    assert kinds == [[], [Kind.DRIFT, Kind.DRIFT], []]
    assert state.good == upgraded.snapshot


def test_drift_of_a_server_that_is_not_good_is_measured_against_the_good_one() -> None:
    bad = [judged(fails(), snapshot=_changed(models=names)) for names in (("b",), ("b", "c"))]
    state, _ = _after(judged(), bad[0])
    (change,) = decide(state, bad[1]).changes
    assert change.text == "models +2 (b, c), -1 (tiny-a)"
    state, _ = _after(judged(), *bad)
    (change,) = decide(state, judged(fails())).changes
    assert change.text == "models as in the last good state again"
    assert [each.text for each in state.drift] == ["models +2 (b, c), -1 (tiny-a)"]


def test_a_facet_that_could_not_be_read_is_no_drift() -> None:
    without = Snapshot({Facet.VERSION: ("a1111 1.10.1",)})
    state, kinds = _after(judged(), judged(snapshot=without), judged())
    assert kinds == [[], [], []]
    assert state.seen == SNAPSHOT


def test_a_version_that_was_read_without_a_picture_is_a_guess() -> None:
    known = _changed(version=("forge neo",), program=("neo",))
    _, kinds = _after(judged(snapshot=known), judged(snapshot=_changed(version=("forge",))))
    assert kinds[1] == []


def test_an_alert_keeps_a_hundred_names_of_a_facet() -> None:
    many = tuple(f"model-{number}" for number in range(5000))
    state, _ = _after(judged())
    (change,) = decide(state, judged(snapshot=_changed(models=many))).changes
    assert len(change.added) == 100
    assert change.text.startswith("models +5000 (model-0, ")
    assert "and 4995 more" in change.text


def test_a_look_that_is_doubted_changes_the_counts_alone() -> None:
    state, _ = _after(judged())
    after = suspected(state, down())
    assert (after.status, after.since) == (state.status, state.since)
    assert after.looks == {"conformant": 1, "down": 1}


@pytest.mark.parametrize(
    ("seconds", "words"), [(5, "5 s"), (150, "2 min"), (7300, "2 h"), (200_000, "2 d"), (-5, "0 s")]
)
def test_a_length_of_time_is_said_in_its_unit(seconds: int, words: str) -> None:
    now = judged().at
    assert time_between(now + timedelta(seconds=seconds), now) == words


def test_alerts_and_looks_are_counted_by_their_kind() -> None:
    state, _ = _after(judged(), down(), judged(), down(), down())
    assert state.alerts == {Kind.DOWN.value: 2, Kind.UP.value: 1}
    assert state.looks == {judged().outcome.value: 2, down().outcome.value: 3}


def test_a_status_has_held_since_the_look_that_changed_it() -> None:
    state, _ = _after(judged(), judged(), down(), down(), judged())
    minutes = [
        _after(*[judged(), judged(), down(), down(), judged()][:count])[0].since
        for count in (1, 2, 3, 4)
    ]
    start = judged().at
    passed = [since and (since - start) // timedelta(minutes=1) for since in minutes]
    assert passed == [0, 0, 10, 10]
    assert state.since == start + timedelta(minutes=20)
