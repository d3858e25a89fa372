import { element, setAttribute, setText } from "./dom.js";
import { REGULAR, isLong } from "./line.js";
import { CoreStrip, Meter } from "./meter.js";
import { Sparkline } from "./sparkline.js";

/** @import { Row, RowKind } from "./card-rows.js" */
/** @import { SparklineKind, Values } from "./sparkline.js" */

/** The first column of `.host-metrics`. */
const LABEL_REM = 4 / REGULAR;
/** Beside the label, in the narrowest card. */
const TEXT_REM = 13 / REGULAR;
const TREND_REM = { width: 3.5, height: 1.25 };

/** One row of a card: a label, a picture where there is one, the value in words. */
export class MetricRow {
  element = element("div", "metric-row");
  /** @type {RowKind} */
  kind;
  #label = element("bdi");
  #term = element("dt", "metric-label", this.#label);
  #value = element("span");
  #second = element("span");
  /** @type {Meter | null} */
  #meter = null;
  /** @type {CoreStrip | null} */
  #cores = null;
  /** @type {{kind: SparklineKind, line: Sparkline} | null} */
  #trend = null;

  /**
   * @param {RowKind} kind
   * @param {() => void} onMore the row's button was pressed
   */
  constructor(kind, onMore) {
    this.kind = kind;
    this.element.dataset.kind = kind;
    this.element.append(this.#term, ...this.#details(onMore));
  }

  /** @param {Row} row of the same kind */
  show(row) {
    setText(this.#label, row.label);
    this.#term.toggleAttribute("data-long", isLong(row.label, LABEL_REM));
    setAttribute(this.#term, "title", row.label);
    setText(this.#value, row.value);
    this.element.dataset.family = row.key.split(":", 1)[0];
    if (row.trend !== this.#trend?.kind) this.#showTrend(row.trend ?? null);
    if (this.kind === "meter") this.#meter?.show(row.ratio ?? 0, row.label, row.words ?? row.value);
    if (this.kind === "cores") this.#cores?.show(row.ratios ?? [], row.words ?? row.value);
    if (this.kind === "rates") setText(this.#second, row.second ?? "");
    if (this.kind === "text") this.#showText(row);
    if (this.kind === "failed") setAttribute(this.#value, "title", row.value);
  }

  /** What the trend is of, if there is one. */
  get trend() {
    return this.#trend?.kind ?? null;
  }

  /**
   * @param {Values} values
   * @param {number | null} max
   */
  drawTrend(values, max) {
    this.#trend?.line.show(values, max);
  }

  /** @param {Row} row */
  #showText({ value, words }) {
    setAttribute(this.#value, "title", words ?? null);
    this.#value.parentElement?.toggleAttribute("data-long", isLong(value, TEXT_REM));
  }

  /** @param {SparklineKind | null} kind */
  #showTrend(kind) {
    this.#trend?.line.element.parentElement?.remove();
    this.#trend = kind && { kind, line: new Sparkline({ kind, ...TREND_REM }) };
    if (this.#trend) this.element.append(element("dd", "metric-trend", this.#trend.line.element));
  }

  /** @param {() => void} onMore */
  #details(onMore) {
    switch (this.kind) {
      case "meter":
        this.#meter = new Meter();
        return [element("dd", "metric-chart", this.#meter.element), element("dd", "metric-value", this.#value)];
      case "cores":
        this.#cores = new CoreStrip();
        return [element("dd", "metric-chart", this.#cores.element), element("dd", "metric-value", this.#value)];
      case "rates":
        return [element("dd", "metric-rates", rate("received", "↓", this.#value), rate("sent", "↑", this.#second))];
      case "more":
        return [element("dd", "metric-text", this.#button(onMore))];
      default:
        return [element("dd", "metric-text", this.#value)];
    }
  }

  /** @param {() => void} onMore */
  #button(onMore) {
    const button = element("button", "quiet-button", this.#value);
    button.type = "button";
    button.addEventListener("click", onMore);
    return button;
  }
}

/**
 * @param {string} words
 * @param {string} arrow
 * @param {HTMLElement} value
 */
function rate(words, arrow, value) {
  const picture = element("span", "rate-arrow", arrow);
  picture.setAttribute("aria-hidden", "true");
  return element("span", "rate", picture, element("span", "visually-hidden", `${words} `), value);
}
