import { button, element, setText } from "./dom.js";
import { filterWords, quoted } from "./filter-words.js";

const COMMAND = ".venv/bin/python manage.py addhost NAME";
const COPIED_MS = 2_000;

/**
 * What there is, shown or not.
 * @typedef {object} Present
 * @property {number} hosts
 * @property {number} disabled
 * @property {number} waiting keys that wait for approval
 * @property {boolean} namesStatus the search says itself which status it wants, so disabled hosts are asked, too
 * @property {string[]} unreported metrics that were asked for and that no host has
 * @property {ReadonlyMap<string, number>} tags that hosts have
 */

/** What stands in place of the hosts when none is shown: how to add the first one, or why none is and what to do about it. */
export class EmptyView {
  element = element("section", "empty");
  #reading = element("p", "empty-text", "Reading the fleet…");
  #why = element("p", "empty-text");
  #all;
  #disabled;
  #unmatched;
  #waiting = element("p", "empty-text");
  #first;

  /**
   * @param {(choice: Partial<import("./choice.js").Choice>) => void} choose
   * @param {string | null} addUrl where the admin makes a code, for those who may
   */
  constructor(choose, addUrl) {
    this.#all = button("button", "Clear the filters", () => choose({ status: "all", search: "", tag: "" }));
    this.#disabled = button("button plain", "Show disabled hosts", () => choose({ status: "disabled", search: "", tag: "" }));
    this.#unmatched = element("div", "empty-choice", this.#why, element("div", "command-line", this.#all, this.#disabled));
    this.#first = firstHost(this.#waiting, addUrl);
  }

  /**
   * @param {boolean} isComplete the fleet was read
   * @param {Present} present
   * @param {import("./choice.js").Choice} choice
   */
  show(isComplete, present, choice) {
    setText(this.#why, whyNone(present, choice));
    setText(this.#waiting, waitingText(present.waiting));
    this.#waiting.hidden = !present.waiting;
    this.#all.hidden = !filterWords(choice).length;
    this.#disabled.hidden = choice.status !== "all" || !present.disabled;
    const wanted = !isComplete ? this.#reading : present.hosts ? this.#unmatched : this.#first;
    if (this.element.firstChild !== wanted) this.element.replaceChildren(wanted);
  }
}

/**
 * @param {Present} present
 * @param {import("./choice.js").Choice} choice
 */
export function whyNone({ hosts, disabled, namesStatus, unreported, tags }, choice) {
  const filter = filterWords(choice).join(", ");
  if (!filter && disabled === hosts) return hosts === 1 ? "The one host there is is disabled." : `All ${hosts} hosts are disabled.`;
  if (choice.tag && !tags.has(choice.tag)) return `No host has the tag ${quoted(choice.tag)}.`;
  const isPart = choice.status === "all" && !namesStatus && disabled > 0 && disabled < hosts; // of those that are disabled none is asked
  const asked = isPart ? hosts - disabled : hosts;
  const unmatched =
    asked === 1
      ? `The one host ${isPart ? "that is not disabled" : "there is"} does not match: ${filter}.`
      : `None of the ${asked} hosts${isPart ? " that are not disabled" : ""} matches: ${filter}.`;
  return [unmatched, ...unreported.map((name) => `No host reports ${name}.`)].join(" ");
}

/** @param {number} waiting */
function waitingText(waiting) {
  return waiting === 1 ? "A key waits for approval above. Approved, it becomes the first host." : `${waiting} keys wait for approval above. Approved, they become hosts.`;
}

/**
 * @param {HTMLElement} waiting
 * @param {string | null} addUrl
 */
function firstHost(waiting, addUrl) {
  const command = element("code", "command", COMMAND);
  const copies = button("button", "Copy", () => void copy(command, copies));
  const parts = [
    element("h2", "", "No hosts yet"),
    waiting,
    element("p", "empty-text", "Run this on the hub. It prints a code, valid for ten minutes, and the command to run on the host:"),
    element("div", "command-line", command, copies),
    element("p", "empty-text", "The host appears here by itself. An agent that is started without a code appears here too, and waits for approval."),
  ];
  if (addUrl) {
    const link = element("a", "", "Make a code in the admin");
    link.href = addUrl;
    parts.splice(4, 0, element("p", "", link));
  }
  return element("div", "first-host", ...parts);
}

/**
 * @param {HTMLElement} command
 * @param {HTMLElement} button
 */
async function copy(command, button) {
  getSelection()?.selectAllChildren(command);
  // without TLS a browser offers no clipboard: the selected text is ready to be copied
  if (!navigator.clipboard) return setText(button, "Press Ctrl+C");
  try {
    await navigator.clipboard.writeText(COMMAND);
  } catch {
    return setText(button, "Press Ctrl+C"); // the browser's own question was answered with no
  }
  setText(button, "Copied");
  setTimeout(() => setText(button, "Copy"), COPIED_MS);
}
