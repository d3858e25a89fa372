import assert from "node:assert/strict";
import { test } from "node:test";
import { RowHeights, missingRuns, visibleRows } from "../../static/js/visible-rows.js";

test("only the rows between the edges exist", () => {
  assert.deepEqual(visibleRows(100, new RowHeights(10), 195, 225), { first: 19, end: 23 });
});

test("a row that was measured has its own height, the others the mean", () => {
  const heights = new RowHeights(10);
  assert.ok(heights.measure(0, 30));
  assert.ok(!heights.measure(0, 30));
  assert.ok(heights.measure(1, 50));
  assert.deepEqual([heights.of(0), heights.of(1), heights.of(2)], [30, 50, 40]);
  assert.deepEqual(visibleRows(4, heights, 31, 79), { first: 1, end: 2 });
});

test("what was measured of other rows is the guess for new ones", () => {
  const heights = new RowHeights(10);
  heights.measure(3, 20);
  heights.forget();
  assert.equal(heights.of(3), 20);
});

test("beyond either end there is still a row", () => {
  const heights = new RowHeights(10);
  assert.deepEqual(visibleRows(3, heights, 500, 600), { first: 2, end: 3 });
  assert.deepEqual(visibleRows(3, heights, -500, -400), { first: 0, end: 1 });
  assert.deepEqual(visibleRows(0, heights, 0, 100), { first: 0, end: 0 });
});

test("every run of rows that do not exist has its room, also between rows that do", () => {
  const tall = (/** @type {number} */ row) => 10 + row;
  assert.deepEqual(missingRuns(new Set([3, 4, 7]), 10, tall), [
    { row: 0, height: 33 },
    { row: 5, height: 31 },
    { row: 8, height: 37 },
  ]);
  assert.deepEqual(missingRuns(new Set([0, 1]), 2, tall), []);
  assert.deepEqual(missingRuns(new Set(), 2, tall), [{ row: 0, height: 21 }]);
});

test("rows of different kinds are not guessed from each other, and a row that becomes another kind is not what it was", () => {
  const kinds = ["head", "items", "items", "head", "items"];
  const heights = new RowHeights(100, (row) => kinds[row] ?? "");
  heights.measure(0, 40);
  heights.measure(1, 200);
  heights.measure(2, 300);
  assert.deepEqual([heights.of(3), heights.of(4), heights.of(5)], [40, 250, 100]);
  kinds[2] = "head";
  assert.equal(heights.of(2), 40);
  assert.ok(heights.measure(2, 60));
  assert.deepEqual([heights.of(3), heights.of(4)], [50, 200]);
  heights.forget();
  assert.deepEqual([heights.of(0), heights.of(1)], [50, 200]);
});
