import { element } from "./dom.js";
import { instanceRows } from "./metrics.js";
import { SortableTable } from "./sortable-table.js";

/** @import { HostContext } from "./host-panels.js" */
/** @import { HostView } from "./protocol.js" */

const TRAFFIC = ["network_received_bytes_per_second", "network_sent_bytes_per_second"];

/** What goes through each network interface. */
export class InterfacesPanel {
  element = element("section", "panel interfaces");

  #table;
  /** @type {HostView["sample"]} */
  #sample = null;

  /** @param {HostContext} context */
  constructor({ services: { format } }) {
    const rate = (/** @type {number | null | undefined} */ value) => (typeof value === "number" ? format.rate(value) : "–");
    this.#table = new SortableTable(
      "network interfaces",
      [
        { name: "name", label: "Interface", of: ({ name }) => name, text: ({ name }) => name, isName: true },
        { name: "received", label: "Received", of: ({ values }) => values[0] ?? null, text: ({ values }) => rate(values[0]) },
        { name: "sent", label: "Sent", of: ({ values }) => values[1] ?? null, text: ({ values }) => rate(values[1]) },
      ],
      (/** @type {{name: string, values: (number | null)[]}} */ { name }) => name,
    );
    this.element.append(element("h2", "panel-title", "Interfaces"), this.#table.element);
  }

  open() {
    this.#sample = null;
  }

  close() {}

  /** @param {HostView} host */
  draw({ sample = null }) {
    if (sample === this.#sample) return;
    this.#sample = sample;
    const rows = instanceRows(sample, TRAFFIC);
    this.#table.show(rows);
    this.element.hidden = !rows.length;
  }
}
