import { STATUS_CHOICES } from "./choice.js";
import { STATUS_WORDS } from "./describe.js";
import { button, element, setText } from "./dom.js";
import { StatusIcon } from "./status-icon.js";

/** @import { StatusChoice } from "./choice.js" */
/** @import { Choices } from "./choices.js" */
/** @import { Formatter } from "./format.js" */
/** @import { Counts } from "./store.js" */

/** How many hosts are in which status; each count shows its hosts. Keys that wait are no hosts: their count leads to where they are. */
export class StatusFilter {
  #choices;
  #format;
  /** @type {Map<StatusChoice, {button: HTMLButtonElement, text: HTMLElement}>} */
  #parts = new Map();
  #waiting;
  #waitingText = element("span");

  /**
   * @param {HTMLElement} place
   * @param {Choices} choices
   * @param {Formatter} format
   * @param {() => void} onWaiting somebody wants to see the keys that wait
   */
  constructor(place, choices, format, onWaiting) {
    this.#choices = choices;
    this.#format = format;
    const group = element("div", "status-filter", ...STATUS_CHOICES.map((status) => this.#part(status)));
    group.setAttribute("role", "group");
    group.setAttribute("aria-label", "hosts to show");
    this.#waiting = button("count", "", onWaiting);
    this.#waiting.append(iconOf("unapproved"), this.#waitingText);
    this.#waiting.hidden = true;
    place.replaceChildren(group, this.#waiting);
    choices.changed.listen(() => this.#showChoice());
    this.#showChoice();
  }

  /**
   * @param {Counts} counts
   * @param {boolean} complete the whole fleet was counted
   */
  show(counts, complete) {
    const all = counts.up + counts.down;
    for (const [status, { button, text }] of this.#parts) {
      const count = status === "all" ? all : counts[status];
      const word = status === "all" ? "hosts" : STATUS_WORDS[status];
      const counted = status === "all" ? this.#format.counted(count, "host") : `${this.#format.number(count)} ${word}`;
      setText(text, complete ? counted : word);
      button.toggleAttribute("data-none", !count);
      button.hidden = status === "disabled" && !count && this.#choices.current.status !== status;
    }
    const waiting = counts.unapproved;
    setText(this.#waitingText, `${this.#format.number(waiting)} ${waiting > 1 ? "wait for approval" : STATUS_WORDS.unapproved}`);
    this.#waiting.hidden = !complete || !waiting;
  }

  /** @param {StatusChoice} status */
  #part(status) {
    const text = element("span");
    const made = button("count", "", () => this.#choices.choose({ status, host: "" }));
    if (status === "all") made.title = "all but disabled hosts";
    else made.append(iconOf(status));
    made.append(text);
    this.#parts.set(status, { button: made, text });
    return made;
  }

  #showChoice() {
    const chosen = this.#choices.current.status;
    for (const [status, { button }] of this.#parts) button.setAttribute("aria-pressed", String(status === chosen));
  }
}

/** @param {import("./protocol.js").Status} status */
function iconOf(status) {
  const icon = new StatusIcon();
  icon.show(status);
  return icon.element;
}
