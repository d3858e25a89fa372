import assert from "node:assert/strict";
import { test } from "node:test";
import { chartOptions } from "../../static/js/chart-options.js";
import { formatter } from "../../static/js/format.js";
import { ChartColumns } from "../../static/js/chart-columns.js";
import { CHARTS, CHART_METRICS, chartTable, chartsFor } from "../../static/js/charts.js";

const NOW = 1_700_000_000;

/** @param {Record<string, import("../../static/js/protocol.js").MetricValue>} metrics */
function columnsOf(metrics) {
  const columns = new ChartColumns(600);
  columns.append({ at: NOW, metrics }, 1);
  return columns;
}

/** @param {Record<string, import("../../static/js/protocol.js").MetricValue>} metrics */
const specs = (metrics) => chartsFor(columnsOf(metrics));

test("each chart has a name of its own, and all that it draws is read", () => {
  assert.equal(new Set(CHARTS.map(({ id }) => id)).size, CHARTS.length);
  for (const { lines } of CHARTS) for (const { metric } of lines) assert.ok(CHART_METRICS.includes(metric), metric);
  assert.ok(CHART_METRICS.includes("memory_total_bytes") && CHART_METRICS.includes("disk_total_bytes"));
  assert.ok(CHART_METRICS.length <= 64);
});

test("only what the host reports is drawn", () => {
  assert.deepEqual(specs({}), []);
  assert.deepEqual(specs({ load_1m: 1, load_15m: 2, made_up: 3 }).map(({ id, lines }) => [id, lines.map(({ label }) => label)]), [["load", ["1 min", "15 min"]]]);
});

test("the end of a scale may be a number, or what the host says", () => {
  const [cpu, memory] = specs({ cpu_used_ratio: 0.5, memory_used_bytes: 1, memory_total_bytes: 4 });
  assert.deepEqual([cpu?.top, memory?.top], [1, "memory_total_bytes"]);
});

test("an instance without a name hides none of the others", () => {
  const [sensors] = specs({ temperature_celsius: { "": 40, cpu: 50 } });
  assert.deepEqual(sensors?.lines.map(({ key }) => key), ["temperature_celsius[]", "temperature_celsius[cpu]"]);
  const [network] = specs({ network_received_bytes_per_second: { "": 5 } });
  assert.deepEqual(network?.lines[0]?.key, "network_received_bytes_per_second[]");
});

test("instances are lines, in the order people count in", () => {
  const cores = Object.fromEntries([10, 2, 1].map((core) => [String(core), 0.5]));
  const [chart] = specs({ cpu_core_used_ratio: cores });
  assert.deepEqual(chart?.lines.map(({ label }) => label), ["core 1", "core 2", "core 10"]);
});

test("each interface has a chart of its own, whatever it is called", () => {
  const names = ["eth0", "__proto__", "a[b]", "<b>"];
  const values = () => JSON.parse(`{${names.map((name) => `"${name}": 1`).join()}}`);
  const charts = specs({ network_received_bytes_per_second: values(), network_sent_bytes_per_second: values() });
  assert.deepEqual(charts.map(({ instance }) => instance).sort(), [...names].sort());
  assert.equal(new Set(charts.map(({ id }) => id)).size, names.length);
  const odd = charts.find(({ instance }) => instance === "a[b]");
  assert.deepEqual(odd?.lines.map(({ key }) => key), ["network_received_bytes_per_second[a[b]]", "network_sent_bytes_per_second[a[b]]"]);
});

test("the used part of each disk is a share of its size", () => {
  const columns = columnsOf({ disk_used_bytes: { "/": 25, "/new": 3 }, disk_total_bytes: { "/": 100, "/empty": 0 } });
  const [disk] = chartsFor(columns);
  assert.ok(disk);
  const { at, columns: found } = chartTable(columns, disk);
  assert.deepEqual(at, [NOW]);
  assert.deepEqual(disk.lines.map(({ key }) => found.get(key)?.mean), [[0.25], [null]]);
});

test("interfaces where something happens come first", () => {
  const received = { br0: 0, eth1: 5, lo: 0, wlan0: 7 };
  const charts = specs({ network_received_bytes_per_second: received, network_sent_bytes_per_second: {} });
  assert.deepEqual(charts.map(({ instance }) => instance), ["eth1", "wlan0", "br0", "lo"]);
});

test("a host without swap space has no chart of it", () => {
  assert.deepEqual(specs({ swap_total_bytes: 0, swap_used_bytes: 0 }), []);
  assert.equal(specs({ swap_total_bytes: 8, swap_used_bytes: 0 }).length, 1);
});

test("many cores are strips, a few are lines", () => {
  const cores = (/** @type {number} */ count) => Object.fromEntries(Array.from({ length: count }, (_, core) => [core, 0.5]));
  assert.equal(specs({ cpu_core_used_ratio: cores(8) })[0]?.heat, false);
  assert.equal(specs({ cpu_core_used_ratio: cores(64) })[0]?.heat, true);
});

test("a chart has room for text of any size", () => {
  const spec = { id: "x", family: "x", title: "x", unit: /** @type {const} */ ("ratio"), lines: [{ key: "a", label: "a" }] };
  const sizes = [16, 32].map((remPx) => {
    const colours = { lines: ["#000000"], axis: "#000000", grid: "#000000", cursor: "#000000", heat: [], font: `${remPx}px sans`, remPx };
    const { axes = [], padding } = chartOptions(spec, () => colours, formatter("en"), () => null);
    return [...axes.flatMap(({ size, space }) => [size, space]), ...(padding ?? [])];
  });
  assert.deepEqual(sizes[0], [28, 84, 64, 26, 8, 22, 0, 0]);
  assert.deepEqual(sizes[1], sizes[0]?.map((size) => 2 * Number(size)));
});
