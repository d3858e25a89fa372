import assert from "node:assert/strict";
import { test } from "node:test";
import { gridWalk } from "../../static/js/grid-walk.js";

/*  0 1 2      two groups in three columns
    3 4
    5 6 7
    8          */
const COUNTS = [5, 4];

/** @type {[string, number, number | null][]} */
const STEPS = [
  ["ArrowRight", 0, 1],
  ["ArrowRight", 4, 5],
  ["ArrowRight", 8, 8],
  ["ArrowLeft", 5, 4],
  ["ArrowLeft", 0, 0],
  ["ArrowDown", 0, 3],
  ["ArrowDown", 2, 4],
  ["ArrowDown", 4, 6],
  ["ArrowDown", 7, 8],
  ["ArrowDown", 8, 8],
  ["ArrowUp", 8, 5],
  ["ArrowUp", 5, 3],
  ["ArrowUp", 7, 4],
  ["ArrowUp", 3, 0],
  ["ArrowUp", 1, 1],
  ["Home", 7, 0],
  ["End", 2, 8],
  ["a", 2, null],
];

for (const [key, here, there] of STEPS) {
  test(`${key} leads from ${here} to ${there}`, () => assert.equal(gridWalk(key, here, COUNTS, 3), there));
}

test("groups that are empty are stepped over", () => {
  assert.equal(gridWalk("ArrowDown", 1, [2, 0, 1], 2), 2);
  assert.equal(gridWalk("ArrowUp", 2, [2, 0, 1], 2), 0);
});
