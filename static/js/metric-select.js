import { element } from "./dom.js";
import { NUMERIC_FIELDS, fieldNamed } from "./fields.js";

/** @import { Field } from "./fields.js" */

/** Which metric the heat map colours by and the overlay draws. */
export class MetricSelect {
  element;
  #select = element("select", "select");

  /**
   * @param {string} label
   * @param {(name: string) => void} onMetric
   */
  constructor(label, onMetric) {
    this.#select.append(...NUMERIC_FIELDS.map(({ name, label }) => new Option(label, name)));
    this.#select.addEventListener("change", () => onMetric(this.#select.value));
    this.element = element("label", "metric-select", label, this.#select);
  }

  /** @param {string} name of a field */
  show(name) {
    if (this.#select.value !== name) this.#select.value = name;
  }
}

/**
 * The field that was chosen, or the usual one.
 * @param {string} name from the page's address
 * @returns {Field}
 */
export function metricNamed(name) {
  const field = fieldNamed(name);
  return field && NUMERIC_FIELDS.includes(field) ? field : /** @type {Field} */ (NUMERIC_FIELDS[0]);
}

/**
 * Also for the next time.
 * @param {Pick<import("./services.js").Services, "choices" | "preferences">} services
 * @param {string} metric name of a field
 */
export function chooseMetric({ choices, preferences }, metric) {
  preferences.set("metric", metric);
  choices.choose({ metric });
}
