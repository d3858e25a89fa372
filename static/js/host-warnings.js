import { arrange, element } from "./dom.js";
import { failures } from "./metrics.js";

/** @import { HostView } from "./protocol.js" */

export const DUPLICATE_KEY = "Duplicate key. Another machine uses this host's key: give one of them its own.";

/** What is wrong with a host, beyond being down. */
export class HostWarnings {
  element = element("ul", "host-warnings");
  #shown = "";

  constructor() {
    this.element.setAttribute("aria-label", "warnings");
    this.element.hidden = true;
  }

  /** @param {HostView} host */
  draw(host) {
    const texts = warningsOf(host);
    if (texts.join("\n") === this.#shown) return;
    this.#shown = texts.join("\n");
    arrange(this.element, texts.map((text) => element("li", "warning", element("bdi", "", text))));
    this.element.hidden = !texts.length;
  }
}

/**
 * @param {HostView} host
 * @returns {string[]}
 */
export function warningsOf({ duplicate_key, refused, sample }) {
  return [
    ...(duplicate_key ? [DUPLICATE_KEY] : []),
    ...(refused ? [`The newest sample was refused: ${refused}`] : []),
    ...failures(sample).map(({ name, reason }) => `Not collected: ${name}: ${reason}`),
  ];
}
