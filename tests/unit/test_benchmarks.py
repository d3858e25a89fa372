"""The parts of the benchmarks that a figure depends on: what is made up, what is read, what is counted."""

from __future__ import annotations

import argparse
import json
from typing import Any

import pytest

from components.payloads import parse_sample
from tests.benchmarks.audience import Order
from tests.benchmarks.fleet_load import parse_size
from tests.benchmarks.heard import Heard, time_in_event, times_in_update
from tests.benchmarks.made_up import SHOWN_BY, STAMP_SECONDS, Machine, count_numbers, stamp
from tests.benchmarks.peer import Frames
from tests.benchmarks.trace import Trace, of_gaps
from tests.harness.flooding import frame


def served(payload: bytes, opcode: int = 1) -> bytes:
    """A frame as a server sends it: without a mask."""
    masked = frame(payload, opcode)
    head = len(masked) - len(payload) - 4
    return masked[:1] + bytes([masked[1] & 127]) + masked[2:head] + payload


@pytest.mark.parametrize("number", range(20))
def test_a_made_up_machine_is_one_that_the_hub_takes(number: int) -> None:
    """With about as many numbers as a small server has, all of them known to the collectors, and most of them moving."""
    machine = Machine(number)
    before, after = machine.metrics(), machine.metrics()
    assert set(after) == set(SHOWN_BY)
    assert 28 <= count_numbers(after) <= 45
    parse_sample({"run": "r", "seq": 1, "at": 1.0, "revision": 1, "metrics": after, "failed": {}})
    assert sum(before[name] != after[name] for name in after) >= 6


def test_made_up_machines_differ_and_repeat() -> None:
    """Another number is another machine; the same number is the same."""

    def cores(number: int) -> Any:
        return Machine(number, now=lambda: 1.0).metrics()["cpu_core_used_ratio"]

    assert cores(1) != cores(2)
    assert cores(1) == cores(1)


def test_a_stamp_is_a_load_that_tells_the_time() -> None:
    """To a hundredth of a second."""
    assert stamp(1_789_000_012.344) == 12.34
    assert 0 <= stamp(1e9 + 99.999) <= STAMP_SECONDS


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536, 200_000])
@pytest.mark.parametrize("piece", [1, 7, 100_000])
def test_frames_come_whole_however_they_are_cut(size: int, piece: int) -> None:
    """In order, each with its opcode."""
    if piece == 1 and size > 1000:
        piece = 997
    payload = bytes(number % 251 for number in range(size))
    stream = served(payload) + served(b"now", 9) + served(payload, 2)
    frames = Frames()
    found = [one for start in range(0, len(stream), piece) for one in frames.feed(stream[start : start + piece])]
    assert found == [(1, payload), (9, b"now"), (2, payload)]


def test_a_message_in_several_frames_is_refused() -> None:
    """No server that is measured here sends one; half a message must not be counted as a whole one."""
    with pytest.raises(ValueError, match="several"):
        list(Frames().feed(bytes([1, 3]) + b"abc"))


def event(payload: Any, publication: int = 7) -> bytes:
    """An EVENT as it travels."""
    return json.dumps([36, 5, publication, {}, [payload]], separators=(",", ":")).encode()


def test_what_is_heard_is_counted_with_its_age() -> None:
    """By each listener, for each sample; a host without one counts as nothing."""
    heard = Heard(times_in_update)
    update = {
        "hosts": {"a": {"sample": {"taken_at": 99.9}}, "b": {"sample": {"metrics": {}}}, "c": None, "d": {"sample": {"taken_at": 99.5}}}
    }
    for listener in range(3):
        heard.take(100.0 + listener / 10, event(update))
    summary = heard.summary()
    assert (summary["messages"], summary["samples"], summary["bytes"]) == (3, 6, 3 * len(event(update)))
    assert summary["p50"] in range(299, 302)
    assert summary["max"] in range(699, 702)
    heard.begin()
    assert heard.summary() == {"messages": 0, "bytes": 0, "samples": 0, "p50": None, "p99": None, "max": None}


def test_events_of_the_tutorial_are_counted_one_by_one() -> None:
    """Each has its own age, and none is older than the longest that is counted."""
    heard = Heard(time_in_event)
    for number in range(100):
        heard.take(1000.0, event({"at": 1000 - number / 1000}, number))
    heard.take(1000.0, event({"at": 0}, 200))
    summary = heard.summary()
    assert summary["samples"] == 101
    assert summary["p50"] in range(49, 53)
    assert summary["max"] == 60_000


@pytest.mark.parametrize("text", ["0x1", "1x0", "2001x1", "1x201", "1", "x", "axb"])
def test_a_size_out_of_bounds_is_refused(text: str) -> None:
    """Before anything is started."""
    with pytest.raises((ValueError, argparse.ArgumentTypeError)):
        parse_size(text)


def test_orders_travel_whole() -> None:
    """As one line."""
    order = Order("http://127.0.0.1:1", "ws://127.0.0.1:1/ws", 3, "admin", 'a "quoted"\npassword', 2)
    assert "\n" not in order.to_line()
    assert Order(**json.loads(order.to_line())) == order


def report(name: str, **arguments: Any) -> dict[str, Any]:
    """An event of a browser's trace."""
    return {"pid": 1, "name": name, "ph": "b", "ts": 0, "args": arguments}


def test_frames_are_counted_while_something_scrolls() -> None:
    """Those that nobody was to see do not count, and none of a page at rest."""
    states = ["STATE_PRESENTED_ALL", "STATE_PRESENTED_PARTIAL", "STATE_DROPPED", "STATE_PRESENTED_ALL", "STATE_NO_UPDATE_DESIRED"]
    frames = [{"state": state, "scroll_state": "SCROLL_COMPOSITOR_THREAD"} for state in states]
    frames += [{"state": "STATE_DROPPED", "scroll_state": "SCROLL_NONE"}]
    steps: list[dict[str, Any]] = [{"is_janky": False}, {"is_janky": True}, {}]
    trace = Trace(
        [
            report("SendBeginMainFrameToCommit"),
            *(report("PipelineReporter", frame_reporter=frame) for frame in frames),
            *(report("ScrollJankV4", scroll_jank_v4=step) for step in steps),
        ]
    )
    assert trace.scrolling() == {"frames": 4, "dropped": 1, "without the page's part %": 25.0, "steps": 3, "late": 1}


def test_the_work_for_a_frame_is_counted() -> None:
    """Not the time until it began; a difference of times that were never noted is none."""
    work = {"animate_us": 2000, "paint_us": 500, "begin_main_sent_to_started_us": 9000, "layout_update_us": 2**63}
    part = report("SendBeginMainFrameToCommit", send_begin_mainframe_to_commit_breakdown=work)
    assert Trace([part]).frame_costs() == [2.5]


def test_gaps_between_frames_tell_how_many_a_script_did_not_see() -> None:
    """At 60 a second: a gap of three frames has lost two."""
    assert of_gaps([16.7, 16.6, 50.0]) == {"seen by a script": 3, "not seen %": 40.0, "longest gap ms": 50}
