import assert from "node:assert/strict";
import { test } from "node:test";
import { commonValue, namesText, tagCounts } from "../../static/js/common-values.js";
import { formatter } from "../../static/js/format.js";
import { progressOf } from "../../static/js/progress.js";
import { boundsText, checkText, readSettings, settingText, titleOf } from "../../static/js/settings-table.js";
import { A_CONFIG, aHost } from "./support/hosts.js";

/** @import { HostConfig, HostView } from "../../static/js/protocol.js" */

const format = formatter("en");
const [INTERVAL, SHOW_CPUS] = readSettings(`[
  {"name": "interval", "default": 1.0, "help": "", "minimum": 0.2, "maximum": 3600.0, "unit": "s", "label": "interval"},
  {"name": "show_cpus", "default": true, "help": "", "minimum": null, "maximum": null, "unit": "", "label": "show CPUs"}]`);
assert.ok(INTERVAL && SHOW_CPUS);

/** @param {Partial<HostConfig>} config */
const configured = (config, /** @type {Partial<HostView>} */ fields = {}) => aHost({ ...fields, config: { ...A_CONFIG, ...config } });

test("settings are called as in the admin, with their unit and bounds", () => {
  assert.deepEqual([titleOf(INTERVAL), titleOf(SHOW_CPUS)], ["Interval", "Show CPUs"]);
  assert.deepEqual([settingText(INTERVAL, 0.5, format), settingText(SHOW_CPUS, false, format)], ["0.5 s", "off"]);
  assert.deepEqual([boundsText(INTERVAL, format), boundsText(SHOW_CPUS, format)], ["0.2 to 3,600 s", ""]);
});

/** @type {[string, object][]} */
const TYPED = [
  ["0.2", { value: 0.2 }],
  [" 3600 ", { value: 3600 }],
  ["0.1", { problem: "Interval 0.1 s is below 0.2 s." }],
  ["3601", { problem: "Interval 3,601 s is above 3,600 s." }],
  ["", { problem: "Interval must be a number: 0.2 to 3,600 s." }],
  ["soon", { problem: "Interval must be a number: 0.2 to 3,600 s." }],
  ["Infinity", { problem: "Interval must be a number: 0.2 to 3,600 s." }],
];
for (const [text, expected] of TYPED) test(`an interval of “${text}”`, () => assert.deepEqual(checkText(INTERVAL, text, format), expected));

test("what hosts have in common, and where they differ", () => {
  const hosts = [configured({ settings: { interval: 5, show_cpus: true } }), configured({ settings: { interval: 1, show_cpus: true } }, { name: "db" })];
  assert.deepEqual(commonValue(hosts, "show_cpus"), { value: true, values: [true], pinned: [] });
  assert.deepEqual(commonValue(hosts, "interval"), { value: null, values: [1, 5], pinned: [] });
  assert.deepEqual(commonValue([], "interval"), { value: null, values: [], pinned: [] });
  const pinning = [...hosts, configured({ settings: {}, locked: { interval: 9 } }, { name: "own" })];
  assert.deepEqual(commonValue(pinning, "interval").pinned, ["own"]);
  assert.deepEqual(commonValue(pinning, "__proto__"), { value: null, values: [], pinned: [] });
});

test("tags are counted by host, most frequent first", () => {
  const hosts = [aHost({ tags: ["web", "prod"] }), aHost({ tags: ["prod", "__proto__"] }), aHost({ tags: undefined })];
  assert.deepEqual(tagCounts(hosts), [
    { tag: "prod", count: 2 },
    { tag: "__proto__", count: 1 },
    { tag: "web", count: 1 },
  ]);
});

test("few names are said, of many the first", () => {
  const plain = (/** @type {string[]} */ names) => namesText(names, format).replace(/[\u2068\u2069]/g, "");
  assert.equal(plain(["a", "b", "c", "d"]), "a, b, c, d");
  assert.equal(plain(["a", "b", "c", "d", "e"]), "a, b, c and 2 more");
  assert.equal(namesText(["\u202egnp"], format), "\u2068\u202egnp\u2069");
});

/** @param {Record<string, HostView>} hosts that were all changed to revision 12, but for `same` */
function progress(hosts, { same = /** @type {string[]} */ ([]), tagged = /** @type {string[]} */ ([]), gone = /** @type {string[]} */ ([]) } = {}) {
  const ids = [...Object.keys(hosts), ...gone];
  const revisions = new Map(ids.filter((id) => !same.includes(id)).map((id) => [id, 12]));
  const names = new Map(ids.map((id) => [id, hosts[id]?.name ?? id]));
  const { rows, text, ...rest } = progressOf({ what: "", revisions, same, tagged, names }, (id) => hosts[id], format);
  return { ...rest, text: text.replace(/[\u2068\u2069]/g, ""), rows: rows.map((row) => `${row.name}: ${row.text}`) };
}

test("the progress of a change, host by host", () => {
  const pending = configured({ status: "pending", milliseconds: null }, { name: "web-10" });
  const before = configured({ revision: 11 }, { name: "web-2" });
  const told = progress({ a: configured({}, { name: "web-1" }), b: pending, c: before });
  assert.deepEqual(told, {
    rows: ["web-1: applied in 38 ms", "web-2: pending", "web-10: pending"],
    text: "1 of 3 applied, 2 pending",
    finished: 1,
    isSettled: false,
    hasFailed: false,
  });
});

test("hosts that failed are named; who is away may take its time", () => {
  const failed = configured({ status: "failed", error: "no room (kept rev 11)" }, { name: "db-1" });
  const away = configured({ status: "pending" }, { name: "old", status: "down", connected: false });
  const told = progress({ a: configured({}), b: failed, c: away });
  assert.equal(told.text, "1 of 3 applied, 1 pending (until back), 1 failed: db-1");
  assert.deepEqual([told.isSettled, told.hasFailed], [true, true]);
  assert.deepEqual(told.rows, ["db-1: failed: no room (kept rev 11)", "old: pending until it is back", "web-1: applied in 38 ms"]);
});

test("what was so already, was overtaken, or is gone", () => {
  const hosts = { a: configured({ revision: 13 }, { name: "a" }), b: configured({ revision: 7 }, { name: "b" }) };
  const told = progress(hosts, { same: ["b"], gone: ["c"] });
  assert.equal(told.text, "1 of 3 applied, 1 replaced by a newer revision, 1 no longer there");
  assert.deepEqual(told.rows, ["a: replaced by rev 13", "b: had it already", "c: no longer there"]);
  assert.equal(told.isSettled, true);
});

test("more than a thousand hosts are counted as they are everywhere", () => {
  const many = Object.fromEntries(Array.from({ length: 1200 }, (_, place) => [`h${place}`, configured({ status: "pending" })]));
  assert.equal(progress(many, { tagged: Object.keys(many) }).text, "0 of 1,200 applied, 1,200 pending, tags of 1,200 hosts changed");
});

test("tags make no revision", () => {
  const told = progressOf({ what: "", revisions: new Map(), same: [], tagged: ["a", "b"], names: new Map() }, () => undefined, format);
  assert.deepEqual([told.text, told.finished, told.isSettled], ["tags of 2 hosts changed", 0, true]);
});
