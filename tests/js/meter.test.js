import assert from "node:assert/strict";
import { test } from "node:test";
import { corePaths } from "../../static/js/meter.js";

const bars = (/** @type {string} */ path) => path.split("M").slice(1);

test("a bar for each core, in its place, as high as it is busy", () => {
  assert.deepEqual(bars(corePaths([0.5, 0]).busy), ["0 0.94v-0.47h0.88V0.94z", "1 0.94v0h0.88V0.94z"]);
});

test("cores that look full are apart", () => {
  const { busy, full } = corePaths([0.1, 0.95, 1]);
  assert.equal(bars(busy).length, 1);
  assert.deepEqual(bars(full).map((bar) => bar.split(" ", 1)[0]), ["1", "2"]);
});

test("many cores stand in several rows", () => {
  const { busy } = corePaths(Array.from({ length: 40 }, () => 0.5));
  assert.deepEqual(bars(busy).map((bar) => bar.split("v", 1)[0]).slice(19, 21), ["19 0.94", "0 1.94"]);
});

test("what is out of range stays in its place", () => {
  assert.deepEqual(corePaths([-1, 7]), { busy: "M0 0.94v0h0.88V0.94z", full: "M1 0.94v-0.94h0.88V0.94z" });
});
