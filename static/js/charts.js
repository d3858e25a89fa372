import { columnKey } from "./columns.js";

/** @import { ChartColumns, Table } from "./chart-columns.js" */
/** @import { ChartSpec, Line } from "./chart-options.js" */
/** @import { Unit } from "./units.js" */

/**
 * @typedef {object} LineEntry
 * @property {string} metric with instances: a line for each, or, in an entry for each, the one of that chart
 * @property {string} [label] not needed where the instance is one
 * @property {string} [of] the metric that it is a share of
 */

/**
 * @typedef {object} ChartEntry
 * @property {string} id
 * @property {string} title
 * @property {Unit} unit
 * @property {LineEntry[]} lines
 * @property {boolean} [each] a chart for each instance
 * @property {number | string} [top] end of the scale, or the metric that tells it
 * @property {boolean} [heat] strips of colours instead of lines, where there are too many
 * @property {string} [instance] what one instance is called, where its name is a mere number
 */

/** @typedef {Map<string, Set<string | null>>} Instances */

/** All charts of a host, in their order: a new one is one entry here. It is shown as soon as the host reports its metrics. @type {readonly ChartEntry[]} */
export const CHARTS = [
  { id: "cpu", title: "CPU", unit: "ratio", top: 1, lines: [{ metric: "cpu_used_ratio", label: "used" }] },
  { id: "cores", title: "CPU by core", unit: "ratio", top: 1, instance: "core", heat: true, lines: [{ metric: "cpu_core_used_ratio" }] },
  { id: "memory", title: "Memory", unit: "bytes", top: "memory_total_bytes", lines: [{ metric: "memory_used_bytes", label: "used" }] },
  {
    id: "load",
    title: "Load",
    unit: "number",
    lines: [
      { metric: "load_1m", label: "1 min" },
      { metric: "load_5m", label: "5 min" },
      { metric: "load_15m", label: "15 min" },
    ],
  },
  {
    id: "network",
    title: "Network",
    unit: "bytes per second",
    each: true,
    lines: [
      { metric: "network_received_bytes_per_second", label: "received" },
      { metric: "network_sent_bytes_per_second", label: "sent" },
    ],
  },
  {
    id: "disk-traffic",
    title: "Disk I/O",
    unit: "bytes per second",
    each: true,
    lines: [
      { metric: "disk_read_bytes_per_second", label: "read" },
      { metric: "disk_written_bytes_per_second", label: "written" },
    ],
  },
  { id: "disk-busy", title: "Disks busy", unit: "ratio", top: 1, lines: [{ metric: "disk_busy_ratio" }] },
  { id: "disk", title: "Disk space used", unit: "ratio", top: 1, lines: [{ metric: "disk_used_bytes", of: "disk_total_bytes" }] },
  { id: "swap", title: "Swap", unit: "bytes", top: "swap_total_bytes", lines: [{ metric: "swap_used_bytes", label: "used" }] },
  { id: "temperatures", title: "Temperatures", unit: "celsius", lines: [{ metric: "temperature_celsius" }] },
];

/** Everything that the charts draw. */
export const CHART_METRICS = [...new Set(CHARTS.flatMap(({ top, lines }) => [top, ...lines.flatMap(({ metric, of }) => [metric, of])]))].filter(
  (name) => typeof name === "string",
);

/** More lines than this nobody can tell apart. */
const MOST_LINES = 8;

const naturally = new Intl.Collator(undefined, { numeric: true });

/**
 * The charts of a host that has these columns: of several of a family those first that have something to show.
 * @param {ChartColumns} columns
 * @returns {ChartSpec[]}
 */
export function chartsFor(columns) {
  const instances = instancesByMetric(columns.keys());
  const isQuiet = (/** @type {ChartSpec} */ { lines }) => lines.every(({ key }) => columns.isQuiet(key));
  return CHARTS.filter(({ top }) => typeof top !== "string" || columns.latest(top) !== 0).flatMap((entry) => {
    if (!entry.each) return wholeOf(entry, instances);
    const specs = eachOf(entry, instances);
    return [...specs.filter((spec) => !isQuiet(spec)), ...specs.filter(isQuiet)];
  });
}

/**
 * The columns of one chart since `from`; a share is worked out here.
 * @param {ChartColumns} columns
 * @param {ChartSpec} spec
 * @param {number} [from]
 * @returns {Table}
 */
export function chartTable(columns, { lines }, from) {
  const table = columns.table([...new Set(lines.flatMap(({ key, of }) => (of ? [key, of] : [key])))], from);
  for (const { key, of } of lines) if (of) table.columns.set(key, shares(table.columns.get(key), table.columns.get(of)));
  return table;
}

/**
 * @param {ChartEntry} entry
 * @param {Instances} instances
 * @returns {ChartSpec[]}
 */
function wholeOf(entry, instances) {
  const lines = entry.lines.flatMap((line) => linesOf(line, instances.get(line.metric), entry.instance));
  return lines.length ? [specOf(entry, lines)] : [];
}

/**
 * @param {ChartEntry} entry
 * @param {Instances} instances
 * @returns {ChartSpec[]}
 */
function eachOf(entry, instances) {
  const found = entry.lines.flatMap(({ metric }) => [...(instances.get(metric) ?? [])]);
  const names = [...new Set(found.filter((name) => name !== null))].sort(naturally.compare);
  return names.map((instance) => {
    const lines = entry.lines.map(({ metric, label = metric }) => ({ key: columnKey(metric, instance), label }));
    return { ...specOf(entry, lines), id: `${entry.id}[${instance}]`, instance };
  });
}

/**
 * @param {LineEntry} line
 * @param {Set<string | null> | undefined} instances
 * @param {string} [called]
 * @returns {Line[]}
 */
function linesOf({ metric, label = metric, of }, instances, called) {
  if (!instances) return [];
  if (instances.has(null)) return [{ key: metric, label, of }];
  const key = (/** @type {string | undefined} */ name, /** @type {string} */ instance) => (name === undefined ? undefined : columnKey(name, instance));
  return [...instances]
    .filter((instance) => instance !== null)
    .sort(naturally.compare)
    .map((instance) => ({ key: columnKey(metric, instance), label: called ? `${called} ${instance}` : instance, of: key(of, instance) }));
}

/**
 * @param {ChartEntry} entry
 * @param {Line[]} lines
 * @returns {ChartSpec}
 */
function specOf({ id, title, unit, top, heat = false }, lines) {
  return { id, family: id, title, unit, lines, top: top ?? null, heat: heat && lines.length > MOST_LINES };
}

/**
 * Names of the instances of each metric, which a host may leave empty; null of a metric without any.
 * @param {string[]} keys
 * @returns {Instances}
 */
function instancesByMetric(keys) {
  const found = new Map();
  for (const key of keys) {
    const start = key.indexOf("[");
    const metric = start < 0 ? key : key.slice(0, start);
    if (!found.has(metric)) found.set(metric, new Set());
    found.get(metric).add(start < 0 ? null : key.slice(start + 1, -1));
  }
  return found;
}

/**
 * @param {import("./series.js").Column | undefined} part
 * @param {import("./series.js").Column | undefined} whole
 */
function shares(part, whole) {
  const side = (/** @type {"min" | "mean" | "max"} */ name) =>
    (part?.[name] ?? []).map((value, row) => {
      const all = whole?.mean[row];
      return value === null || !all ? null : value / all;
    });
  return { min: side("min"), mean: side("mean"), max: side("max") };
}
