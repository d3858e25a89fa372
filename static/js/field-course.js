/** @import { Field } from "./fields.js" */
/** @import { HostView, MetricValue } from "./protocol.js" */
/** @import { Column, HostSeries, InstanceColumns, Values } from "./series.js" */

/**
 * The course of a field, out of what the hub remembers: as if each of its rows were a sample.
 * @param {Field} field that names its metrics
 * @param {HostView} host
 * @param {HostSeries} series
 * @returns {Values} as long as `series.at`
 */
export function courseOf(field, host, series) {
  return series.at.map((at, row) => {
    const sample = { at, taken_at: at, metrics: metricsOf(field.metrics ?? [], series, row) };
    const value = field.of({ ...host, sample }, at);
    return typeof value === "number" ? value : null;
  });
}

/**
 * @param {readonly string[]} names
 * @param {HostSeries} series
 * @param {number} row
 * @returns {Record<string, MetricValue>}
 */
function metricsOf(names, series, row) {
  /** @type {Record<string, MetricValue>} */
  const metrics = Object.create(null);
  for (const name of names) {
    const value = valueOf(/** @type {Column | InstanceColumns | undefined} */ (series[name]), row);
    if (value !== null) metrics[name] = value;
  }
  return metrics;
}

/**
 * @param {Column | InstanceColumns | undefined} columns
 * @param {number} row
 * @returns {MetricValue | null} null where nothing is known
 */
function valueOf(columns, row) {
  if (!columns) return null;
  if (isColumn(columns)) return columns.mean[row] ?? null;
  /** @type {Record<string, number>} */
  const values = Object.create(null);
  for (const [instance, { mean }] of Object.entries(columns)) {
    const value = mean[row] ?? null;
    if (value !== null) values[instance] = value;
  }
  return Object.keys(values).length ? values : null;
}

/**
 * @param {Column | InstanceColumns} columns
 * @returns {columns is Column}
 */
function isColumn(columns) {
  return Array.isArray(columns.mean);
}
