import { MOST_SEARCH_CHARACTERS } from "./choice.js";
import { element, setAttribute, setText } from "./dom.js";
import { compile } from "./expression.js";
import { ExpressionError } from "./scanner.js";

/** @import { Choices } from "./choices.js" */

/** While somebody types, an unfinished condition is no error yet. */
const PATIENCE_MS = 700;

/** Words and conditions by which hosts are found, and under it what is wrong with them. */
export class SearchField {
  element = element("div", "search-field");

  #choices;
  #input = element("input", "search");
  #before = element("span");
  #wrong = element("mark");
  #after = element("span");
  #quote = element("code", "search-quote", this.#before, this.#wrong, this.#after);
  #message = element("span");
  #problem = element("p", "search-problem", this.#quote, this.#message);
  #timer = 0;

  /** @param {Choices} choices */
  constructor(choices) {
    this.#choices = choices;
    this.#input.type = "search";
    this.#input.placeholder = "Search, or cpu > 80";
    this.#input.maxLength = MOST_SEARCH_CHARACTERS;
    this.#input.spellcheck = false;
    this.#input.autocomplete = "off";
    setAttribute(this.#input, "aria-label", "search by words and conditions");
    setAttribute(this.#input, "aria-keyshortcuts", "/");
    this.#input.addEventListener("input", () => choices.choose({ search: this.#input.value }));
    this.#problem.id = "search-problem";
    this.#problem.hidden = true;
    this.#problem.setAttribute("role", "status");
    this.element.append(this.#input, this.#problem);
    choices.changed.listen(() => this.#show(PATIENCE_MS));
    this.#show(0);
  }

  focus() {
    this.#input.focus();
    this.#input.select();
  }

  /** @param {number} patienceMs */
  #show(patienceMs) {
    const { search } = this.#choices.current;
    if (this.#input.value !== search) this.#input.value = search;
    const error = problemOf(search);
    clearTimeout(this.#timer);
    if (!error) this.#tell(null);
    else this.#timer = window.setTimeout(() => this.#tell(error), this.#problem.hidden ? patienceMs : 0);
  }

  /** @param {ExpressionError | null} error */
  #tell(error) {
    this.#problem.hidden = !error;
    setAttribute(this.#input, "aria-invalid", error ? "true" : null);
    setAttribute(this.#input, "aria-describedby", error ? this.#problem.id : null);
    if (!error) return;
    const { search } = this.#choices.current;
    setText(this.#before, search.slice(0, error.start));
    setText(this.#wrong, search.slice(error.start, error.end) || "…");
    setText(this.#after, search.slice(error.end));
    setText(this.#message, error.message);
  }
}

/** @param {string} search */
function problemOf(search) {
  try {
    compile(search);
    return null;
  } catch (error) {
    if (error instanceof ExpressionError) return error;
    throw error;
  }
}
