import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { STEPS, scaleFor, stepOf } from "../../static/js/colour-scale.js";

const MIB = 1024 ** 2;

test("ratios have their fixed scale, whatever the fleet does", () => {
  const scale = scaleFor("ratio", 0.1);
  assert.deepEqual([scale.from, scale.to, scale.limits.length], [0, 1, STEPS - 1]);
  assert.deepEqual([0, 0.1, 0.5, 0.99, 1, 1.2].map((value) => stepOf(scale, value)), [1, 1, 4, 7, 7, 7]);
});

test("other scales end at a round number", () => {
  assert.equal(scaleFor("number", 3.4).to, 5);
  assert.equal(scaleFor("number", 20).to, 20);
  assert.equal(scaleFor("milliseconds", 0.3).to, 1);
  assert.equal(scaleFor("number", 0).to, 1);
  assert.equal(scaleFor("celsius", 61).to, 80);
  assert.equal(scaleFor("bytes per second", 5 * MIB).to, 16 * MIB);
  assert.equal(scaleFor("bytes", 0).to, 4096);
  assert.equal(scaleFor("seconds", 2 * 86_400).to, 7 * 86_400);
  assert.equal(scaleFor("seconds", 1e12).to, 10 * 365 * 86_400);
});

test("a step of bytes is four times the one before", () => {
  const { limits } = scaleFor("bytes", 4096);
  assert.deepEqual(limits, [1, 4, 16, 64, 256, 1024]);
});

test("limits ascend between the ends", () => {
  for (const [unit, most] of /** @type {const} */ ([["number", 7], ["seconds", 5], ["seconds", 9e6], ["celsius", -3], ["bytes", 1e13]])) {
    const { from, limits, to } = scaleFor(unit, most);
    const ends = [from, ...limits, to];
    assert.equal(ends.length, STEPS + 1);
    assert.deepEqual(ends, [...new Set(ends)].sort((a, b) => a - b), `${unit} ${most}`);
  }
});

test("an end rises at once and comes down late, so that colours do not swing", () => {
  const scale = scaleFor("number", 5);
  assert.equal(scaleFor("number", 4.9, scale), scale);
  assert.equal(scaleFor("number", 1.9, scale), scale);
  assert.equal(scaleFor("number", 1.5, scale).to, 2);
  assert.equal(scaleFor("number", 5.1, scale).to, 10);
});

test("every step is told apart by lightness alone, and text in it can be read, light and dark", () => {
  assert.equal(themes().length, 2);
  for (const colours of themes()) {
    const steps = Array.from({ length: STEPS }, (_, index) => luminance(colours.get(`--raw-heat-${index + 1}`)));
    const inks = Array.from({ length: STEPS }, (_, index) => luminance(colours.get(`--raw-heat-ink-${index + 1}`)));
    steps.forEach((step, index) => assert.ok(contrast(step, inks[index] ?? NaN) >= 4.5, `ink ${index + 1}: ${contrast(step, inks[index] ?? NaN)}`));
    for (let index = 1; index < STEPS; index += 1) {
      const [a = NaN, b = NaN] = [steps[index - 1], steps[index]];
      assert.ok(contrast(a, b) >= 1.2, `steps ${index} and ${index + 1}: ${contrast(a, b)}`);
      assert.equal(a > b, (steps[0] ?? NaN) > (steps[1] ?? NaN));
    }
  }
});

/** The raw colours of the light theme and of the dark one, as the tokens say. */
function themes() {
  const css = readFileSync(new URL("../../static/css/tokens.css", import.meta.url), "utf8");
  return css.split("[data-theme=\"dark\"]").map((block) => new Map([...block.matchAll(/(--raw-heat[\w-]*): (#[\da-f]{6});/g)].map(([, name, hex]) => [name, hex])));
}

/** @param {string | undefined} hex */
function luminance(hex) {
  const parts = [1, 3, 5].map((start) => parseInt(hex?.slice(start, start + 2) ?? "", 16) / 255);
  const [red = NaN, green = NaN, blue = NaN] = parts.map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * @param {number} a
 * @param {number} b
 */
function contrast(a, b) {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
