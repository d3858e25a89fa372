import { button, element, setText } from "./dom.js";
import { openModal } from "./modal.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text what follows from it
 * @property {string} action the word on the button that says yes
 * @property {Node[]} subjects one by one, what it is about
 */

const YES = "yes";

/** Asks whether somebody really means it. Escape and the button that has the focus at first say no. */
export class ConfirmDialog {
  #title = element("h2", "dialog-title");
  #text = element("p", "dialog-text");
  #subjects = element("ul", "dialog-subjects");
  #no = button("quiet-button", "Cancel", () => this.#dialog.close());
  #yes = button("button", "", () => this.#dialog.close(YES));
  #dialog = element("dialog", "dialog", this.#title, this.#text, this.#subjects, element("div", "dialog-buttons", this.#no, this.#yes));

  /** @param {HTMLElement} place */
  constructor(place) {
    this.#title.id = "dialog-title";
    this.#text.id = "dialog-text";
    this.#subjects.setAttribute("role", "list");
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    this.#dialog.setAttribute("aria-describedby", this.#text.id);
    this.#no.autofocus = true;
    place.append(this.#dialog);
  }

  /**
   * @param {Question} question
   * @returns {Promise<boolean>} false too while another question is open
   */
  async ask({ title, text, action, subjects }) {
    if (this.#dialog.open) return false;
    setText(this.#title, title);
    setText(this.#text, text);
    setText(this.#yes, action);
    this.#subjects.replaceChildren(...subjects.map((subject) => element("li", "", subject)));
    this.#dialog.returnValue = "";
    openModal(this.#dialog);
    await new Promise((resolve) => this.#dialog.addEventListener("close", resolve, { once: true }));
    return this.#dialog.returnValue === YES;
  }
}
