import assert from "node:assert/strict";
import { test } from "node:test";
import { openModal } from "../../static/js/modal.js";

/** A row, for one host after another. */
class FakeRow {
  /** @param {string} host */
  constructor(host) {
    this.host = host;
  }

  closest() {
    return this.host ? this : null;
  }

  getAttribute() {
    return this.host;
  }

  focus() {
    page.activeElement = this;
  }

  blur() {
    page.activeElement = new FakeRow("");
  }
}

const page = { activeElement: new FakeRow(""), rows: /** @type {FakeRow[]} */ ([]), querySelectorAll: () => page.rows };

/**
 * The host that has the focus after a dialog was closed that was opened on host a, while its row became another's.
 * @param {string[]} before
 * @param {string[]} after hosts of the same rows
 */
function focusedAfter(before, after) {
  Object.assign(globalThis, { document: page });
  page.rows = before.map((host) => new FakeRow(host));
  const from = /** @type {FakeRow} */ (page.rows[before.indexOf("a")]);
  from.focus();
  const dialog = Object.assign(new EventTarget(), { showModal: () => (page.activeElement = new FakeRow("")) });
  openModal(/** @type {any} */ (dialog));
  after.forEach((host, row) => Object.assign(page.rows[row] ?? {}, { host }));
  from.focus(); // as the browser does
  dialog.dispatchEvent(new Event("close"));
  return page.activeElement.host;
}

test("a dialog gives the focus back to the host it was on, and to no other one", () => {
  assert.equal(focusedAfter(["a", "b"], ["a", "b"]), "a");
  assert.equal(focusedAfter(["a", "b"], ["b", "a"]), "a");
  assert.equal(focusedAfter(["a", "b"], ["b", "c"]), "");
});
