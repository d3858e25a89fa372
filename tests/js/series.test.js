import assert from "node:assert/strict";
import { test } from "node:test";
import { HISTORY_GET_SERIES } from "../../static/js/protocol.js";
import { Refused } from "../../static/js/session.js";
import { Series } from "../../static/js/series.js";

/** @typedef {{hosts: string[], metrics: string[], start: number | null, end: number | null, points: number}} Asked */

const TOO_LARGE = new Refused("the answer would have 300000 bytes: ask for fewer hosts, metrics or points", "invalid_payload");

/** @param {(asked: Asked) => unknown} answer throws what the hub refuses with */
function aSeries(answer) {
  /** @type {Asked[]} */
  const asked = [];
  const state = { asked, now: 0, most: 0 };
  const session = {
    /**
     * @param {string} procedure
     * @param {Asked} keywords
     */
    async call(procedure, keywords) {
      assert.equal(procedure, HISTORY_GET_SERIES);
      asked.push(keywords);
      state.now += 1;
      state.most = Math.max(state.most, state.now);
      await new Promise((resolve) => setImmediate(resolve));
      state.now -= 1;
      return answer(keywords);
    },
  };
  return { series: new Series(/** @type {any} */ (session)), state };
}

/** @param {number[]} values */
const column = (...values) => ({ min: values, mean: values, max: values });

/** @param {Asked} asked */
const plainAnswer = ({ hosts, metrics }) =>
  Object.fromEntries(hosts.map((host) => [host, { at: [10, 12], ...Object.fromEntries(metrics.map((metric) => [metric, column(1, 2)])) }]));

test("one host is one request for the last ten minutes", async () => {
  const { series, state } = aSeries(plainAnswer);
  const found = await series.read(["a"], ["load_1m"]);
  assert.deepEqual(state.asked, [{ hosts: ["a"], metrics: ["load_1m"], start: null, end: null, points: 300 }]);
  assert.deepEqual({ ...found.get("a") }, { at: [10, 12], load_1m: column(1, 2) });
});

test("many hosts are split, with three requests in flight at most", async () => {
  const { series, state } = aSeries(plainAnswer);
  const hosts = Array.from({ length: 500 }, (_, number) => `h${number}`);
  const found = await series.read(hosts, ["load_1m", "load_5m"], { start: 1, end: 601, points: 60 });
  assert.deepEqual([...found.keys()], hosts);
  assert.ok(state.asked.every((asked) => asked.hosts.length <= 64 && asked.start === 1 && asked.end === 601));
  assert.equal(state.most, 3);
});

test("what is too large all the same is asked for in halves: hosts, then metrics, then points", async () => {
  const { series, state } = aSeries((asked) => {
    if (asked.hosts.length * asked.metrics.length * asked.points > 150) throw TOO_LARGE;
    return plainAnswer(asked);
  });
  const found = await series.read(["a", "b"], ["x", "y"], { points: 300 });
  assert.deepEqual([...found.keys()], ["a", "b"]);
  assert.deepEqual({ ...found.get("b") }, { at: [10, 12], x: column(1, 2), y: column(1, 2) });
  assert.deepEqual(state.asked.at(-1), { hosts: ["b"], metrics: ["y"], start: null, end: null, points: 150 });
});

test("columns with other times are aligned, with null where one knows nothing", async () => {
  const { series } = aSeries(({ metrics }) => {
    if (metrics.length > 1) throw TOO_LARGE;
    return metrics[0] === "x" ? { a: { at: [10, 12], x: column(1, 2) } } : { a: { at: [12, 14], y: { "0": column(3, 4) } } };
  });
  const found = (await series.read(["a"], ["x", "y"])).get("a");
  assert.deepEqual(found?.at, [10, 12, 14]);
  assert.deepEqual({ .../** @type {any} */ (found?.x) }, { min: [1, 2, null], mean: [1, 2, null], max: [1, 2, null] });
  assert.deepEqual({ .../** @type {any} */ (found?.y)["0"] }, { min: [null, 3, 4], mean: [null, 3, 4], max: [null, 3, 4] });
});

test("an error is the caller's, and ends the reading", async () => {
  const refused = new Refused("no metric is called x", "invalid_payload");
  const { series, state } = aSeries(() => {
    throw refused;
  });
  const hosts = Array.from({ length: 640 }, (_, number) => `h${number}`);
  await assert.rejects(series.read(hosts, ["x"]), refused);
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(state.asked.length <= 4, `${state.asked.length} of 20 requests were sent`);
});

test("what cannot be made smaller is an error too", async () => {
  const { series } = aSeries(() => {
    throw TOO_LARGE;
  });
  await assert.rejects(series.read(["a"], ["x"]), TOO_LARGE);
});

test("a host of another name than expected breaks nothing", async () => {
  const { series } = aSeries(() => JSON.parse('{"__proto__": {"at": [1], "x": {"__proto__": {"min": [1], "mean": [1], "max": [1]}}}}'));
  const found = await series.read(["__proto__", "b"], ["x"]);
  assert.deepEqual([...found.keys()], ["__proto__"]);
});

test("nobody asked, nothing sent", async () => {
  const { series, state } = aSeries(plainAnswer);
  assert.equal((await series.read([], ["x"])).size, 0);
  assert.equal(state.asked.length, 0);
});
