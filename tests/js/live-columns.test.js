import assert from "node:assert/strict";
import { test } from "node:test";
import { LiveColumns } from "../../static/js/live-columns.js";
import { settle } from "./support/fakes.js";

const NOW = 1_700_000_000;
const HOST = "abcdefghijkl";

/** @param {number[]} values */
const column = (...values) => ({ min: values, mean: values, max: values });

/** @param {(range: any) => any} [answer] */
function aHost(answer = () => ({ at: [NOW - 4, NOW - 2], load_1m: column(1, 2) })) {
  /** @type {any[]} */
  const asked = [];
  const series = {
    /**
     * @param {string[]} hosts
     * @param {string[]} metrics
     * @param {any} range
     */
    async read(hosts, metrics, range) {
      asked.push({ hosts, metrics, ...range });
      return new Map([[hosts[0], answer(range)]]);
    },
  };
  const live = new LiveColumns(/** @type {any} */ (series), ["load_1m"]);
  live.open(HOST);
  return { live, asked };
}

/**
 * @param {number} second
 * @param {number} load
 */
const sample = (second, load) => ({ at: NOW + second, taken_at: NOW + second, metrics: { load_1m: load } });

/** @param {LiveColumns} live */
function rows(live) {
  const { at, columns } = live.columns.table(["load_1m"]);
  return at.map((moment, row) => [moment - NOW, columns.get("load_1m")?.mean[row]]);
}

test("begins with what the hub remembers and goes on with each sample", async () => {
  const { live, asked } = aHost();
  live.regular(sample(0, 3), 1);
  await settle();
  live.regular(sample(1, 4), 1);
  assert.deepEqual(rows(live), [[-4, 1], [-2, 2], [0, 3], [1, 4]]);
  assert.deepEqual(asked, [{ hosts: [HOST], metrics: ["load_1m"], start: undefined, end: undefined, points: 300 }]);
});

test("regular samples say nothing new while faster ones come", async () => {
  const { live } = aHost(() => undefined);
  await settle();
  live.watched(sample(0, 1), 0.25, 1);
  live.regular(sample(0.25, 9), 1);
  live.watched(sample(0.5, 2), 0.25, 1);
  assert.deepEqual(rows(live), [[0, 1], [0.5, 2]]);
  live.regular(sample(3, 3), 1);
  assert.deepEqual(rows(live), [[0, 1], [0.5, 2], [3, 3]]);
});

test("regular samples of a host that does not know yet that it is watched leave no gaps", async () => {
  const { live } = aHost(() => undefined);
  await settle();
  live.regular(sample(-2, 1), 2);
  for (const second of [0, 2, 4, 6]) live.watched(sample(second, 1), 0.25, 2);
  assert.deepEqual(rows(live), [[-2, 1], [0, 1], [2, 1], [4, 1], [6, 1]]);
});

test("what was missed is asked for, once", async () => {
  const { live, asked } = aHost(({ start }) => (start ? { at: [NOW + 10, NOW + 20], load_1m: column(5, 6) } : undefined));
  await settle();
  live.regular(sample(0, 1), 1);
  live.regular(sample(30, 2), 1);
  live.regular(sample(31, 3), 1);
  await settle();
  // a point a second: the first of longer steps may be behind a short hole
  assert.deepEqual(asked.slice(1).map(({ start, end, points }) => [start - NOW, end - NOW, points]), [[0, 30, 30]]);
  assert.deepEqual(rows(live).filter(([, value]) => value !== null), [[0, 1], [10, 5], [20, 6], [30, 2], [31, 3]]);
});

test("what was missed while this page was away is asked for, however short it was", async () => {
  const { live, asked } = aHost();
  await settle();
  live.regular(sample(0, 1), 1);
  live.rejoined();
  live.regular(sample(2, 1), 1);
  await settle();
  live.regular(sample(3, 1), 1);
  assert.deepEqual(asked.slice(1).map(({ start, end }) => [start - NOW, end - NOW]), [[0, 2]]);
});

test("what a page that was away reads of the host stands in its charts at once, although faster samples came before", async () => {
  const { live, asked } = aHost(() => undefined);
  await settle();
  for (const second of [0, 60]) live.regular(sample(second, 1), 60);
  live.watched(sample(120, 2), 1, 60);
  live.rejoined();
  for (let draws = 0; draws < 2; draws += 1) live.regular(sample(120, 2), 60);
  for (let draws = 0; draws < 2; draws += 1) live.regular(sample(180, 3), 60);
  assert.deepEqual(rows(live), [[0, 1], [60, 1], [120, 2], [180, 3]]);
  assert.deepEqual(asked.slice(1).map(({ start, end }) => [start - NOW, end - NOW]), [[120, 180]]);
});

test("a slow host misses nothing", async () => {
  const { live, asked } = aHost(() => undefined);
  await settle();
  live.regular(sample(0, 1), 60);
  live.regular(sample(61, 2), 60);
  assert.equal(asked.length, 1);
});

test("the answer for a host that was closed meanwhile is dropped", async () => {
  const { live } = aHost();
  live.open("zzzzzzzzzzzz");
  live.close();
  await settle();
  assert.deepEqual(rows(live), []);
});

test("an error is kept for the reader, and trying again helps", async () => {
  let broken = true;
  const { live, asked } = aHost(() => {
    if (broken) throw new Error("there is no session");
    return { at: [NOW], load_1m: column(1) };
  });
  await settle();
  assert.equal(live.problem, "there is no session");
  broken = false;
  live.rejoined();
  await settle();
  live.rejoined();
  assert.equal(live.problem, "");
  assert.equal(asked.length, 2);
  assert.deepEqual(rows(live), [[0, 1]]);
});

test("what is missed during a reading is read after it", async () => {
  const { live, asked } = aHost(() => undefined);
  live.regular(sample(0, 1), 1);
  live.regular(sample(30, 2), 1);
  assert.equal(asked.length, 1);
  await settle();
  assert.equal(asked.length, 2);
  await settle();
  assert.equal(asked.length, 2);
});

test("a reading that another session finds under way is done again", async () => {
  const { live, asked } = aHost(() => undefined);
  live.rejoined();
  await settle();
  assert.equal(asked.length, 2);
});

test("what is held is drawn for as long as it is, and the past is filled in there as well", async () => {
  const { live } = aHost();
  live.regular(sample(0, 3), 1);
  live.hold(true);
  live.regular(sample(1, 4), 1);
  live.hold(true); // as by a zoom
  await settle();
  live.regular(sample(5_000, 5), 1);
  const shown = () => live.shown.table(["load_1m"]).columns.get("load_1m")?.mean;
  assert.deepEqual(shown(), [1, 2, 3]);
  live.hold(false);
  assert.deepEqual(shown(), [5]);
  live.hold(true);
  live.open(HOST);
  assert.deepEqual(shown(), []);
});

test("what could not be read is asked for again after a while, until it is there", async () => {
  let broken = true;
  const { live, asked } = aHost(() => {
    if (broken) throw new Error("no answer");
    return { at: [NOW], load_1m: column(1) };
  });
  live.tick(NOW); // it is still under way
  await settle();
  for (const second of [0, 14]) live.tick(NOW + second);
  assert.equal(asked.length, 1);
  live.tick(NOW + 15);
  assert.equal(asked.length, 2);
  assert.equal(live.problem, "no answer"); // said until it is known better
  await settle();
  broken = false;
  for (const second of [16, 30, 31]) live.tick(NOW + second);
  await settle();
  assert.deepEqual([live.problem, asked.length, rows(live)], ["", 3, [[0, 1]]]);
  for (const second of [32, 60, 90]) live.tick(NOW + second);
  assert.equal(asked.length, 3);
});
