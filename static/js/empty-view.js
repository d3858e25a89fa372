import { element, setText } from "./dom.js";

const COMMAND = "python manage.py addhost NAME";
const COPIED_MS = 2_000;

/** What stands in place of the cards when there are none: how to add the first host, or why none is shown. */
export class EmptyView {
  element = element("section", "empty");
  #reading = element("p", "empty-text", "Reading the fleet…");
  #unmatched = element("p", "empty-text");
  #first = firstHost();

  /**
   * @param {boolean} complete the fleet was read
   * @param {number} hosts there are, shown or not
   * @param {string[]} unreported metrics that were asked for and that no host has
   */
  show(complete, hosts, unreported) {
    const unmatched = hosts === 1 ? "The one host there is does not match." : `None of the ${hosts} hosts matches.`;
    setText(this.#unmatched, [unmatched, ...unreported.map((name) => `No host reports ${name}.`)].join(" "));
    const wanted = !complete ? this.#reading : hosts ? this.#unmatched : this.#first;
    if (this.element.firstChild !== wanted) this.element.replaceChildren(wanted);
  }
}

function firstHost() {
  const command = element("code", "command", COMMAND);
  const button = element("button", "button", "Copy");
  button.type = "button";
  button.addEventListener("click", () => void copy(command, button));
  return element(
    "div",
    "first-host",
    element("h2", "", "No hosts yet"),
    element("p", "empty-text", "Run this on the hub. It prints a code, valid for ten minutes, and the command to run on the host:"),
    element("div", "command-line", command, button),
    element("p", "empty-text", "The host appears here by itself. An agent that is started without a code appears here too, and waits for approval."),
  );
}

/**
 * @param {HTMLElement} command
 * @param {HTMLElement} button
 */
async function copy(command, button) {
  getSelection()?.selectAllChildren(command);
  // without TLS a browser offers no clipboard: the selected text is ready to be copied
  if (!navigator.clipboard) return setText(button, "Press Ctrl+C");
  await navigator.clipboard.writeText(COMMAND);
  setText(button, "Copied");
  setTimeout(() => setText(button, "Copy"), COPIED_MS);
}
