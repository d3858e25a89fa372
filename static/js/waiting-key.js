import { button, element, setAttribute, setText } from "./dom.js";

/** @import { Decision } from "./approvals.js" */
/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */

const LABELS = { approve: "Approve", deny: "Deny" };
const PENDING_LABELS = { approve: "Approving…", deny: "Denying…" };

/** One key that waits for approval. Its name is its own choice, and nothing of it is trusted. */
export class WaitingKey {
  element = element("li", "waiting-key");

  /** @type {HostView} */
  #host;
  #pending = false;
  #format;
  #name = element("bdi");
  #title = element("h3", "waiting-name", "calls itself “", this.#name, "”");
  #address = element("bdi");
  #age = element("span");
  #fingerprint = element("code", "fingerprint");
  /** @type {Map<Decision, HTMLButtonElement>} */
  #buttons = new Map();

  /**
   * @param {string} id
   * @param {HostView} host
   * @param {Formatter} format
   * @param {((decision: Decision) => void) | null} onDecision null for those who may not decide
   */
  constructor(id, host, format, onDecision) {
    this.#host = host;
    this.#format = format;
    this.element.dataset.key = id;
    this.element.tabIndex = -1;
    this.#title.id = `key-${id}`;
    this.#fingerprint.id = `fingerprint-${id}`;
    this.element.setAttribute("aria-labelledby", this.#title.id);
    const label = element("span", "visually-hidden", "fingerprint ");
    const about = element("p", "waiting-about", "from ", this.#address, " · ", this.#age);
    this.element.append(element("div", "waiting-who", this.#title, about), element("p", "", label, this.#fingerprint));
    if (onDecision) this.element.append(this.#buttonsFor(onDecision));
  }

  /**
   * @param {HostView} host
   * @param {Decision | undefined} pending
   * @param {number} now the hub's clock, in seconds
   */
  show(host, pending, now) {
    this.#host = host;
    this.#pending = pending !== undefined;
    setText(this.#name, host.name);
    setAttribute(this.#title, "title", host.name);
    setText(this.#address, host.address ?? "an unknown address");
    setText(this.#fingerprint, host.fingerprint ?? "");
    setAttribute(this.#age, "title", host.since ? this.#format.moment(host.since) : null);
    setAttribute(this.element, "aria-busy", pending ? "true" : null);
    for (const [decision, button] of this.#buttons) {
      setText(button, (pending === decision ? PENDING_LABELS : LABELS)[decision]);
      // not `disabled`, which would take the focus away
      setAttribute(button, "aria-disabled", pending ? "true" : null);
    }
    this.tick(now);
  }

  /** @param {number} now the hub's clock, in seconds */
  tick(now) {
    setText(this.#age, this.#host.since ? `first asked ${this.#format.age(now - this.#host.since)}` : "");
  }

  /** @param {(decision: Decision) => void} onDecision */
  #buttonsFor(onDecision) {
    for (const decision of /** @type {const} */ (["approve", "deny"])) {
      const made = button(decision === "approve" ? "button" : "button plain", LABELS[decision], () => this.#pending || onDecision(decision));
      made.setAttribute("aria-describedby", `${this.#title.id} ${this.#fingerprint.id}`);
      this.#buttons.set(decision, made);
    }
    return element("div", "waiting-buttons", ...this.#buttons.values());
  }
}
