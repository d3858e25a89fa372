import assert from "node:assert/strict";
import { test } from "node:test";
import { Choices } from "../../static/js/choices.js";
import { chooseMetric } from "../../static/js/metric-select.js";
import { Preferences } from "../../static/js/preferences.js";
import { ViewChoice } from "../../static/js/view-choice.js";

/** A page with this address; its user is the same one if the memory is. */
function aPage(hash = "", memory = new Map()) {
  let address = hash;
  const choices = new Choices({ hash: () => address, set: (next) => (address = next), onChange: () => {} });
  const preferences = new Preferences(memory, "1");
  return { choices, preferences, memory, view: new ViewChoice(choices, preferences), address: () => address };
}

test("once the fleet is known the address says how it is seen, so that a link shows somebody else the same", () => {
  const mine = aPage("", aPageOfWhoLikes("heat", "temp"));
  assert.equal(mine.view.name, "heat");
  mine.view.settle(3);
  assert.equal(mine.address(), "#view=heat&metric=temp");
  const other = aPage(mine.address(), aPageOfWhoLikes("table", "cpu"));
  other.view.settle(3);
  assert.deepEqual([other.view.name, other.address()], ["heat", "#view=heat&metric=temp"]);
});

test("who has chosen nothing sees what suits the size of the fleet, also when it grows meanwhile", () => {
  for (const [hosts, view] of /** @type {const} */ ([[24, "cards"], [25, "table"]])) {
    const page = aPage("#search=x");
    assert.equal(page.view.name, "cards");
    page.view.settle(hosts);
    page.view.settle(100);
    assert.deepEqual([page.view.name, page.address()], [view, `#view=${view}&search=x`]);
  }
});

test("a wall screen that is started without a view has the one that the page would have", () => {
  const page = aPage("#wall=on", aPageOfWhoLikes("heat", "temp"));
  page.view.settle(100);
  assert.equal(page.address(), "#view=heat&metric=temp&wall=on");
  const nobody = aPage("#wall=on");
  nobody.view.settle(100);
  assert.equal(nobody.address(), "#view=table&wall=on");
});

test("an address that names no metric means the usual one, whatever this user likes; a view that is chosen has that", () => {
  const page = aPage("#view=heat", aPageOfWhoLikes("heat", "temp"));
  page.view.settle(3);
  assert.equal(page.address(), "#view=heat");
  page.view.look("table");
  page.view.look("overlay");
  assert.equal(page.address(), "#view=overlay&metric=temp");
});

/**
 * @param {import("../../static/js/choice.js").ViewName} view
 * @param {string} metric
 */
function aPageOfWhoLikes(view, metric) {
  const page = aPage();
  page.view.look(view);
  chooseMetric(page, metric);
  return page.memory;
}
