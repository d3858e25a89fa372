import assert from "node:assert/strict";
import { test } from "node:test";
import { paths, runs, sameValues } from "../../static/js/sparkline.js";

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

test("a run is a line, and an area down to the ground; half a line stays free at the edges", () => {
  assert.deepEqual(paths(runs([0, 1], 1), 10, 10), { line: "M0.6 9.4L9.4 0.6", area: "M0.6 9.4L9.4 0.6V10H0.6z" });
  assert.equal(paths(runs([0, 1, null, 1, 0], 1), 10, 10).line.match(/M/g)?.length, 2);
});

test("a single value is a dot", () => {
  assert.deepEqual(paths(runs([1], 1), 10, 10), { line: "M9.4 0.6h0", area: "" });
});

test("nothing known makes no path", () => {
  assert.deepEqual(paths([], 10, 10), { line: "", area: "" });
});
