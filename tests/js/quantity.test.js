import assert from "node:assert/strict";
import { test } from "node:test";
import { parseQuantity } from "../../static/js/quantity.js";

/** @type {[string, number | null][]} */
const BYTES = [
  ["1,5K", 1536],
  ["0,125K", 128],
  ["1024,125K", 1024 * 1024 + 128],
  ["1.024K", 1024 * 1.024],
  ["1,024M", null],
  ["-12,500", null],
  ["1,024,000", null],
];

for (const [text, bytes] of BYTES)
  test(`${text} means ${bytes ?? "what nobody can tell, and is refused"}`, () => assert.equal(parseQuantity(text, "bytes", false), bytes));
