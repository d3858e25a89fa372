import assert from "node:assert/strict";
import { test } from "node:test";
import { COLUMNS, columnsFor } from "../../static/js/table-columns.js";
import { existingLines, linesOf, walk } from "../../static/js/table-lines.js";
import { fieldNamed } from "../../static/js/fields.js";
import { NOW, aHost } from "./support/hosts.js";

/** @param {string[]} ids */
const entries = (ids) => ids.map((id) => ({ id, host: aHost({ name: id }) }));

const GROUPED = linesOf({ groups: [{ label: "x", tag: "x", entries: entries(["a", "b"]) }, { label: "y", tag: "y", entries: entries(["a"]) }], count: 2 });

test("a heading for each group, a line for each host in it", () => {
  assert.deepEqual(GROUPED.map(({ key }) => key), ['"x"', '"x"\na', '"x"\nb', '"y"', '"y"\na']);
  assert.deepEqual(linesOf({ groups: [{ label: "", tag: null, entries: entries(["a"]) }], count: 1 }).map(({ key }) => key), ["null\na"]);
});

test("a line is called the same when groups come or go above it, so the focus stays on it", () => {
  const [before, after] = [GROUPED.at(-1), linesOf({ groups: [{ label: "y", tag: "y", entries: entries(["a"]) }], count: 1 }).at(-1)];
  assert.equal(after?.key, before?.key);
});

test("no two lines are called the same, whatever tags are called", () => {
  const groups = ["null", "x", null].map((tag) => ({ label: tag ?? "hosts without tags", tag, entries: entries([tag === null ? "b" : "a"]) }));
  const keys = linesOf({ groups, count: 2 }).map(({ key }) => key);
  assert.equal(new Set(keys).size, keys.length);
});

/** @type {[string, number, number | null][]} */
const WALKS = [
  ["ArrowDown", 1, 2],
  ["ArrowDown", 2, 4],
  ["ArrowDown", 4, 4],
  ["ArrowUp", 4, 2],
  ["ArrowUp", 1, 1],
  ["Home", 4, 1],
  ["End", 1, 4],
  ["PageDown", 1, 2],
  ["PageUp", 4, 2],
  ["x", 1, null],
];

for (const [key, here, there] of WALKS) test(`${key} leads from ${here} to ${there}`, () => assert.equal(walk(key, here, GROUPED, 2), there));

test("no key leads anywhere in a table without hosts", () => {
  assert.deepEqual(["Home", "End", "PageUp", "PageDown"].map((key) => walk(key, 0, [], 5)), [null, null, null, null]);
});

test("only rows in sight exist, and some beyond, as many at every place", () => {
  assert.deepEqual(existingLines(1000, 44, 0, 440), { first: 0, end: 21, seen: { first: 0, end: 10 } });
  assert.deepEqual(existingLines(1000, 44, 4400, 440), { first: 95, end: 116, seen: { first: 100, end: 110 } });
  assert.deepEqual(existingLines(1000, 44, 4420, 440), { first: 95, end: 116, seen: { first: 100, end: 111 } });
  assert.deepEqual(existingLines(1000, 44, 43_560, 440), { first: 979, end: 1000, seen: { first: 990, end: 1000 } });
  assert.deepEqual(existingLines(1000, 44, 99_999, 440), { first: 979, end: 1000, seen: { first: 1000, end: 1000 } });
  assert.deepEqual(existingLines(3, 44, 0, 440), { first: 0, end: 3, seen: { first: 0, end: 3 } });
});

test("columns that no host has anything for, or that nobody wants, are left out; the name stays", () => {
  const bare = aHost({ sample: { at: NOW, taken_at: NOW, metrics: { load_1m: 1 }, failed: {} } });
  const ids = (/** @type {string[]} */ unwanted, /** @type {any[]} */ hosts) => columnsFor(unwanted, hosts).map(({ id }) => id);
  assert.deepEqual(ids(["name", "settings"], [bare]), ["status", "name", "load", "system", "age"]);
  const warm = aHost({ tags: ["x"], sample: { at: NOW, taken_at: NOW, metrics: { temperature_celsius: { cpu: 50 } }, failed: {} } });
  assert.deepEqual(ids([], [bare, warm]), ["status", "name", "load", "temperature", "tags", "system", "age", "settings"]);
});

test("every column sorts by a field that there is", () => {
  for (const { field } of columnsFor([], [aHost()])) assert.ok(fieldNamed(field), field);
});

test("all columns have room in a laptop's window, beside the margins and a scrollbar", () => {
  const [windowPx, marginsPx, scrollbarPx, markRem, remPx] = [1440, 42, 15, 2, 16];
  const widths = COLUMNS.reduce((sum, { width }) => sum + width, markRem);
  assert.ok(widths * remPx <= windowPx - marginsPx - scrollbarPx, `${widths} rem`);
});
