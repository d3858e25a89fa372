import { lineText } from "./chart-options.js";
import { dashOf } from "./chart-theme.js";
import { element, setAttribute, setText } from "./dom.js";

/** @import { Line } from "./chart-options.js" */

const SVG = "http://www.w3.org/2000/svg";
const NOTHING = "–";

/**
 * @typedef {object} Choosing
 * @property {ReadonlySet<string>} hidden keys of lines that are not seen at first
 * @property {(line: number) => boolean} toggle whether it is shown now
 */

/** What the lines of a chart are, and their values: a button for each, which hides it or shows it again. */
export class ChartLegend {
  element = element("ul", "chart-legend");

  /** @type {HTMLElement[]} */
  #values;

  /**
   * @param {Line[]} lines
   * @param {Choosing} choosing
   */
  constructor(lines, choosing) {
    this.#values = lines.map(() => element("span", "chart-value"));
    // not a part of the button's name, which is read at each change; the chart itself says it
    for (const value of this.#values) setAttribute(value, "aria-hidden", "true");
    this.element.append(...lines.map((line, place) => element("li", "", this.#button(line, place, choosing))));
  }

  /** @param {(string | null)[]} texts of each line; null where nothing is known */
  show(texts) {
    texts.forEach((text, line) => {
      const value = this.#values[line];
      if (value) setText(value, text ?? NOTHING);
    });
  }

  /** @param {number} line that stands out, -1 for none */
  point(line) {
    this.#values.forEach((value, index) => value.parentElement?.toggleAttribute("data-near", index === line));
  }

  /**
   * @param {Line} line
   * @param {number} place
   * @param {Choosing} choosing
   */
  #button(line, place, { hidden, toggle }) {
    const made = element("button", "chart-key", swatch(place), element("bdi", "chart-label", line.label));
    if (line.note) made.append(element("span", "chart-note", line.note));
    made.append(/** @type {HTMLElement} */ (this.#values[place]));
    made.type = "button";
    made.title = lineText(line);
    setAttribute(made, "aria-pressed", String(!hidden.has(line.key)));
    made.addEventListener("click", () => setAttribute(made, "aria-pressed", String(toggle(place))));
    return made;
  }
}

/**
 * A piece of the line.
 * @param {number} line
 */
function swatch(line) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("class", "chart-swatch");
  picture.setAttribute("viewBox", "0 0 20 4");
  picture.setAttribute("aria-hidden", "true");
  const stroke = document.createElementNS(SVG, "path");
  stroke.setAttribute("d", "M0 2H20");
  stroke.setAttribute("stroke-dasharray", dashOf(line).join(" "));
  stroke.style.stroke = `var(--chart-${(line % 6) + 1})`;
  picture.append(stroke);
  return picture;
}
