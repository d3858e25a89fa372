import { waysToAdd } from "./add-host.js";
import { button, element, setText } from "./dom.js";
import { countOf, elsewhere, whyNone } from "./empty-words.js";
import { filterWords } from "./filter-words.js";

/** @import { Choice } from "./choice.js" */
/** @import { Present } from "./empty-words.js" */
/** @import { Formatter } from "./format.js" */

/** What stands in place of the hosts when none is shown: how to add the first one, or why none is and what to do about it. */
export class EmptyView {
  element = element("section", "empty");
  #reading = element("p", "empty-text", "Reading the fleet…");
  #why = element("p", "empty-text");
  #format;
  #all;
  #others;
  /** What the second button shows. @type {Partial<Choice>} */
  #where = {};
  #unmatched;
  #waiting = element("p", "empty-text");
  #first;

  /**
   * @param {(choice: Partial<Choice>) => void} choose
   * @param {Formatter} format
   * @param {string | null} hostsUrl the admin's list of hosts, for those who may use it
   */
  constructor(choose, format, hostsUrl) {
    this.#format = format;
    this.#all = button("button", "Clear the filters", () => choose({ status: "all", search: "", tag: "" }));
    this.#others = button("button plain", "", () => choose(this.#where));
    this.#unmatched = element("div", "empty-choice", this.#why, element("div", "command-line", this.#all, this.#others));
    this.#first = element("div", "first-host", element("h2", "", "No hosts yet"), this.#waiting, ...waysToAdd(hostsUrl));
  }

  /**
   * @param {boolean} isComplete the fleet was read
   * @param {Present} present
   * @param {Choice} choice
   */
  show(isComplete, present, choice) {
    setText(this.#why, whyNone(present, choice, this.#format));
    setText(this.#waiting, waitingText(present.waiting, this.#format));
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
    setText(this.#others, found ? `Show ${this.#format.number(found.count)} ${found.status}` : "Show disabled hosts");
  }
}

/**
 * @param {number} waiting
 * @param {Formatter} format
 */
function waitingText(waiting, format) {
  if (waiting === 1) return "A key waits for approval above. Approved, it becomes the first host.";
  return `${format.counted(waiting, "key")} wait for approval above. Approved, they become hosts.`;
}
