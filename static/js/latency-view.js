import { element, setAttribute, setText } from "./dom.js";

/** @import { Formatter } from "./format.js" */

/** How late the whole fleet's samples are. */
export class LatencyView {
  #place;
  #format;
  #value = element("span");

  /**
   * @param {HTMLElement} place
   * @param {Formatter} format
   */
  constructor(place, format) {
    this.#place = place;
    this.#format = format;
    place.replaceChildren("latency ", this.#value);
  }

  /** @param {{p50: number, p99: number, count: number} | null} spread of the last minute; null without samples, or without the hosts' clocks */
  show(spread) {
    this.#place.hidden = !spread;
    if (!spread) return;
    const [half, most] = [this.#format.delay(spread.p50), this.#format.delay(spread.p99)];
    setText(this.#value, `${half} · p99 ${most}`);
    const title = `From the instant a host takes a sample until it stands here, with the clocks' differences taken off. In the last minute ${this.#format.number(spread.count)} samples came: half of them within ${half}, 99% within ${most}.`;
    setAttribute(this.#place, "title", title);
  }
}
