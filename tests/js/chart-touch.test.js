import assert from "node:assert/strict";
import { test } from "node:test";
import { ChartTouch, dragged } from "../../static/js/chart-touch.js";

test("a drag is what lies between, in either direction, within the chart", () => {
  assert.deepEqual(dragged(40, 100, 300), { left: 40, width: 60 });
  assert.deepEqual(dragged(100, 40, 300), { left: 40, width: 60 });
  assert.deepEqual(dragged(250, 400, 300), { left: 250, width: 50 });
  assert.deepEqual(dragged(20, -50, 300), { left: 0, width: 20 });
});

/** A chart of 300 by 150 pixels, 10 from the left, and what it was told to select: finally, or while the finger moves. */
function aChart() {
  const over = Object.assign(new EventTarget(), { clientWidth: 300, clientHeight: 150, getBoundingClientRect: () => ({ left: 10 }) });
  const selected = /** @type {{left: number, width: number, final: boolean}[]} */ ([]);
  const setSelect = (/** @type {any} */ { left, width }, /** @type {boolean} */ final) => selected.push({ left, width, final });
  new ChartTouch(/** @type {any} */ ({ over, setSelect }));
  const touch = (/** @type {string} */ type, /** @type {number} */ clientX, more = {}) =>
    over.dispatchEvent(Object.assign(new Event(type), { pointerType: "touch", isPrimary: true, pointerId: 1, clientX, ...more }));
  return { selected, touch };
}

test("one finger sideways zooms when it is lifted", () => {
  const { selected, touch } = aChart();
  touch("pointerdown", 60);
  touch("pointermove", 110);
  touch("pointerup", 160);
  touch("pointermove", 200);
  assert.deepEqual(selected, [{ left: 50, width: 50, final: false }, { left: 50, width: 100, final: true }]);
});

test("a touch, a scroll that the browser takes over, a second finger and a mouse do not", () => {
  const { selected, touch } = aChart();
  touch("pointerdown", 60);
  touch("pointerup", 64);
  touch("pointerdown", 60);
  touch("pointermove", 90);
  touch("pointercancel", 90);
  touch("pointerdown", 60, { pointerId: 2, isPrimary: false });
  touch("pointerup", 160, { pointerId: 2, isPrimary: false });
  touch("pointerdown", 60, { pointerType: "mouse" });
  touch("pointerup", 160, { pointerType: "mouse" });
  assert.deepEqual(selected.filter(({ final, width }) => final || (width && width !== 30)), []);
  assert.equal(selected.at(-1)?.width, 0);
});
