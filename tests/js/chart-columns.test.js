import assert from "node:assert/strict";
import { test } from "node:test";
import { ChartColumns } from "../../static/js/chart-columns.js";
import { columnKey } from "../../static/js/columns.js";

const NOW = 1_700_000_000;
const KEPT_S = 600;

/** @param {...[number, number, (number | undefined)?]} samples seconds, load, seconds to the next one */
function columnsOf(...samples) {
  const columns = new ChartColumns(KEPT_S);
  for (const [second, load, step = 1] of samples) columns.append({ at: NOW + second, metrics: { load_1m: load } }, step);
  return columns;
}

/**
 * @param {ChartColumns} columns
 * @param {number} [from]
 */
function loads(columns, from) {
  const { at, columns: found } = columns.table(["load_1m"], from === undefined ? undefined : NOW + from);
  return at.map((moment, row) => [moment - NOW, found.get("load_1m")?.mean[row]]);
}

/** @param {(number | null)[]} values */
const column = (...values) => ({ min: values, mean: values, max: values });

test("samples become rows, one column for each metric and instance", () => {
  const columns = new ChartColumns(KEPT_S);
  const disks = JSON.parse('{"/": 5, "__proto__": 7}');
  columns.append({ at: NOW, metrics: { load_1m: 1 } }, 1);
  columns.append({ at: NOW + 1, metrics: { load_1m: 2, disk_used_bytes: disks } }, 1);
  assert.deepEqual(columns.keys(), ["load_1m", "disk_used_bytes[/]", "disk_used_bytes[__proto__]"]);
  const { at, columns: found } = columns.table(columns.keys());
  assert.deepEqual(at, [NOW, NOW + 1]);
  assert.deepEqual(found.get(columnKey("disk_used_bytes", "__proto__"))?.mean, [null, 7]);
  assert.equal(columns.latest("load_1m"), 2);
});

test("a sample that is not newer is ignored", () => {
  const columns = columnsOf([0, 1], [1, 2]);
  assert.equal(columns.append({ at: NOW + 1, metrics: { load_1m: 9 } }, 1), false);
  assert.equal(columns.append({ at: NOW, metrics: { load_1m: 9 } }, 1), false);
  assert.deepEqual(loads(columns), [[0, 1], [1, 2]]);
});

test("a gap begins after more than two and a half intervals", () => {
  assert.deepEqual(loads(columnsOf([0, 1], [2.5, 2])), [[0, 1], [2.5, 2]]);
  assert.deepEqual(loads(columnsOf([0, 1], [2.75, 2])), [[0, 1], [1, null], [2.75, 2]]);
  assert.deepEqual(loads(columnsOf([0, 1, 10], [25, 2, 10])), [[0, 1], [25, 2]]);
});

test("when samples come faster, the slower interval counts where they meet, and a second is never a gap", () => {
  assert.deepEqual(loads(columnsOf([0, 1, 5], [10, 2, 0.1], [10.875, 3, 0.1])), [[0, 1], [10, 2], [10.875, 3]]);
  assert.equal(loads(columnsOf([0, 1, 0.1], [1.1, 2, 0.1])).length, 3);
});

test("what was missing in one sample is unknown there", () => {
  const columns = columnsOf([0, 1]);
  columns.append({ at: NOW + 1, metrics: {} }, 1);
  columns.append({ at: NOW + 2, metrics: { load_1m: 3 } }, 1);
  assert.deepEqual(loads(columns), [[0, 1], [1, null], [2, 3]]);
  assert.equal(columns.latest("load_1m"), 3);
});

test("a table begins with the row before", () => {
  assert.deepEqual(loads(columnsOf([0, 1], [1, 2], [2, 3]), 1.5), [[1, 2], [2, 3]]);
});

test("a table is a copy", () => {
  const columns = columnsOf([0, 1]);
  const before = loads(columns);
  columns.append({ at: NOW + 1, metrics: { load_1m: 2 } }, 1);
  assert.deepEqual(before, [[0, 1]]);
});

test("ten minutes at ten a second stay bounded: the last one whole, older ones by the second with their least and most", () => {
  const columns = new ChartColumns(KEPT_S);
  for (let row = 0; row < 12_000; row += 1) columns.append({ at: NOW + row / 10, metrics: { load_1m: row % 10 } }, 0.1);
  assert.ok(columns.length <= 1_200, `${columns.length} rows`);
  const { at, columns: found } = columns.table(["load_1m"]);
  const load = found.get("load_1m");
  const last = NOW + 1199.9;
  assert.ok(last - /** @type {number} */ (at[0]) >= KEPT_S - 5 && last - /** @type {number} */ (at[0]) <= KEPT_S + 6);
  assert.deepEqual([load?.min[10], load?.mean[10], load?.max[10]], [0, 4.5, 9]);
  assert.equal(at.filter((moment) => moment > last - 55).length, 550);
  assert.ok(!load?.mean.includes(null));
});

test("columns that nobody fills any more are given up", () => {
  const columns = columnsOf([0, 1]);
  for (let second = 1; second < 700; second += 1) columns.append({ at: NOW + second, metrics: { cpu_used_ratio: 0.5 } }, 1);
  assert.deepEqual(columns.keys(), ["cpu_used_ratio"]);
});

test("what the hub remembers comes before the first sample", () => {
  const columns = columnsOf([0, 1]);
  columns.fill({ at: [NOW - 6, NOW - 4, NOW - 2, NOW], load_1m: column(3, null, 5, 6), cpu_core_used_ratio: { 0: column(1, null, 1, 1) } });
  assert.deepEqual(loads(columns), [[-6, 3], [-2, 5], [0, 1]]);
  assert.deepEqual(columns.table(["cpu_core_used_ratio[0]"]).columns.get("cpu_core_used_ratio[0]")?.mean, [1, 1, null]);
});

test("no sample stands behind what the hub tells of a time after it, which is but the newest value that it had", () => {
  const columns = columnsOf([0, 1]);
  columns.fill({ at: [NOW - 2, NOW + 60], load_1m: column(5, 1) });
  assert.deepEqual(loads(columns).filter(([, load]) => load !== null), [[-2, 5], [0, 1]]);
  const opened = new ChartColumns(KEPT_S);
  opened.fill({ at: [NOW - 4, NOW - 2, NOW], load_1m: column(1, 2, 2) });
  const late = { at: NOW - 1, metrics: { load_1m: 3, cpu_used_ratio: 0.5 } };
  assert.deepEqual([opened.append(late, 2), opened.append(late, 2)], [true, false]);
  assert.deepEqual(loads(opened), [[-4, 1], [-2, 2], [-1, 3]]);
});

test("what was missed while the hub was away is filled in between, and the rest stays a gap", () => {
  const columns = columnsOf([0, 1], [60, 9]);
  columns.fill({ at: [NOW + 2, NOW + 4, NOW + 6, NOW + 58], load_1m: column(2, 3, 4, 8) });
  assert.deepEqual(loads(columns), [[0, 1], [2, 2], [4, 3], [6, 4], [8, null], [58, 8], [60, 9]]);
});

test("what was missed is drawn from one edge of the hole to the other", () => {
  const columns = columnsOf([9.8, 1], [10.8, 2], [14.4, 7], [15.4, 8]);
  columns.fill({ at: [9, 10, 11, 12, 13, 14, 15].map((second) => NOW + second), load_1m: column(1, 2, 3, 4, 5, 7, 8) });
  assert.deepEqual(loads(columns).map(([at, load]) => [Math.round(10 * (at ?? 0)) / 10, load]), [[9.8, 1], [10.8, 2], [11, 3], [12, 4], [13, 5], [14.4, 7], [15.4, 8]]);
});

test("of a time of which something is known, what is not known is drawn behind it", () => {
  const columns = columnsOf([10, 1, 0.25], [10.25, 2, 0.25], [13.75, 8, 0.25], [14, 9, 0.25]);
  columns.fill({ at: [10, 11, 12, 13, 14].map((second) => NOW + second), load_1m: column(3, 4, 5, 6, 7) });
  assert.deepEqual(loads(columns), [[10, 1], [10.25, 2], [10.5, 3], [11, 4], [12, 5], [13, 6], [13.75, 8], [14, 9]]);
});

test("where samples only come a little late nothing is missing", () => {
  const columns = columnsOf([10, 1, 0.5], [10.6, 2, 0.5], [11.3, 3, 0.5], [12, 4, 0.5], [12.4, 5, 0.5]);
  columns.fill({ at: [10, 10.5, 11, 11.5, 12].map((second) => NOW + second), load_1m: column(9, 9, 9, 9, 9) });
  assert.equal(columns.length, 5);
});

test("a host that is rarely sampled has a point for each sample", () => {
  const columns = columnsOf([60, 1, 60], [240, 4, 60]);
  columns.fill({ at: [118, 120, 122, 178, 180, 240].map((second) => NOW + second), load_1m: column(2, null, null, null, 3, 4) });
  assert.deepEqual(loads(columns), [[60, 1], [118, 2], [180, 3], [240, 4]]);
});

test("an empty answer changes nothing", () => {
  const columns = columnsOf([0, 1]);
  columns.fill({ at: [], load_1m: column() });
  assert.deepEqual(loads(columns), [[0, 1]]);
});

test("a host that makes up names in every sample does not fill the memory", () => {
  const columns = new ChartColumns(KEPT_S);
  for (let second = 0; second < 5; second += 1) {
    const disks = Object.fromEntries(Array.from({ length: 500 }, (_, place) => [`${second} ${place}`, 1]));
    columns.append({ at: NOW + second, metrics: { load_1m: second, disk_used_bytes: disks } }, 1);
  }
  assert.ok(columns.keys().length <= 1_024);
  assert.equal(columns.latest("load_1m"), 4);
});

test("a copy keeps what the columns themselves give up, and takes nothing newer", () => {
  const columns = columnsOf([0, 1], [1, 2]);
  const held = columns.copy();
  for (let second = 2; second < 1_000; second += 1) columns.append({ at: NOW + second, metrics: { load_1m: 3 } }, 1);
  assert.deepEqual(loads(held), [[0, 1], [1, 2]]);
  held.fill({ at: [NOW - 20, NOW - 10, NOW + 900], load_1m: column(7, 8, 9) });
  const filled = loads(held).filter(([, value]) => value !== null);
  assert.deepEqual([filled.map(([, value]) => value), held.latest("load_1m")], [[7, 8, 1, 2], 2]);
});
