import assert from "node:assert/strict";
import { test } from "node:test";
import { heatCells, largestAt } from "../../static/js/chart-heat.js";

const LINES = [
  { key: "a", label: "core 0" },
  { key: "b", label: "core 1" },
];

/**
 * @param {number[]} at
 * @param {(number | null)[]} a
 * @param {(number | null)[]} b
 */
function table(at, a, b) {
  const column = (/** @type {(number | null)[]} */ values) => ({ min: values, mean: values, max: values });
  return { at, columns: new Map([["a", column(a)], ["b", column(b)]]) };
}

test("samples of one step of time are its mean", () => {
  const { start, width, columns } = heatCells(table([0, 1, 2, 3], [0.1, 0.3, 0.5, 0.7], [1, 1, 0, 0]), LINES, 0, 4, 2);
  assert.deepEqual([start, width], [0, 2]);
  assert.deepEqual(columns.map((values) => values.map((value) => value?.toFixed(1))), [["0.2", "1.0"], ["0.6", "0.0"]]);
});

test("a value holds until the next one, but not across a gap, nor after the newest", () => {
  const { columns } = heatCells(table([0, 2, 3, 5], [0.5, 0.25, null, 1], [0, 0, null, 0]), LINES, 0, 8, 8);
  assert.deepEqual(columns.map(([first]) => first), [0.5, 0.5, 0.25, null, null, 1, null, null]);
});

test("the steps stand still while the time goes on", () => {
  const before = heatCells(table([10], [1], [1]), LINES, 7, 17, 5);
  const after = heatCells(table([10], [1], [1]), LINES, 7.5, 17.5, 5);
  assert.equal(before.start % 2, 0);
  assert.equal(before.start, after.start);
});

test("nothing known is nothing painted", () => {
  assert.deepEqual(heatCells(table([], [], []), LINES, 0, 2, 1).columns, [[null, null]]);
});

test("the busiest of many, at one moment", () => {
  const known = table([0, 1], [0.1, null], [0.2, null]);
  assert.deepEqual(largestAt(known, LINES, 0), { label: "core 1", value: 0.2 });
  assert.equal(largestAt(known, LINES, 1), null);
});
