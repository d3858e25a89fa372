import { waitingKeys, waitingText } from "./approvals.js";
import { arrange, button, element, setText } from "./dom.js";
import { WaitingKey } from "./waiting-key.js";

/** @import { Approvals, Decision } from "./approvals.js" */
/** @import { ConfirmDialog } from "./confirm-dialog.js" */
/** @import { Formatter } from "./format.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Entry, FleetStore } from "./store.js" */

const HINTS = {
  operator: "Approve a key if the agent on that machine shows the same fingerprint. Its name is only what it calls itself.",
  viewer: "An operator can approve or deny them. A name is only what an agent calls itself.",
};
/** For so long a click that was meant for another row does not count. */
const SHIFT_MS = 500;

/** The keys that wait for approval, above the hosts and untouched by filters: they are no hosts yet. */
export class ApprovalView {
  #place;
  #store;
  #approvals;
  #format;
  /** Asks before what is hard to take back; null for those who may not decide. @type {ConfirmDialog | null} */
  #dialog;
  #section = element("section", "approval");
  #title = element("h2", "approval-title");
  #all = button("button plain", "Approve all", () => void this.#approveAll());
  #list = element("ul", "waiting-keys");
  #problem = element("p", "approval-problem");
  #dismiss = button("quiet-button", "Dismiss", () => this.#approvals.dismissProblem());
  #foot = element("div", "approval-foot", this.#problem, this.#dismiss);
  /** @type {Entry[]} */
  #keys = [];
  /** @type {Map<string, WaitingKey>} */
  #rows = new Map();
  #shiftTimer = 0;

  /**
   * @param {HTMLElement} place
   * @param {FleetStore} store
   * @param {Approvals} approvals
   * @param {Formatter} format
   * @param {ConfirmDialog | null} dialog
   */
  constructor(place, store, approvals, format, dialog) {
    this.#place = place;
    this.#store = store;
    this.#approvals = approvals;
    this.#format = format;
    this.#dialog = dialog;
    this.#title.id = "approval-title";
    this.#title.tabIndex = -1;
    this.#list.setAttribute("role", "list");
    for (const part of [this.#section, this.#list]) part.setAttribute("aria-labelledby", this.#title.id);
    this.#problem.setAttribute("role", "alert");
    this.#section.hidden = true;
    this.#section.append(
      element("div", "approval-head", this.#title, this.#all),
      element("p", "approval-hint", dialog ? HINTS.operator : HINTS.viewer),
      this.#list,
      this.#foot,
    );
    place.prepend(this.#section);
  }

  /**
   * @param {Map<string, HostView | undefined>} changes what each changed host was before
   * @param {number} now the hub's clock, in seconds
   */
  draw(changes, now) {
    const waits = (/** @type {HostView | undefined} */ host) => host?.status === "unapproved";
    if ([...changes].some(([id, before]) => waits(before) || waits(this.#store.get(id)))) this.#arrange();
    for (const { id, host } of this.#keys) this.#rows.get(id)?.show(host, this.#approvals.pending(id), now);
    setText(this.#title, waitingText(this.#keys.length, this.#format));
    setText(this.#problem, this.#approvals.problem);
    this.#foot.hidden = !this.#approvals.problem;
    this.#all.hidden = !this.#dialog || this.#keys.length < 2;
    this.#section.hidden = !this.#keys.length && !this.#approvals.problem;
  }

  /** Bring it into view. */
  focus() {
    this.#title.focus();
  }

  /**
   * Let the ages grow.
   * @param {number} now the hub's clock, in seconds
   */
  tick(now) {
    for (const row of this.#rows.values()) row.tick(now);
  }

  #arrange() {
    const before = [...this.#list.children];
    const focused = before.findIndex((row) => row.contains(document.activeElement));
    this.#keys = waitingKeys(this.#store.entries());
    this.#approvals.keepOnly(this.#keys);
    this.#rows = new Map(this.#keys.map((key) => [key.id, this.#rows.get(key.id) ?? this.#newRow(key)]));
    const rows = [...this.#rows.values()].map((row) => row.element);
    arrange(this.#list, rows);
    if (rows.some((row, place) => before.includes(row) && before.indexOf(row) !== place)) this.#holdClicks();
    // to the row and not to its buttons: a key pressed twice decides nothing else
    if (focused >= 0 && !this.#list.contains(document.activeElement)) (rows[Math.min(focused, rows.length - 1)] ?? this.#place).focus();
  }

  /** @param {Entry} key */
  #newRow({ id, host }) {
    return new WaitingKey(id, host, this.#format, this.#dialog && ((decision) => void this.#decide(decision, id)));
  }

  /**
   * @param {Decision} decision
   * @param {string} id
   */
  async #decide(decision, id) {
    const keys = this.#keys.filter((key) => key.id === id);
    const sure = decision === "approve" || (await this.#dialog?.ask({
      title: "Deny this key?",
      text: "It leaves this page, and its agent is refused until an operator approves the key under Join requests in the admin.",
      action: "Deny",
      subjects: keys.map(subject),
    }));
    if (sure) await this.#approvals.decide(decision, keys);
  }

  async #approveAll() {
    const keys = this.#keys; // not those that come while the question is open
    const count = this.#format.counted(keys.length, "key");
    const sure = await this.#dialog?.ask({
      title: `Approve all ${count}?`,
      text: "Each becomes a host. Are these the fingerprints that your agents show?",
      action: `Approve ${count}`,
      subjects: keys.map(subject),
    });
    if (sure) await this.#approvals.decide("approve", keys);
  }

  #holdClicks() {
    this.#list.toggleAttribute("data-shifting", true);
    clearTimeout(this.#shiftTimer);
    this.#shiftTimer = window.setTimeout(() => this.#list.removeAttribute("data-shifting"), SHIFT_MS);
  }
}

/** @param {Entry} key */
function subject({ host }) {
  const who = element("p", "subject-name", "“", element("bdi", "", host.name), "” from ", element("bdi", "", host.address ?? "an unknown address"));
  return element("div", "", who, element("code", "fingerprint", host.fingerprint ?? ""));
}
