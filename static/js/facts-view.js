import { element, setText } from "./dom.js";

/** @import { Formatter } from "./format.js" */
/** @import { HostContext } from "./host-panels.js" */
/** @import { HostView } from "./protocol.js" */

/** @typedef {(host: HostView, format: Formatter) => string | null | undefined} Fact nothing if it is not known */

/** A smaller difference of clocks than this is none. */
const LEAST_OFFSET_S = 0.001;

/** The facts of a host, by what they are called: a new one is a line here. @type {readonly [label: string, of: Fact][]} */
const FACTS = [
  ["System", ({ facts }) => facts?.system],
  ["Processor", ({ facts }) => facts?.cpu_model],
  ["Cores", ({ facts }, format) => facts && format.number(facts.cpu_count)],
  ["Memory", ({ facts }, format) => facts && format.exactBytes(facts.memory_total_bytes)],
  ["Up for", ({ sample }, format) => numberOr(sample?.metrics.uptime_seconds, format.duration)],
  ["Address", ({ address }) => address],
  ["Clock", ({ clock_offset }, format) => numberOr(clock_offset, (seconds) => clockText(seconds, format))],
  ["Agent", ({ facts }) => facts?.agent_version],
  ["Key", ({ fingerprint }) => fingerprint],
];

/** What the host says of itself. */
export class FactsPanel {
  element = element("section", "panel facts");

  #format;
  #list = element("dl", "facts-list");
  #values = FACTS.map(() => element("bdi"));
  #rows;

  /** @param {HostContext} context */
  constructor({ services: { format } }) {
    this.#format = format;
    this.#rows = FACTS.map(([label], index) =>
      element("div", "fact", element("dt", "", label), element("dd", "", /** @type {HTMLElement} */ (this.#values[index]))),
    );
    this.#list.append(...this.#rows);
    this.element.append(element("h2", "panel-title", "About this host"), this.#list);
  }

  open() {}

  close() {}

  /** @param {HostView} host */
  draw(host) {
    FACTS.forEach(([, of], index) => {
      const text = of(host, this.#format) ?? "";
      const [value, row] = [this.#values[index], this.#rows[index]];
      if (value) setText(value, text);
      if (row) row.hidden = !text;
    });
    this.element.hidden = this.#rows.every((row) => row.hidden);
  }
}

/**
 * @param {unknown} value
 * @param {(value: number) => string} words
 */
function numberOr(value, words) {
  return typeof value === "number" ? words(value) : null;
}

/**
 * @param {number} seconds that the host's clock is ahead of the hub's
 * @param {Formatter} format
 */
export function clockText(seconds, format) {
  if (Math.abs(seconds) < LEAST_OFFSET_S) return "same as the hub's";
  return `${format.delay(Math.abs(seconds) * 1000)} ${seconds > 0 ? "ahead of" : "behind"} the hub's`;
}
