import assert from "node:assert/strict";
import { test } from "node:test";
import { formatter } from "../../static/js/format.js";
import { settingsCell } from "../../static/js/table-cells.js";
import { A_CONFIG, NOW, aHost } from "./support/hosts.js";

/** As much of an element as a cell of text takes. */
class FakeElement extends EventTarget {
  dataset = {};
  textContent = "";
  /** @type {Map<string, string>} */
  #attributes = new Map();

  /** @param {string} text */
  append(text) {
    this.textContent += text;
  }

  /** @param {string} name */
  getAttribute(name) {
    return this.#attributes.get(name) ?? null;
  }

  /** @param {string} name @param {string} value */
  setAttribute(name, value) {
    this.#attributes.set(name, value);
  }

  toggleAttribute() {}
}

test("a row that is used again for another host says when that one's settings were saved, also where all else is the same", () => {
  Object.assign(globalThis, { document: { createElement: () => new FakeElement() } });
  const format = formatter("en");
  const cell = settingsCell(/** @type {any} */ ({ format, openSettings: () => {} }));
  const [text] = /** @type {any[]} */ (cell.parts);
  for (const at of [NOW - 86_400, NOW - 60]) {
    cell.show({ id: String(at), host: aHost({ config: { ...A_CONFIG, at } }) }, NOW);
    assert.equal(text.getAttribute("title"), `rev 12 · applied in 38 ms\nsaved ${format.moment(at)}`);
  }
});
