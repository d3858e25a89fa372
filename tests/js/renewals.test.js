import assert from "node:assert/strict";
import { test } from "node:test";
import { Renewals } from "../../static/js/renewals.js";

/** Renewals on a clock on which to draw one takes a millisecond, and what was drawn. */
function renewals() {
  let now = 0;
  const drawn = /** @type {string[]} */ ([]);
  const waiting = new Renewals(() => now);
  const run = (/** @type {number} */ limitMs) =>
    waiting.run(limitMs, (key, id) => {
      now += 1;
      drawn.push(`${key} ${id}`);
    });
  return { waiting, drawn, run };
}

test("all are drawn in the end, each once, in the order in which they changed", () => {
  const { waiting, drawn, run } = renewals();
  for (const key of ["b", "a", "c", "b", "d", "e"]) waiting.add(key, key.toUpperCase());
  assert.deepEqual([run(1.5), [...drawn]], [false, ["b B", "a A"]]);
  assert.deepEqual([run(1.5), run(1.5), waiting.size], [false, true, 0]);
  assert.deepEqual(drawn, ["b B", "a A", "c C", "d D", "e E"]);
  assert.equal(run(1.5), true);
  assert.equal(drawn.length, 5);
});

test("what changes again in every frame does not take the turn of what waits", () => {
  const { waiting, drawn, run } = renewals();
  const keys = Array.from({ length: 10 }, (_, number) => `card-${number}`);
  for (let frame = 0; frame < 20; frame += 1) {
    for (const key of keys) waiting.add(key, "host");
    run(1.5);
  }
  const counts = keys.map((key) => drawn.filter((one) => one === `${key} host`).length);
  assert.deepEqual(counts, keys.map(() => 4), "two in each of twenty frames, shared by ten");
});

test("without any time one is drawn nevertheless, and what is gone is not", () => {
  const { waiting, drawn, run } = renewals();
  for (const key of ["a", "b", "c"]) waiting.add(key, "host");
  waiting.delete("b");
  assert.deepEqual([run(0), run(0)], [false, true]);
  assert.deepEqual(drawn, ["a host", "c host"]);
});
