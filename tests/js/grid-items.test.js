import assert from "node:assert/strict";
import { test } from "node:test";
import { placesOf } from "../../static/js/grid-items.js";
import { gridRows } from "../../static/js/grid-rows.js";

const group = (/** @type {string} */ label, /** @type {string[]} */ ids) =>
  ({ label, tag: label, entries: ids.map((id) => ({ id, host: /** @type {any} */ ({}) })) });

test("every item of the rows wanted has its place and its number in the whole list", () => {
  const rows = gridRows([group("", ["a", "b", "c", "d", "e"])], 2);
  const places = placesOf({ rows, first: 1, end: 3, columns: 2, count: 5 });
  assert.deepEqual([...places.values()].map(({ item, row, column, number }) => [item.id, row, column, number]), [
    ["c", 1, 0, 3],
    ["d", 1, 1, 4],
    ["e", 2, 0, 5],
  ]);
});

test("what is nearest to the middle comes first, so that it is made first", () => {
  const rows = gridRows([group("", ["a", "b", "c", "d", "e"])], 1);
  assert.deepEqual([...placesOf({ rows, first: 0, end: 5, columns: 1, count: 5 }).values()].map(({ row }) => row), [2, 1, 3, 0, 4]);
});

test("labels are no items, and a host in two groups has two places", () => {
  const rows = gridRows([group("web", ["a"]), group("db", ["a", "b"])], 2);
  const places = placesOf({ rows, first: 0, end: rows.length, columns: 2, count: 3 });
  assert.deepEqual([...places.values()].map(({ number }) => number).sort(), [1, 2, 3]);
});
