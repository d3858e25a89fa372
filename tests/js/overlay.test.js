import assert from "node:assert/strict";
import { test } from "node:test";
import { lineText } from "../../static/js/chart-options.js";
import { courseOf } from "../../static/js/field-course.js";
import { FIELDS, fieldNamed } from "../../static/js/fields.js";
import { formatter } from "../../static/js/format.js";
import { OverlayColumns } from "../../static/js/overlay-columns.js";
import { ONLY_PAST, lineName, linesText, overlayLines } from "../../static/js/overlay-lines.js";
import { aHost } from "./support/hosts.js";

const _ = undefined;

function columns() {
  return new OverlayColumns(2, 5);
}

test("a course has the newest value of each step, and nothing older than what is kept", () => {
  const known = columns();
  for (const [at, value] of /** @type {const} */ ([[90, 9], [102, 1], [104, 2], [105, 3], [106, 4], [108, 5], [110, 6]])) known.put("a", at, value);
  assert.deepEqual(known.moments(111), [102, 104, 106, 108, 110]);
  assert.deepEqual(known.course("a", 111, 2), [1, 3, 4, 5, 6]);
  assert.deepEqual(known.course("a", 114, 2), [4, 5, 6, _, 6]);
  assert.deepEqual(known.course("b", 111, 2), [null, null, null, null, null]);
});

test("a line goes on where samples are rare, and ends where they are missing", () => {
  const known = columns();
  known.put("a", 102, 1);
  known.put("a", 110, 2);
  assert.deepEqual(known.course("a", 110, 4), [1, _, _, _, 2]);
  assert.deepEqual(known.course("a", 110, 1), [1, null, null, null, 2]);
});

test("what the hub remembers fills only what is not known", () => {
  const known = columns();
  known.put("a", 110, 7);
  known.fill("a", [100, 102, 104, 106, 108, 110], [1, 2, null, 3, 4, 5]);
  assert.deepEqual(known.course("a", 110, 2), [2, _, 3, 4, 7]);
});

test("after a while without anybody who looks the hub is to be asked again", () => {
  const known = columns();
  assert.deepEqual([100, 101, 103, 107, 108].map((now) => known.wereLeft(now)), [true, false, false, true, false]);
});

test("the spread is that of all hosts, each with the value that holds", () => {
  const known = columns();
  known.put("a", 102, 1);
  known.put("a", 108, 3);
  known.put("b", 104, 5);
  const { min, max } = known.spread([["a", 1], ["b", 4]], 110);
  assert.deepEqual(min, [1, 1, 5, 3, 3]);
  assert.deepEqual(max, [1, 5, 5, 5, 5]);
});

test("hosts that are no longer shown are forgotten", () => {
  const known = columns();
  known.put("a", 110, 1);
  known.keep(new Set(["b"]));
  assert.equal(known.course("a", 110, 2).at(-1), null);
});

test("the largest have a line, and keep their place while they do", () => {
  const first = overlayLines(new Map([["a", 1], ["b", 3], ["c", 2], ["d", 0]]), [], 3);
  assert.deepEqual(first, ["b", "c", "a"]);
  assert.deepEqual(overlayLines(new Map([["a", 1], ["b", 3], ["c", 0], ["d", 2]]), first, 3), ["b", "d", "a"]);
  assert.deepEqual(overlayLines(new Map([["a", 1], ["b", 3]]), first, 3), ["b", "a"]);
  assert.deepEqual(overlayLines(new Map(), first, 3), []);
});

/** @param {(number | null)[]} mean */
const column = (mean) => ({ min: mean, mean, max: mean });

test("the course of a field is worked out row by row, as from samples", () => {
  const at = [1, 2, 3];
  const host = aHost();
  const course = (/** @type {string} */ name, /** @type {any} */ series) => courseOf(/** @type {any} */ (fieldNamed(name)), host, { at, ...series });
  assert.deepEqual(course("cpu", { cpu_used_ratio: column([0.1, null, 0.3]) }), [0.1, null, 0.3]);
  assert.deepEqual(course("memory", { memory_used_bytes: column([1, 2, null]), memory_total_bytes: column([4, 4, 4]) }), [0.25, 0.5, null]);
  const received = { eth0: column([1, 2, null]), __proto__: null, lo: column([10, null, null]) };
  assert.deepEqual(course("net", { network_received_bytes_per_second: received }), [11, 2, null]);
  assert.deepEqual(course("cpu", {}), [null, null, null]);
});

test("every field with a course names what it reads", () => {
  for (const { name, metrics, of } of FIELDS) {
    if (!metrics) continue;
    /** @type {Set<string | symbol>} */
    const read = new Set();
    const seen = { get: (/** @type {any} */ target, /** @type {string} */ key) => (read.add(key), target[key]) };
    of(aHost({ sample: { at: 1, taken_at: 1, metrics: new Proxy({}, seen) } }), 1);
    assert.deepEqual([...read].sort(), [...metrics].sort(), name);
  }
});

test("a host that is down has a line while there is room", () => {
  const first = overlayLines(new Map([["a", 1], ["b", 3]]), [], 2);
  assert.deepEqual(overlayLines(new Map([["a", ONLY_PAST], ["b", 3]]), first, 2), ["b", "a"]);
  assert.deepEqual(overlayLines(new Map([["a", ONLY_PAST], ["b", ONLY_PAST]]), first, 2), ["b", "a"]);
  assert.deepEqual(overlayLines(new Map([["a", ONLY_PAST], ["b", 3], ["c", 0]]), first, 2), ["b", "c"]);
  assert.deepEqual(overlayLines(new Map([["a", ONLY_PAST], ["b", ONLY_PAST], ["y", 1], ["z", ONLY_PAST]]), ["y", "z"], 2), ["y", "z"]);
});

test("how many hosts have a line is said, and why the others have none", () => {
  const format = formatter("en");
  assert.equal(linesText({ lines: 10, hosts: 10, most: 20 }, "CPU", format), "10 hosts");
  assert.equal(linesText({ lines: 20, hosts: 61, most: 20 }, "CPU", format), "The 20 with the most CPU of 61 hosts");
  assert.equal(linesText({ lines: 0, hosts: 3, most: 20 }, "CPU", format), "None of 3 hosts has a value");
});

test("a line says that its host is down", () => {
  assert.deepEqual(lineName(aHost({ name: "web-1" })), { label: "web-1" });
  const down = lineName(aHost({ name: "web-1", status: "down" }));
  assert.deepEqual(down, { label: "web-1", note: "(down)" });
  assert.equal(lineText(down), "\u2068web-1\u2069 (down)");
  assert.deepEqual(lineName(undefined), { label: "" });
});

test("what is held stands still: what comes later does not push anything out, the past is still filled in", () => {
  const known = columns();
  known.put("a", 104, 1);
  const held = known.hold(111);
  for (const at of [112, 114, 116, 118, 120]) known.put("a", at, 9);
  known.fill("a", [106, 114], [2, 3]);
  known.fill("b", [110, 114], [4, 5]);
  assert.deepEqual([held.course("a", 111, 1), held.course("b", 111, 1).at(-1)], [[null, 1, 2, _, 2], 4]);
  assert.deepEqual(known.course("a", 111, 1), [null, null, null, null, null]);
});
