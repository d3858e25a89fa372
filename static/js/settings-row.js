import { button, element, setAttribute, setText } from "./dom.js";
import { namesText } from "./common-values.js";
import { boundsText, checkText, settingText, titleOf } from "./settings-table.js";

/** @import { CommonValue } from "./common-values.js" */
/** @import { Formatter } from "./format.js" */
/** @import { Setting } from "./settings-table.js" */

/** One setting of one host or of several: its value, or that they differ, and what somebody makes of it. */
export class SettingsRow {
  element = element("div", "settings-row");
  /** @type {Setting} */
  setting;

  #format;
  #hosts = 0;
  /** @type {CommonValue} */
  #common = { value: null, values: [], pinned: [] };
  #isTouched = false;
  #input = element("input");
  #label = element("label", "settings-label");
  #unit = element("span", "settings-unit");
  #state = element("span", "settings-state");
  #undo = button("quiet-button", "Undo", () => this.#restore());
  #hint = element("p", "settings-hint");
  #problem = element("p", "settings-problem");
  #pinned = element("p", "settings-pinned");

  /**
   * @param {Setting} setting
   * @param {Formatter} format
   */
  constructor(setting, format) {
    this.setting = setting;
    this.#format = format;
    this.#input.id = `setting-${setting.name}`;
    this.#hint.id = `${this.#input.id}-hint`;
    this.#problem.id = `${this.#input.id}-problem`;
    this.#input.setAttribute("aria-describedby", `${this.#hint.id} ${this.#problem.id}`);
    this.#label.htmlFor = this.#input.id;
    this.#label.textContent = titleOf(setting);
    this.#undo.setAttribute("aria-label", `Undo ${titleOf(setting)}`);
    this.#input.addEventListener("input", () => this.#touch());
    this.#prepareInput();
    const control = element("div", "settings-control", this.#input, this.#unit, this.#state, this.#undo);
    this.element.append(this.#label, control, this.#hint, this.#problem, this.#pinned);
  }

  /**
   * What these hosts have now. What somebody has touched stays.
   * @param {CommonValue} common
   * @param {number} hosts how many they are
   */
  show(common, hosts) {
    this.#common = common;
    this.#hosts = hosts;
    if (!this.#isTouched) this.#restore();
    else this.#showState();
    const pinned = hosts === 1 ? "The host pins this and keeps its own value." : `Pinned, so kept as it is, by ${namesText(common.pinned, this.#format)}.`;
    setText(this.#pinned, common.pinned.length ? pinned : "");
  }

  /** Whether this is to be sent. */
  get isTouched() {
    return this.#isTouched;
  }

  /** @returns {import("./settings-table.js").Checked} */
  check() {
    const checked = this.#isSwitch ? { value: this.#input.checked } : checkText(this.setting, this.#input.value, this.#format);
    this.#showProblem("problem" in checked ? checked.problem : "");
    return checked;
  }

  forget() {
    this.#isTouched = false;
    this.#restore();
  }

  focus() {
    this.#input.focus();
  }

  get #isSwitch() {
    return typeof this.setting.default === "boolean";
  }

  #prepareInput() {
    const { help, minimum, maximum, unit } = this.setting;
    this.#input.type = this.#isSwitch ? "checkbox" : "number";
    setText(this.#hint, this.#isSwitch ? help : `${help} ${boundsText(this.setting, this.#format)}.`);
    if (this.#isSwitch) return;
    this.#input.step = "any";
    this.#input.inputMode = "decimal";
    setAttribute(this.#input, "min", minimum === null ? null : String(minimum));
    setAttribute(this.#input, "max", maximum === null ? null : String(maximum));
    setText(this.#unit, unit);
  }

  #touch() {
    // a field whose text is no number says that it is empty
    const isOther = this.#input.value !== this.#kept || this.#input.validity.badInput;
    this.#isTouched = this.#isSwitch ? this.#input.checked !== this.#common.value : isOther;
    this.#showProblem("");
    if (this.#isTouched && !this.#isSwitch) this.check();
    this.#showState();
  }

  /** What the field says untouched. */
  get #kept() {
    return this.#common.value === null ? "" : String(this.#common.value);
  }

  #restore() {
    const hadFocus = document.activeElement === this.#undo;
    this.#isTouched = false;
    this.#input.indeterminate = this.#isSwitch && this.#common.value === null;
    if (this.#isSwitch) this.#input.checked = this.#common.value === true;
    else if (this.#input.value !== this.#kept) this.#input.value = this.#kept;
    this.#showProblem("");
    this.#showState();
    if (hadFocus) this.#input.focus();
  }

  #showState() {
    const { value, values } = this.#common;
    const known = values.map((one) => settingText(this.setting, one, this.#format)).join(", ");
    const differs = value === null && values.length > 1;
    const now = differs ? `differs: ${known}` : "";
    const before = differs ? `was ${known}` : `was ${known || "not known"}`;
    setText(this.#state, this.#isTouched ? before : now);
    this.element.toggleAttribute("data-touched", this.#isTouched);
    this.#undo.hidden = !this.#isTouched;
    if (!this.#isSwitch) this.#input.placeholder = differs && this.#hosts > 1 ? "differs" : "";
  }

  /** @param {string} problem */
  #showProblem(problem) {
    setText(this.#problem, problem);
    setAttribute(this.#input, "aria-invalid", problem ? "true" : null);
  }
}
