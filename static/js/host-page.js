import { element, setText } from "./dom.js";

/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */

/** One host, in place of the fleet. */
export class HostPage {
  element = element("section", "host-page");

  #services;
  #id = "";
  #back = element("a", "back-link", "All hosts");
  #name = element("bdi");
  #title = element("h1", "host-title", this.#name);

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.#title.id = "host-title";
    this.#title.tabIndex = -1;
    this.element.setAttribute("aria-labelledby", this.#title.id);
    this.element.hidden = true;
    this.element.append(this.#back, this.#title);
  }

  /** @param {string} id */
  open(id) {
    this.#id = id;
    this.#back.href = this.#services.choices.link({ host: "" });
    this.element.hidden = false;
    this.#show();
    this.#title.focus({ preventScroll: true });
  }

  close() {
    this.#id = "";
    this.element.hidden = true;
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    if (changes.has(this.#id)) this.#show();
    this.tick(now);
  }

  /** @param {number} _now the hub's clock, in seconds */
  tick(_now) {}

  #show() {
    const host = this.#services.store.get(this.#id);
    setText(this.#name, host?.name ?? (this.#services.store.complete ? "There is no such host" : "…"));
  }
}
