import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { neighboursOf } from "../../static/js/neighbours.js";
import { NOW, aHost } from "./support/hosts.js";

const ENTRIES = ["web-10", "db-1", "web-2"].map((name) => ({ id: name, host: aHost({ name, tags: ["a", "b"] }) }));

/** @param {Partial<import("../../static/js/choice.js").Choice>} choice */
function names(choice) {
  const { before, after } = neighboursOf(ENTRIES, { ...NOTHING_CHOSEN, ...choice }, NOW);
  return [before?.id, after?.id];
}

test("those beside it in the order of the fleet", () => {
  assert.deepEqual(names({ host: "web-2" }), ["db-1", "web-10"]);
  assert.deepEqual(names({ host: "db-1" }), [undefined, "web-2"]);
  assert.deepEqual(names({ host: "web-10" }), ["web-2", undefined]);
});

test("as it is sorted and filtered", () => {
  assert.deepEqual(names({ host: "web-2", sort: "name", descending: true }), ["web-10", "db-1"]);
  assert.deepEqual(names({ host: "web-2", search: "web" }), [undefined, "web-10"]);
});

test("a host in several groups is one", () => assert.deepEqual(names({ host: "db-1", group: "tag" }), [undefined, "web-2"]));

test("a search that says nothing leaves out nobody", () => assert.deepEqual(names({ host: "web-2", search: "cpu >" }), ["db-1", "web-10"]));

test("a host that is not among them has no neighbours", () => assert.deepEqual(names({ host: "gone" }), [undefined, undefined]));
