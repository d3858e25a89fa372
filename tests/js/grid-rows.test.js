import assert from "node:assert/strict";
import { test } from "node:test";
import { gridRows } from "../../static/js/grid-rows.js";
import { aHost } from "./support/hosts.js";

/** @param {string} ids */
const entries = (ids) => [...ids].map((id) => ({ id, host: aHost() }));

test("a group is cut into rows, the last one shorter", () => {
  const rows = gridRows([{ label: "", tag: null, entries: entries("abcde") }], 2);
  assert.deepEqual(rows.map(({ items }) => items.map(({ id }) => id).join("")), ["ab", "cd", "e"]);
  assert.deepEqual(rows.map(({ start }) => start), [0, 2, 4]);
});

test("each group begins with its name; a host in two groups is two items", () => {
  const rows = gridRows([{ label: "web", tag: "web", entries: entries("a") }, { label: "db", tag: "db", entries: entries("ab") }, { label: "none", tag: null, entries: [] }], 3);
  assert.deepEqual(rows.map(({ group, items }) => group?.label ?? items.map(({ id }) => id).join("")), ["web", "a", "db", "ab"]);
  assert.equal(new Set(rows.flatMap(({ items }) => items.map(({ key }) => key))).size, 3);
  assert.equal(rows.at(-1)?.start, 1);
});
