import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { compile } from "../../static/js/expression.js";
import { countTags, keepOrder, select } from "../../static/js/selection.js";
import { NOW, aHost } from "./support/hosts.js";

/** @import { Choice } from "../../static/js/choice.js" */
/** @import { Entry } from "../../static/js/store.js" */

/** @param {number} [cpu] */
function busy(cpu) {
  /** @type {Record<string, number>} */
  const metrics = cpu === undefined ? {} : { cpu_used_ratio: cpu };
  return { at: NOW, taken_at: NOW, metrics, failed: {} };
}

const ENTRIES = [
  { id: "1", host: aHost({ name: "web-10", tags: ["Prod"], address: "10.0.0.10", sample: busy(0.5) }) },
  { id: "2", host: aHost({ name: "web-2", tags: ["test"], status: "down", sample: busy(0.1) }) },
  { id: "3", host: aHost({ name: "Café", status: "disabled" }) },
  { id: "4", host: aHost({ name: "new", status: "unapproved" }) },
  { id: "5", host: aHost({ name: "web-2", tags: ["Prod", "berlin"], sample: busy() }) },
  { id: "6", host: aHost({ name: "db", sample: busy(0.5) }) },
];

/**
 * @param {Partial<Choice>} wanted
 * @param {Entry[]} entries
 */
const shown = (wanted, entries = ENTRIES) => select(entries, { ...NOTHING_CHOSEN, ...wanted }, compile(wanted.search ?? ""), NOW);

/** @param {Partial<Choice>} wanted */
const ids = (wanted) => shown(wanted).groups.flatMap(({ entries }) => entries).map(({ id }) => id).join("");

/** @type {[Partial<Choice>, string][]} */
const TABLE = [
  [{}, "6251"],
  [{ status: "up" }, "651"],
  [{ status: "down" }, "2"],
  [{ status: "disabled" }, "3"],
  [{ search: " PROD web " }, "51"],
  [{ search: "0.10" }, "1"],
  [{ status: "disabled", search: "cafe" }, "3"],
  [{ search: "status:disabled" }, "3"],
  [{ search: "-status:up" }, "32"],
  [{ status: "up", search: "status:disabled" }, ""],
  [{ tag: "Prod" }, "51"],
  [{ tag: "prod" }, ""],
  [{ search: "cpu >= 50" }, "61"],
  [{ search: "cpu < 50" }, ""],
  [{ sort: "cpu" }, "6125"],
  [{ sort: "cpu", descending: true }, "6125"],
  [{ sort: "name", descending: true }, "1256"],
  [{ sort: "status" }, "2651"],
  [{ sort: "tag" }, "1526"],
  [{ sort: "constructor" }, "6251"],
];

for (const [wanted, expected] of TABLE) test(`shows for ${JSON.stringify(wanted)}`, () => assert.equal(ids(wanted), expected));

test("a host stands in the group of each of its tags, without tags in the last one, and counts once", () => {
  const { groups, count } = shown({ group: "tag", sort: "cpu" });
  const told = groups.map(({ label, tag, entries }) => [label, tag, entries.map(({ id }) => id).join("")]);
  assert.deepEqual(told, [["berlin", "berlin", "5"], ["Prod", "Prod", "15"], ["test", "test", "2"], ["hosts without tags", null, "6"]]);
  assert.equal(count, 4);
  assert.deepEqual(shown({ group: "tag", tag: "Prod" }).groups.map(({ label }) => label), ["Prod"]);
});

test("tags that look like the page's own words, or like parts of JavaScript, are tags", () => {
  const entries = ["hosts without tags", "__proto__", "constructor"].map((tag, index) => ({ id: `${index}`, host: aHost({ tags: [tag, tag] }) }));
  const { groups } = shown({ group: "tag" }, [...entries, { id: "9", host: aHost({ tags: [] }) }]);
  assert.deepEqual(groups.map(({ tag, entries }) => [tag, entries.length]), [["__proto__", 1], ["constructor", 1], ["hosts without tags", 1], [null, 1]]);
});

test("tags are counted, but not those of keys that wait", () => {
  const waiting = { id: "w", host: aHost({ status: "unapproved", tags: ["x"] }) };
  assert.deepEqual([...countTags([...ENTRIES, waiting])], [["berlin", 1], ["Prod", 2], ["test", 1]]);
});

test("a kept order takes in what is new at its end and lets go of what left", () => {
  const before = shown({ sort: "cpu" });
  const after = shown({ sort: "cpu", descending: true }, [
    ...ENTRIES.filter(({ id }) => id !== "2"),
    { id: "7", host: aHost({ name: "late", sample: busy(0.9) }) },
  ]);
  assert.deepEqual(keepOrder(before, after).groups[0]?.entries.map(({ id }) => id).join(""), "6157");
});

test("a thousand hosts are filtered, sorted and grouped within the time that a person takes for instant", () => {
  const entries = Array.from({ length: 1000 }, (_, index) => ({
    id: `${index}`,
    host: aHost({ name: `web-${(index * 7919) % 1000}`, tags: [`t${index % 20}`, "prod"], sample: busy((index % 97) / 97) }),
  }));
  const start = process.cpuUsage(); // however busy the machine is
  shown({ search: "cpu > 20 web or (tag:t3 -prod)", sort: "cpu", group: "tag" }, entries);
  shown({ sort: "name", descending: true }, entries);
  assert.ok(process.cpuUsage(start).user / 1000 < 400);
});
