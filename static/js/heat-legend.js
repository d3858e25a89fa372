import { STEPS } from "./colour-scale.js";
import { element, setText } from "./dom.js";

/** @import { Scale } from "./colour-scale.js" */

/** @type {readonly {mark: import("./heat-content.js").Mark, label: string}[]} */
const MARKS = [
  { mark: "down", label: "down" },
  { mark: "disabled", label: "disabled" },
  { mark: "late", label: "late" },
  { mark: "unknown", label: "no value" },
];

/** What the colours and shapes of the heat map mean. */
export class HeatLegend {
  element = element("div", "colour-legend");
  #steps = element("ol", "colour-steps");
  #low = element("span", "colour-end");
  #high = element("span", "colour-end");
  /** Between a step and the next one. */
  #limits = Array.from({ length: STEPS - 1 }, () => element("span", "colour-limit"));
  #words = element("span", "visually-hidden");

  constructor() {
    for (let step = 1; step <= STEPS; step += 1) {
      const item = element("li", "colour-step", element("span", "heat-swatch"), this.#limits[step - 1] ?? "");
      item.dataset.step = String(step);
      this.#steps.append(item);
    }
    const scale = element("div", "colour-range", this.#low, this.#steps, this.#high);
    scale.setAttribute("aria-hidden", "true");
    this.element.append(this.#words, scale, marks());
  }

  /**
   * @param {string} label what is shown
   * @param {Scale} scale
   * @param {(value: number) => string} text
   */
  show(label, scale, text) {
    setText(this.#low, text(scale.from));
    setText(this.#high, text(scale.to));
    setText(this.#words, `${label}: colours from ${text(scale.from)} to ${text(scale.to)}. `);
    // of steps of one size the ends say enough
    this.element.toggleAttribute("data-even", scale.even);
    this.#limits.forEach((limit, index) => setText(limit, text(scale.limits[index] ?? scale.to)));
  }
}

function marks() {
  const list = element("ul", "heat-marks");
  for (const { mark, label } of MARKS) {
    const swatch = element("span", "heat-swatch");
    swatch.dataset.mark = mark;
    list.append(element("li", "heat-mark", swatch, label));
  }
  return list;
}
