import { arrange, button, element, setAttribute, setText } from "./dom.js";

/** @import { TagCount } from "./common-values.js" */
/** @import { Formatter } from "./format.js" */
/** @import { TagChange } from "./settings-changes.js" */

const MOST_CHARACTERS = 40;

/** The tags of one host or of several: each can be taken away or given to all of them, and new ones added. */
export class TagsEditor {
  element = element("div", "settings-row settings-tags");

  #format;
  /** @type {TagCount[]} */
  #tags = [];
  #hosts = 0;
  /** @type {Set<string>} */
  #added = new Set();
  /** @type {Set<string>} */
  #removed = new Set();
  #input = element("input", "tag-input");
  #known = element("datalist");
  #label = element("label", "settings-label", "Tags");
  #list = element("ul", "tag-list");
  /** @type {Map<string, HTMLLIElement>} */
  #chips = new Map();
  #hint = element("p", "settings-hint", "Enter or a comma adds one.");

  /** @param {Formatter} format */
  constructor(format) {
    this.#format = format;
    this.#input.id = "setting-tags";
    this.#known.id = "known-tags";
    this.#hint.id = "setting-tags-hint";
    this.#label.htmlFor = this.#input.id;
    this.#input.setAttribute("list", this.#known.id);
    this.#input.setAttribute("aria-describedby", this.#hint.id);
    this.#input.placeholder = "add a tag";
    this.#input.maxLength = MOST_CHARACTERS;
    this.#input.autocomplete = "off";
    this.#input.addEventListener("keydown", (event) => this.#onKey(event));
    this.#input.addEventListener("input", () => this.#input.value.includes(",") && this.#take());
    this.#list.setAttribute("aria-label", "tags");
    this.#list.setAttribute("role", "list");
    this.element.append(this.#label, element("div", "settings-control", this.#list, this.#input, this.#known), this.#hint);
  }

  /**
   * @param {TagCount[]} tags that these hosts have
   * @param {number} hosts how many they are
   * @param {string[]} known tags of the fleet, to choose from
   */
  show(tags, hosts, known) {
    this.#tags = tags;
    this.#hosts = hosts;
    if (this.#known.children.length !== known.length || known.some((tag, place) => /** @type {HTMLOptionElement} */ (this.#known.children[place]).value !== tag))
      this.#known.replaceChildren(...known.map((tag) => Object.assign(element("option"), { value: tag })));
    this.#draw();
  }

  /** What was touched; a tag that is typed but not yet added counts. @returns {TagChange} */
  get change() {
    this.#take();
    return { add: [...this.#added], remove: [...this.#removed] };
  }

  forget() {
    this.#added.clear();
    this.#removed.clear();
    this.#input.value = "";
  }

  focus() {
    this.#input.focus();
  }

  #take() {
    for (const tag of this.#input.value.split(",").map((text) => text.trim()).filter(Boolean)) this.#add(tag);
    this.#input.value = "";
    this.#draw();
  }

  /** @param {string} tag */
  #add(tag) {
    this.#removed.delete(tag);
    if (this.#countOf(tag) < this.#hosts) this.#added.add(tag);
  }

  /** @param {string} tag */
  #remove(tag) {
    this.#added.delete(tag);
    if (this.#countOf(tag)) this.#removed.add(tag);
  }

  /** @param {string} tag */
  #countOf(tag) {
    return this.#tags.find((known) => known.tag === tag)?.count ?? 0;
  }

  /** @param {KeyboardEvent} event */
  #onKey(event) {
    if (event.key !== "Enter" || !this.#input.value.trim()) return;
    event.preventDefault();
    this.#take();
  }

  #draw() {
    const tags = [...this.#tags.map(({ tag }) => tag), ...[...this.#added].filter((tag) => !this.#countOf(tag))];
    this.#chips = new Map(tags.map((tag) => [tag, this.#chips.get(tag) ?? this.#newChip(tag)]));
    for (const [tag, chip] of this.#chips) this.#showChip(tag, chip);
    arrange(this.#list, [...this.#chips.values()]);
  }

  /** @param {string} tag */
  #newChip(tag) {
    const all = button("icon-button", "+", () => this.#change(() => this.#add(tag)));
    const none = button("icon-button", "×", () => this.#change(() => (this.#removed.has(tag) ? this.#removed.delete(tag) : this.#remove(tag))));
    return element("li", "tag-chip", element("bdi", "", tag), element("span", "tag-count"), all, none);
  }

  /** @param {() => void} step */
  #change(step) {
    step();
    this.#draw();
    if (!this.#list.contains(document.activeElement)) this.#input.focus();
  }

  /**
   * @param {string} tag
   * @param {HTMLLIElement} chip
   */
  #showChip(tag, chip) {
    const [, count, all, none] = /** @type {[Element, HTMLElement, HTMLButtonElement, HTMLButtonElement]} */ (/** @type {unknown} */ ([...chip.children]));
    const has = this.#countOf(tag);
    const state = this.#added.has(tag) ? "added" : this.#removed.has(tag) ? "removed" : "";
    chip.dataset.change = state;
    setText(count, this.#hosts > 1 && !state ? `${this.#format.number(has)}/${this.#format.number(this.#hosts)}` : state && ` ${state}`);
    all.hidden = has >= this.#hosts || state !== "";
    setAttribute(all, "aria-label", `give ${tag} to all`);
    setAttribute(none, "aria-label", state === "removed" ? `keep ${tag}` : `remove ${tag}`);
    setText(none, state === "removed" ? "↺" : "×");
  }
}
