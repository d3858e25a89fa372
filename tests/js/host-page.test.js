import assert from "node:assert/strict";
import { test } from "node:test";
import { clockText } from "../../static/js/facts-view.js";
import { formatter } from "../../static/js/format.js";
import { warningsOf } from "../../static/js/host-warnings.js";
import { watchText } from "../../static/js/host-tools.js";
import { instanceRows } from "../../static/js/metrics.js";
import { NOW, aHost } from "./support/hosts.js";

const format = formatter("en");

/**
 * @param {import("../../static/js/protocol.js").HostSample["metrics"]} metrics
 * @param {Record<string, string>} [failed]
 */
const sample = (metrics, failed = {}) => ({ at: NOW, taken_at: NOW, metrics, failed });

test("a host in order has no warnings", () => assert.deepEqual(warningsOf(aHost()), []));

test("what is wrong is said with its reason", () => {
  const failed = { "disk[/mnt/slow]": "no answer within 0.5 s" };
  assert.deepEqual(warningsOf(aHost({ duplicate_key: true, refused: "cpu_used_ratio is 7", sample: sample({}, failed) })), [
    "Duplicate key. Another machine uses this host's key: give one of them its own.",
    "The newest sample was refused: cpu_used_ratio is 7",
    "Not collected: disk[/mnt/slow]: no answer within 0.5 s",
  ]);
});

/** @type {[number, string][]} */
const CLOCKS = [
  [0.0004, "same as the hub's"],
  [0.012, "12 ms ahead of the hub's"],
  [-3, "3000 ms behind the hub's"],
  [3600, "1 h ahead of the hub's"],
];

for (const [seconds, text] of CLOCKS) test(`a clock: ${text}`, () => assert.equal(clockText(seconds, format), text));

test("what was granted is told only when it is not what was wanted", () => {
  assert.equal(watchText({ kind: "granted", interval: 0.2 }, 5, format), "");
  assert.equal(watchText({ kind: "granted", interval: 0.5 }, 5, format), "the host gives 2 a second");
  assert.equal(watchText({ kind: "refused", text: "it is disabled" }, 5, format), "Regular samples only: it is disabled");
  assert.equal(watchText({ kind: "off" }, 5, format), "");
});

test("a row for each instance of any of the metrics, in natural order", () => {
  const rows = instanceRows(sample({ a: { sd10: 1, sd2: 2 }, b: JSON.parse('{"sd2": 3, "__proto__": 4}') }), ["a", "b", "c"]);
  assert.deepEqual(rows, [
    { name: "__proto__", values: [null, 4, null] },
    { name: "sd2", values: [2, 3, null] },
    { name: "sd10", values: [1, null, null] },
  ]);
  assert.deepEqual(instanceRows(null, ["a"]), []);
});
