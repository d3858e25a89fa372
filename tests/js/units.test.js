import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";
import { roundBottom, roundTop, tickText, ticksOf, unitText } from "../../static/js/units.js";

/** @import { Unit } from "../../static/js/units.js" */

const format = formatter("en");
const MIB = 1024 ** 2;

/** @type {[Unit, number, string, string][]} unit, value, in a legend, beside a scale */
const TEXTS = [
  ["ratio", 0.1234, "12.3%", "12%"],
  ["bytes", 1.25 * MIB, "1.25 MiB", "1.25 MiB"],
  ["bytes per second", 3 * MIB, "3 MiB/s", "3 MiB/s"],
  ["number", 1.5, "1.50", "1.5"],
  ["celsius", 61, "61°C", "61°C"],
];

for (const [unit, value, legend, tick] of TEXTS)
  test(`${unit} in words`, () => {
    assert.equal(unitText(unit, value, format), legend);
    assert.equal(tickText(unit, value, format), tick);
  });

/** @type {[Unit, number, number][]} unit, largest value, end of the scale */
const TOPS = [
  ["ratio", 0, 0.01],
  ["ratio", 0.31, 0.4],
  ["number", 0.2, 1],
  ["number", 3, 3],
  ["number", 7.6, 10],
  ["celsius", 40, 50],
  ["celsius", 61, 75],
  ["bytes", 0, 1024],
  ["bytes per second", 1.1 * MIB, 1.25 * MIB],
  ["bytes per second", 1.9 * MIB, 2 * MIB],
];

for (const [unit, most, top] of TOPS)
  test(`a scale of ${unit} for ${most} ends at ${top}`, () => assert.ok(Math.abs(roundTop(unit, most) / top - 1) < 1e-9, String(roundTop(unit, most))));

test("bytes are divided by powers of two, everything else as the chart likes", () => {
  assert.deepEqual(ticksOf("bytes")?.slice(0, 3), [1, 2, 4]);
  assert.equal(ticksOf("ratio"), null);
});

test("a scale begins at 0, or below what is below that", () => {
  assert.deepEqual([5, 0, -0.5, -7, -18, -40].map((least) => roundBottom("celsius", least)), [0, 0, -0.5, -7.5, -20, -40]);
});
