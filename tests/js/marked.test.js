import assert from "node:assert/strict";
import { test } from "node:test";
import { Marked } from "../../static/js/marked.js";

/** @param {Marked} marked */
const ids = (marked) => [...marked.ids].sort().join("");

test("a click marks and unmarks, with Shift it marks all between, in either direction", () => {
  const marked = new Marked();
  marked.shown = ["a", "b", "c", "d", "e"];
  marked.pick("d", false);
  marked.pick("b", true);
  assert.equal(ids(marked), "bcd");
  marked.pick("c", false);
  assert.equal(ids(marked), "bd");
  marked.pick("e", true);
  assert.equal(ids(marked), "bcde");
});

test("a range from a host that is no longer shown is a click", () => {
  const marked = new Marked();
  marked.pick("x", true);
  marked.shown = ["a", "b"];
  marked.pick("b", true);
  assert.equal(ids(marked), "bx");
  marked.clear();
  assert.equal(ids(marked), "");
});
