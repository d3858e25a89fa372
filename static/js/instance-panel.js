import { element } from "./dom.js";
import { instanceRows } from "./metrics.js";

/** @import { HostView } from "./protocol.js" */
/** @import { SortableTable } from "./sortable-table.js" */

/** @typedef {{name: string, values: (number | null)[]}} InstanceRow one disk or interface; `values` in the order of the table's metrics */
/** @typedef {{metrics: string[], table: SortableTable<InstanceRow>}} InstanceTable */

/** What is not known. */
const MISSING = "–";

/** Tables with a row for each instance of some metrics, as a part of a host's page. Those without a row are not there. */
export class InstancePanel {
  element;
  #tables;
  /** What the tables show; undefined: another host's. @type {HostView["sample"]} */
  #sample = undefined;

  /**
   * @param {string} name
   * @param {string} title
   * @param {InstanceTable[]} tables
   */
  constructor(name, title, tables) {
    this.#tables = tables;
    this.element = element("section", `panel ${name}`, element("h2", "panel-title", title), ...tables.map(({ table }) => table.element));
  }

  open() {
    this.#sample = undefined;
  }

  close() {}

  /** @param {HostView} host */
  draw({ sample = null }) {
    if (sample === this.#sample) return;
    this.#sample = sample;
    for (const { metrics, table } of this.#tables) {
      const rows = instanceRows(sample, metrics);
      table.show(rows);
      table.element.hidden = !rows.length;
    }
    this.element.hidden = this.#tables.every(({ table }) => table.element.hidden);
  }
}

/**
 * A column of numbers: what it is sorted by, and how it is written.
 * @param {(row: InstanceRow) => number | null} of
 * @param {(value: number) => string} write
 */
export function numbers(of, write) {
  const text = (/** @type {InstanceRow} */ row) => {
    const value = of(row);
    return value === null ? MISSING : write(value);
  };
  return { of, text };
}

/** @param {number} index of a metric */
export function valueAt(index) {
  return (/** @type {InstanceRow} */ { values }) => values[index] ?? null;
}

/** @param {InstanceRow} row */
export function nameOf({ name }) {
  return name;
}
