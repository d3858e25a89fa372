"""What the benchmarks ask the live page of themselves: a figure that is always 0 says nothing."""

from __future__ import annotations

import pytest

from tests.benchmarks.frames import PROBE
from tests.browser.conftest import People
from tests.browser.pages import card, is_live
from tests.conftest import Play
from tests.harness.web import WebUser

ROW = 3
"""Cards side by side in a window of the tests."""

BLANK = """([hosts, gone, room]) => {
  const grid = document.querySelector(".virtual-grid");
  const cards = hosts.map((host) => grid.querySelector(`[data-host="${host}"]`));
  const order = [...grid.children];
  const {height} = cards[0].getBoundingClientRect();
  for (const number of gone) cards[number].remove();
  if (room) {
    const made = document.createElement("div");
    made.className = "grid-room";
    made.style.height = `${height}px`;
    made.style.order = "-1";
    grid.prepend(made);
  }
  const part = vedetteProbe.blankPart();
  grid.replaceChildren(...order);
  return part * innerHeight / height;
}"""
"""How many rows' heights are blank while these cards do not exist."""


def test_what_is_blank_is_counted(people: People, operator: WebUser, play_known: Play) -> None:
    """A card that is missing beside others, and the room of a whole row; neither gaps nor what is behind the last card."""
    hosts = [play_known(f"probe-{number}").host_id for number in range(ROW + 1)]
    page = people.open(None, by=operator)
    page.add_init_script(path=PROBE)
    page.goto(f"{people.hub.url}/#view=cards&search=probe-")
    is_live(page)
    for number in range(ROW + 1):
        card(page, f"probe-{number}").wait_for()
    assert page.evaluate(BLANK, [hosts, [], False]) == 0
    for missing in ([0], [1], [2]):
        assert page.evaluate(BLANK, [hosts, missing, False]) == pytest.approx(1 / ROW, rel=0.3)
    assert page.evaluate(BLANK, [hosts, [0, 2], False]) == pytest.approx(2 / ROW, rel=0.3)
    assert page.evaluate(BLANK, [hosts, [0, 1, 2], True]) == pytest.approx(1, rel=0.3)
    page.goto(f"{people.hub.url}/#view=table&search=probe-")
    page.locator(".table-row[data-host]").first.wait_for()
    rows = "() => vedetteProbe.blankPart()"
    assert page.evaluate(rows) == 0
    whole, blank = page.locator(".table-body").evaluate("""body => {
        const {height} = body.getBoundingClientRect();
        body.replaceChildren();
        return [height / innerHeight, vedetteProbe.blankPart()];
    }""")
    assert blank == pytest.approx(whole, rel=0.3)
