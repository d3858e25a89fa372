import assert from "node:assert/strict";
import { test } from "node:test";
import { standing } from "../../static/js/standing.js";

const stay = (/** @type {number[]} */ places) => [...standing(places)].sort((a, b) => a - b);

test("what is in order stays", () => assert.deepEqual(stay([0, 1, 2, 3]), [0, 1, 2, 3]));

test("of what was scrolled round, the larger part stays", () => {
  assert.deepEqual(stay([5, 6, 0, 1, 2, 3, 4]), [0, 1, 2, 3, 4]);
  assert.deepEqual(stay([2, 3, 4, 5, 6, 0, 1]), [2, 3, 4, 5, 6]);
});

test("one that moved is the only one to move", () => assert.deepEqual(stay([0, 4, 1, 2, 3]), [0, 1, 2, 3]));

test("of the reverse one stays", () => assert.equal(stay([3, 2, 1, 0]).length, 1));

test("of nothing nothing", () => assert.deepEqual(stay([]), []));
