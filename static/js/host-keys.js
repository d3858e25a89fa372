/** Where a key is text, or presses something. */
const BUSY = "input, select, textarea, dialog[open], [contenteditable]";
const PRESSED_BY_SPACE = "button, a, summary";

/** The keys of a host's page: Space holds the charts or lets them go on, Escape leaves. */
export class HostKeys {
  #actions;
  #onKey = (/** @type {KeyboardEvent} */ event) => this.#press(event);

  /** @param {{pause: () => void, leave: () => void}} actions */
  constructor(actions) {
    this.#actions = actions;
  }

  listen() {
    document.addEventListener("keydown", this.#onKey);
  }

  stop() {
    document.removeEventListener("keydown", this.#onKey);
  }

  /** @param {KeyboardEvent} event */
  #press(event) {
    const target = event.target instanceof Element ? event.target : null;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || target?.closest(BUSY)) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") this.#actions.leave();
    else if (event.key === " " && !target?.closest(PRESSED_BY_SPACE)) this.#actions.pause();
    else return;
    event.preventDefault();
  }
}
