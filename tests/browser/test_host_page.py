"""One host, looked at closely: charts that move, zoom and stand still; a lease while somebody looks; processes when somebody asks."""

from __future__ import annotations

import json
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.browser.conftest import People
from tests.browser.pages import Marked, count, is_live
from tests.conftest import Play
from tests.harness.agents import AgentProcess, LightAgent, PlayedAgent, make_code
from tests.harness.eventually import eventually
from tests.harness.hub import Hub
from tests.harness.wamp import Refused
from tests.harness.web import WebUser

HOSTILE = "<b onx=1>\"'"
"""A name that a process may have: at most 15 bytes."""
SILENT = re.compile("did not answer within|lost its connection")
"""What is said of a host that is frozen: the first after 5 s; a ping that is not answered may end its connection sooner."""
POINTS = 12
"""In one go; a host that sends many more is slowed down."""
CYCLES = 30

PIXELS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  let sum = 0;
  for (let index = 0; index < data.length; index += 1) sum = (sum * 31 + data[index]) | 0;
  return sum;
}"""


def chart(page: Page, name: str) -> Locator:
    """The chart with this name."""
    return page.locator(f'.chart[data-chart="{name}"]')


def pixels(chart: Locator) -> int:
    """A number for what a chart shows now."""
    found: int = chart.locator("canvas").evaluate(PIXELS)
    return found


def moves(shown: Locator) -> None:
    """Wait until it shows something else."""
    before = pixels(shown)
    eventually(lambda: pixels(shown) != before, "the chart moves")


def open_host(people: People, user: WebUser, host_id: str) -> Page:
    """The page of one host, live."""
    page = people.open(f"/#host={host_id}", by=user)
    is_live(page)
    return page


def is_leased(played: PlayedAgent, interval: float, seconds: float) -> None:
    """Wait until this played host is asked for exactly that lease; it answers whatever it is asked."""
    wanted, asked = {"interval": interval, "seconds": seconds}, None
    while asked != wanted:
        query = played.client.event().payload
        asked = query["arguments"]
        with suppress(Refused):  # too late; it is asked again
            played.client.call("vedette.agent.answer", {"id": query["id"], "result": {"at": 0.0} if query["kind"] == "ping" else asked})


@pytest.fixture(scope="module")
def real(hub: Hub) -> Iterator[AgentProcess]:
    """A real agent of its own."""
    name = f"real-{secrets.token_hex(3)}"
    agent = LightAgent(hub.websocket_url, name, code=make_code(hub, name)).start()
    yield agent
    agent.end()


def id_of(hub: Hub, agent: AgentProcess) -> str:
    """Its host, when it has joined."""
    find = "result = Host.objects.filter(name=name).values_list('pk', flat=True).first() or ''"
    return str(eventually(lambda: hub.django.run(find, name=agent.name), f"{agent.name} has joined"))


NOTE_FRAMES = """() => {
  window.vedetteFrames = [];
  const note = () => {
    const charts = [...document.querySelectorAll(".host-page:not([hidden]) .chart")];
    const boxes = charts.map(chart => [chart.dataset.chart, chart.getBoundingClientRect()]);
    const places = boxes.map(([name, { top, height }]) => [name, top, height]);
    if (charts.length) window.vedetteFrames.push({ places, plots: charts.filter(chart => chart.querySelector("canvas")).length });
    requestAnimationFrame(note);
  };
  note();
}"""
"""Where the charts of a host are in each frame, and how many are drawn."""


def test_a_host_is_there_before_its_charts_are_drawn(people: People, operator: WebUser, play_known: Play) -> None:
    """Its name, values and the charts' frames come first; then each chart is drawn, and nothing moves meanwhile."""
    played = play_known("staged")
    played.publish({"cpu_used_ratio": 0.5, "load_1m": 1.5, "memory_used_bytes": 2**30, "memory_total_bytes": 2**32, "uptime_seconds": 60})
    page = people.open("/#view=cards&search=staged", by=operator)
    page.get_by_role("link", name="staged").wait_for()
    page.evaluate(NOTE_FRAMES)
    page.get_by_role("link", name="staged").click()
    expect(page.locator(".chart canvas")).to_have_count(3)
    frames = page.evaluate("() => window.vedetteFrames")
    assert frames[0]["plots"] == 0
    assert len(frames[0]["places"]) == 3
    assert all(frame["places"] == frames[0]["places"] for frame in frames)
    expect(chart(page, "load").locator(".chart-value")).to_have_text("1.50")


def zooms_by_keys(page: Page, one: Locator, other: Locator) -> None:
    """The cursor goes with the focus."""
    back, moment = page.get_by_role("button", name="Back to live"), other.locator(".chart-moment")
    cursor = one.get_by_role("slider")
    expect(cursor).to_have_attribute("aria-valuenow", "100")
    cursor.focus()
    other.locator(".u-over").hover()
    expect(moment).to_be_visible()
    expect(cursor).to_have_attribute("aria-valuenow", "100")  # nobody has asked
    page.mouse.move(0, 0)
    expect(moment).to_be_hidden()
    page.keyboard.press("ArrowLeft")

    def said() -> str:
        """Where the key led; on a slow machine the time goes on between the two."""
        page.keyboard.press("ArrowLeft")
        words, there = cursor.get_attribute("aria-valuetext") or "", moment.text_content() or ""
        return there if there and re.fullmatch(f"1 min .* at {there}", words) else ""

    eventually(said, "the chart says where its cursor is, and so does the other one")
    expect(cursor).not_to_have_attribute("aria-valuenow", "100")
    expect(moment).to_be_visible()
    page.keyboard.press("+")
    expect(back).to_be_visible()
    places = []
    for key, beyond in (("Home", "ArrowLeft"), ("End", "ArrowRight")):
        page.keyboard.press(key)
        page.keyboard.press(beyond)
        expect(moment).to_be_visible()  # it stays within what is shown, closer as it is
        places.append(int(cursor.get_attribute("aria-valuenow") or ""))
    assert places[0] < places[1]
    page.keyboard.press("-")
    expect(back).to_be_hidden()
    page.keyboard.press("Tab")
    expect(moment).to_be_hidden()


def push(played: PlayedAgent, number: int) -> None:
    """One sample with values that tell its number."""
    played.publish({"cpu_used_ratio": number % 10 / 10, "load_1m": number, "memory_used_bytes": 2**30, "memory_total_bytes": 2**32})


def test_charts_move_stand_still_and_zoom(people: People, operator: WebUser, play_known: Play) -> None:
    """All of them together; nothing has to be loaded again."""
    played = play_known("moving")
    played.client.subscribe("vedette.agent.on_query")
    played.publish()
    page = open_host(people, operator, played.host_id)
    mark = Marked(page)
    is_leased(played, 0.2, 15)

    cpu, load = chart(page, "cpu"), chart(page, "load")
    for number in range(POINTS):
        push(played, number)
    expect(load.locator(".chart-value")).to_have_text(f"{POINTS - 1}.00")
    expect(cpu.get_by_role("slider", name="CPU, chart")).to_have_attribute("aria-valuetext", re.compile(r"^used 10\.0% at "))
    moves(cpu)

    page.keyboard.press("Space")
    expect(page.get_by_role("button", name="Resume")).to_be_visible()
    held = pixels(cpu)
    push(played, 0)
    expect(page.get_by_text(re.compile(r"sample [1-9]\d* s ago"))).to_be_visible()
    assert pixels(cpu) == held
    page.get_by_role("button", name="Resume").click()
    moves(cpu)

    box = cpu.locator(".u-over").bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] - 100, box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 30, steps=4)
    page.mouse.up()
    back = page.get_by_role("button", name="Back to live")
    expect(back).to_be_visible()
    before = pixels(load)
    page.keyboard.press("Escape")
    expect(back).to_be_hidden()
    eventually(lambda: pixels(load) != before, "the other chart is live too")

    finger = page.context.new_cdp_session(page)
    for kind, left in (("touchStart", 100), ("touchMove", 80), ("touchMove", 40), ("touchEnd", None)):
        points = [] if left is None else [{"x": box["x"] + box["width"] - left, "y": box["y"] + 20}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    back.click()
    expect(back).to_be_hidden()

    zooms_by_keys(page, load, cpu)

    load.get_by_role("button", name="1 min").click()
    expect(load.get_by_role("button", name="1 min")).to_have_attribute("aria-pressed", "false")
    page.get_by_label("Samples").select_option(label="10 a second")
    is_leased(played, 0.1, 15)
    page.get_by_role("link", name="All hosts").click()
    expect(page.locator(".fleet-page")).to_be_visible()
    is_leased(played, 0.1, 0)
    mark.check()


class Line:
    """What goes between a page and its hub, which can be cut: the hub lives on, only this page is away."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        self._page = page
        self._cut = False
        self._ends: list[WebSocketRoute] = []
        page.route_web_socket(re.compile("/ws$"), self._opened)

    def cut(self) -> None:
        """Nothing goes through from now on."""
        self._cut = True
        for end in self._ends:
            end.close()
        self._ends.clear()
        self.heard.clear()

    def mend(self) -> None:
        """The next attempt succeeds."""
        self._cut = False

    def fetched(self) -> list[float]:
        """The greatest loads in all answers of `get_series`."""
        self._page.evaluate("1")  # what the browser hears is only known while it is asked something
        answers = [json.loads(message)[3][0] for message in self.heard if message.startswith("[50,") and '"mean"' in message]
        return [
            load for answer in answers for host in answer.values() for load in host.get("load_1m", {}).get("max", []) if load is not None
        ]

    def _opened(self, page: WebSocketRoute) -> None:
        if self._cut:
            page.close()
            return
        hub = page.connect_to_server()
        page.on_message(hub.send)

        def hear(message: str | bytes) -> None:
            self.heard.append(str(message))
            page.send(message)

        hub.on_message(hear)
        self._ends += page, hub


def test_what_a_page_missed_is_fetched(people: People, operator: WebUser, play_known: Play) -> None:
    """By a page that was cut off while the host went on: its charts end with the newest sample at once, and have no hole."""
    played = play_known("missed")
    played.client.subscribe("vedette.agent.on_query")
    played.publish({"load_1m": 1})
    page = people.open(None, by=operator)
    line = Line(page)
    page.goto(f"{people.hub.url}/#host={played.host_id}")
    is_live(page)
    is_leased(played, 0.2, 15)
    load = chart(page, "load")
    played.publish({"load_1m": 2})
    expect(load.locator(".chart-value")).to_have_text("2.00")
    mark = Marked(page)
    line.cut()
    for missed in (9000, 3):
        played.publish({"load_1m": missed})
    expect(page.get_by_role("status")).to_contain_text("reconnecting")
    line.mend()
    expect(load.locator(".chart-value")).to_have_text("3.00")
    is_live(page)
    eventually(lambda: any(load > 1000 for load in line.fetched()), "it is fetched", explain=lambda: str(line.heard))
    mark.check()


def test_processes_come_when_somebody_asks(people: People, viewer: WebUser, hub: Hub, real: AgentProcess, tmp_path: Path) -> None:
    """Those of a real machine, whatever they are called; a host that does not answer is told in time, and is asked again."""
    host_id = id_of(hub, real)
    program = tmp_path / HOSTILE
    shutil.copy(shutil.which("yes") or "/usr/bin/yes", program)
    page = open_host(people, viewer, host_id)
    moves(chart(page, "cpu"))
    mark = Marked(page)
    with subprocess.Popen([program], stdout=subprocess.DEVNULL) as process:  # a name that a stranger's program may have
        try:
            page.get_by_role("button", name="Show processes").click()
            panel = page.locator(".processes")
            expect(panel.get_by_role("rowheader", name=HOSTILE)).to_be_visible()
            expect(panel.get_by_role("columnheader", name="CPU")).to_have_attribute("aria-sort", "descending")
            panel.get_by_role("button", name="by memory").click()
            expect(panel.get_by_role("columnheader", name="Memory")).to_have_attribute("aria-sort", "descending")
            panel.get_by_role("columnheader", name="User").get_by_role("button").click()
            expect(panel.get_by_role("button", name="by memory")).to_have_attribute("aria-pressed", "false")
            panel.get_by_role("button", name="Pause").click()
            expect(panel.get_by_text(re.compile("busiest of .*, paused"))).to_be_visible()
            panel.get_by_role("button", name="Go on").click()
            real.process.signal(signal.SIGSTOP)
            try:
                expect(panel.get_by_text(SILENT)).to_be_visible()
            finally:
                real.process.signal(signal.SIGCONT)
            panel.get_by_role("button", name="Try again").click()
            expect(panel.get_by_text(SILENT)).to_be_hidden()
        finally:
            process.kill()
    mark.check()


def test_a_host_that_is_gone_or_never_was(people: People, operator: WebUser, play_known: Play) -> None:
    """Is said so, with the way back; the others are one key away."""
    played, neighbour = play_known("leaving"), play_known("leaving-next")
    page = open_host(people, operator, played.host_id)
    expect(page.get_by_role("heading", name="leaving")).to_be_focused()
    expect(page.get_by_role("link", name="next host: leaving-next")).to_be_visible()
    people.hub.django.run("Host.objects.get(pk=pk).delete()", pk=neighbour.host_id)
    expect(page.get_by_role("link", name="next host: leaving-next")).to_have_count(0)
    page.get_by_role("button", name="Show processes").click()
    page.get_by_role("button", name="Pause").first.click()
    expect(page.locator(".held-note")).to_be_visible()
    page.evaluate("location.hash += '&show=down'")
    expect(page.get_by_role("link", name="All hosts")).to_have_attribute("href", re.compile("show=down"))
    people.hub.django.run("Host.objects.get(pk=pk).delete()", pk=played.host_id)
    expect(page.get_by_text("This host was deleted.")).to_be_visible()
    expect(page.locator(".held-note")).to_be_hidden()
    expect(page.locator(".processes .panel-opener")).to_have_attribute("aria-expanded", "false")
    page.get_by_role("link", name="All hosts").click()
    expect(page.locator(".fleet-page")).to_be_visible()
    page.goto(f"{people.hub.url}/#host=zzzzzzzzzzzz")
    expect(page.get_by_text("There is no host with this address.")).to_be_visible()
    count(page, "up").click()
    expect(page.locator(".fleet-page")).to_be_visible()


def test_hosts_opened_and_closed_leave_nothing(people: People, operator: WebUser, play_known: Play) -> None:
    """No chart, no listener, no node stays behind."""
    played = play_known("often")
    page = open_host(people, operator, played.host_id)
    played.publish({"cpu_used_ratio": 0.5, "load_1m": 1})
    expect(chart(page, "load")).to_be_visible()
    client = page.context.new_cdp_session(page)

    def counts() -> dict[str, int]:
        for _ in range(2):
            client.send("HeapProfiler.collectGarbage")
        found = {metric["name"]: int(metric["value"]) for metric in client.send("Performance.getMetrics")["metrics"]}
        return {name: found[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}

    def cycle(times: int) -> None:
        page.evaluate(
            """async ([host, times]) => {
              const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
              for (let time = 0; time < times; time += 1) {
                location.hash = "";
                await frame();
                location.hash = `#host=${host}`;
                await frame();
              }
            }""",
            [played.host_id, times],
        )

    client.send("Performance.enable")
    cycle(5)
    before = counts()
    cycle(CYCLES)
    after = counts()
    assert after["Nodes"] < before["Nodes"] + 5 * CYCLES, (before, after)
    assert after["JSEventListeners"] < before["JSEventListeners"] + 2 * CYCLES, (before, after)
