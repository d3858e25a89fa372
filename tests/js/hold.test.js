import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Hold } from "../../static/js/hold.js";
import { OverlayRanking } from "../../static/js/overlay-ranking.js";

/** A host, and the place of all hosts: as much of an element as it takes. */
class FakeElement extends EventTarget {
  closest() {
    return this;
  }

  contains() {
    return true;
  }

  matches() {
    return true;
  }
}

let now = 0;
/** @type {any} */
let place;
/** @type {{activeElement: FakeElement | null, querySelector: () => FakeElement | null}} */
let page;
/** @type {Hold} */
let hold;

beforeEach(() => {
  now = 0;
  page = { activeElement: null, querySelector: () => null };
  place = new FakeElement();
  Object.assign(globalThis, { Element: FakeElement, document: page });
  hold = new Hold(place, undefined, () => now);
});

/** @param {string[]} types */
const point = (...types) => types.forEach((type) => place.dispatchEvent(Object.assign(new Event(type), { pointerType: "mouse" })));

test("a pointer holds what is below it while it moves, and no longer than ten seconds once it rests", () => {
  assert.ok(!hold.isOn);
  point("pointerover", "pointermove");
  now += 9_999;
  assert.ok(hold.isOn);
  point("pointermove");
  now += 9_999;
  assert.ok(hold.isOn);
  now += 1;
  assert.ok(!hold.isOn);
  point("pointerover"); // the hosts have moved, and not the pointer
  assert.ok(!hold.isOn);
  point("pointermove");
  assert.ok(hold.isOn);
  point("pointerleave");
  assert.ok(!hold.isOn);
});

test("the focus on a host holds it as long as it is there", () => {
  page.activeElement = new FakeElement();
  now += 3_600_000;
  assert.ok(hold.isOn);
});

test("behind a dialog hosts stay where they are", () => {
  page.querySelector = () => new FakeElement();
  assert.ok(hold.isOn);
});

test("the lines of an overlay keep their places while the pointer moves there, and no longer than ten seconds once it rests", () => {
  const values = new Map(Array.from({ length: 30 }, (_, place) => [`h${place}`, 30 - place]));
  const ranking = new OverlayRanking(() => hold.isOn);
  const arrange = () => ranking.arrange(new Set(values.keys()), (id) => values.get(id) ?? null, now / 1000);
  const tick = () => ranking.tick((id) => values.get(id) ?? null, now / 1000);
  arrange();
  assert.equal(ranking.lines.length, 20);
  values.set("h29", 99);
  now += 15_000;
  point("pointerover", "pointermove");
  arrange(); // the same hosts
  assert.ok(!tick() && !ranking.lines.includes("h29"));
  now += 10_000;
  assert.ok(tick() && ranking.lines.includes("h29"));

  point("pointermove");
  values.set("new", 100);
  arrange(); // somebody looks for other hosts
  assert.ok(ranking.lines.includes("new"));
  assert.ok(!tick());
});
