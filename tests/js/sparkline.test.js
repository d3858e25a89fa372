import assert from "node:assert/strict";
import { test } from "node:test";
import { runs, sameValues } from "../../static/js/sparkline.js";

test("a run goes from the left edge to the right one, large values on top", () => {
  assert.deepEqual(runs([0, 0.5, 1], 1), [[{ x: 0, y: 1 }, { x: 0.5, y: 0.5 }, { x: 1, y: 0 }]]);
});

test("gaps stay gaps, at either end too", () => {
  const found = runs([null, 1, null, 0, 1, null], 1);
  assert.deepEqual(found.map((run) => run.map(({ x }) => x)), [[0.2], [0.6000000000000001, 0.8]]);
});

test("without a maximum the largest value is at the top", () => {
  assert.deepEqual(runs([5, 20], null), [[{ x: 0, y: 0.75 }, { x: 1, y: 0 }]]);
});

test("zeros alone lie on the ground", () => {
  assert.deepEqual(runs([0, 0], null).flat().map(({ y }) => y), [1, 1]);
});

test("what is above the maximum is cut off at the edge", () => {
  assert.deepEqual(runs([2, -1], 1).flat().map(({ y }) => y), [0, 1]);
});

test("a single value stands where the newest one does", () => {
  assert.deepEqual(runs([1], 1), [[{ x: 1, y: 0 }]]);
});

test("nothing known, nothing drawn", () => {
  assert.deepEqual(runs([], null), []);
  assert.deepEqual(runs([null, null], 1), []);
});

test("values are the same only if every one is", () => {
  assert.ok(sameValues([1, null], [1, null]));
  assert.ok(!sameValues([1, null], [1, 0]));
  assert.ok(!sameValues([1], [1, null]));
});
