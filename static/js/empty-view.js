import { button, element, setText } from "./dom.js";
import { countOf, elsewhere, whyNone } from "./empty-words.js";
import { filterWords } from "./filter-words.js";

/** @import { Choice } from "./choice.js" */
/** @import { Present } from "./empty-words.js" */

const COMMAND = ".venv/bin/python manage.py addhost NAME";
const COPIED_MS = 2_000;

/** What stands in place of the hosts when none is shown: how to add the first one, or why none is and what to do about it. */
export class EmptyView {
  element = element("section", "empty");
  #reading = element("p", "empty-text", "Reading the fleet…");
  #why = element("p", "empty-text");
  #all;
  #others;
  /** What the second button shows. @type {Partial<Choice>} */
  #where = {};
  #unmatched;
  #waiting = element("p", "empty-text");
  #first;

  /**
   * @param {(choice: Partial<Choice>) => void} choose
   * @param {string | null} addUrl where the admin makes a code, for those who may
   */
  constructor(choose, addUrl) {
    this.#all = button("button", "Clear the filters", () => choose({ status: "all", search: "", tag: "" }));
    this.#others = button("button plain", "", () => choose(this.#where));
    this.#unmatched = element("div", "empty-choice", this.#why, element("div", "command-line", this.#all, this.#others));
    this.#first = firstHost(this.#waiting, addUrl);
  }

  /**
   * @param {boolean} isComplete the fleet was read
   * @param {Present} present
   * @param {Choice} choice
   */
  show(isComplete, present, choice) {
    setText(this.#why, whyNone(present, choice));
    setText(this.#waiting, waitingText(present.waiting));
    this.#waiting.hidden = !present.waiting;
    this.#all.hidden = !filterWords(choice).length || !(present.counts.up + present.counts.down); // without them it would show none either
    this.#showOthers(present, choice);
    const wanted = !isComplete ? this.#reading : countOf(present.counts) ? this.#unmatched : this.#first;
    if (this.element.firstChild !== wanted) this.element.replaceChildren(wanted);
  }

  /**
   * @param {Present} present
   * @param {Choice} choice
   */
  #showOthers(present, choice) {
    const { up, down, disabled } = present.counts;
    const found = elsewhere(present, choice);
    this.#others.hidden = !found && (choice.status === "disabled" || up + down > 0 || !disabled);
    this.#where = found ? { status: found.status } : { status: "disabled", search: "", tag: "" };
    setText(this.#others, found ? `Show ${found.count} ${found.status}` : "Show disabled hosts");
  }
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
