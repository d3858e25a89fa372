import { element } from "./dom.js";
import { instanceRows } from "./metrics.js";
import { SortableTable } from "./sortable-table.js";

/** @import { HostContext } from "./host-panels.js" */
/** @import { HostView } from "./protocol.js" */

const SPACE = ["disk_total_bytes", "disk_used_bytes", "disk_available_bytes"];
const TRAFFIC = ["disk_read_bytes_per_second", "disk_written_bytes_per_second", "disk_busy_ratio"];

/** What is stored on each disk, and what goes to and from each device. */
export class DisksPanel {
  element = element("section", "panel disks");

  #space;
  #traffic;
  /** @type {HostView["sample"]} */
  #sample = null;

  /** @param {HostContext} context */
  constructor({ services: { format } }) {
    const bytes = (/** @type {number | null} */ value) => (value === null ? "–" : format.exactBytes(value));
    const rate = (/** @type {number | null} */ value) => (value === null ? "–" : format.rate(value));
    const percent = (/** @type {number | null} */ value) => (value === null ? "–" : format.percent(value));
    /** @typedef {{name: string, values: (number | null)[]}} InstanceRow */
    const number = (/** @type {number} */ index) => (/** @type {InstanceRow} */ { values }) => values[index] ?? null;
    const ratio = (/** @type {InstanceRow} */ { values: [total, used] }) => (total && used !== null && used !== undefined ? used / total : null);
    const name = (/** @type {InstanceRow} */ row) => row.name;
    this.#space = new SortableTable(
      "disk space",
      [
        { name: "name", label: "Disk", of: name, text: name, isName: true },
        { name: "ratio", label: "Used", of: ratio, text: (row) => percent(ratio(row)), ratio: (row) => ratio(row) ?? 0 },
        { name: "free", label: "Free", of: number(2), text: (row) => bytes(number(2)(row)) },
        { name: "total", label: "Size", of: number(0), text: (row) => bytes(number(0)(row)) },
      ],
      name,
    );
    this.#traffic = new SortableTable(
      "disk traffic",
      [
        { name: "name", label: "Device", of: name, text: name, isName: true },
        { name: "busy", label: "Busy", of: number(2), text: (row) => percent(number(2)(row)), ratio: (row) => number(2)(row) ?? 0 },
        { name: "read", label: "Read", of: number(0), text: (row) => rate(number(0)(row)) },
        { name: "written", label: "Written", of: number(1), text: (row) => rate(number(1)(row)) },
      ],
      name,
    );
    this.element.dataset.family = "disk";
    this.element.append(element("h2", "panel-title", "Disks"), this.#space.element, this.#traffic.element);
  }

  open() {
    this.#sample = null;
  }

  close() {}

  /** @param {HostView} host */
  draw({ sample = null }) {
    if (sample === this.#sample) return;
    this.#sample = sample;
    const space = instanceRows(sample, SPACE);
    const traffic = instanceRows(sample, TRAFFIC);
    this.#space.show(space);
    this.#traffic.show(traffic);
    this.#space.element.hidden = !space.length;
    this.#traffic.element.hidden = !traffic.length;
    this.element.hidden = !space.length && !traffic.length;
  }
}
