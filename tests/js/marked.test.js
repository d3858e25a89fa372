import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";
import { Marked } from "../../static/js/marked.js";
import { hiddenQuestion } from "../../static/js/selection-bar.js";

const format = formatter("en");

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

test("marked hosts that a search hides are known, and named before something is done to them", () => {
  const marked = new Marked();
  marked.shown = ["a", "b"];
  marked.mark(["a", "b"]);
  assert.deepEqual(marked.hidden, []);
  marked.shown = ["b"];
  assert.deepEqual(marked.hidden, ["a"]);
  assert.deepEqual(hiddenQuestion("Disable", 1200, 5, format), {
    title: "Disable 1,200 hosts, 5 of them not shown?",
    text: "A search or a filter hides 5 of the 1,200 marked hosts:",
    action: "Disable 1,200 hosts",
  });
  assert.equal(hiddenQuestion("Enable", 1, 1, format).title, "Enable 1 host?");
  assert.equal(hiddenQuestion("Enable", 3000, 3000, format).text, "A search or a filter hides all 3,000 marked hosts:");
});
