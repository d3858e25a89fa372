import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { runInNewContext } from "node:vm";
import { THEMES, Theme, nextTheme, themeChoice } from "../../static/js/theme.js";

test("the button walks through all choices and comes back", () => {
  const walked = [nextTheme("auto")];
  while (walked.length < THEMES.length) walked.push(nextTheme(walked.at(-1) ?? "auto"));
  assert.deepEqual(walked, ["light", "dark", "auto"]);
});

test("whatever else is kept under the name counts as the system's choice", () => {
  for (const kept of [null, "", "DARK", "sepia", "__proto__"]) assert.equal(themeChoice(kept), "auto");
  assert.equal(themeChoice("dark"), "dark");
});

/** A browser's storage that is full, or not allowed to keep anything. */
const FULL = /** @type {any} */ ({
  getItem: () => "light",
  setItem() {
    throw new Error("QuotaExceededError");
  },
});

/** `first-paint.js` in a page of its own: the attribute it keeps, and what tells it of a choice. @param {any} localStorage */
function paint(localStorage) {
  const listeners = /** @type {Record<string, (event: any) => void>} */ ({});
  const dataset = { theme: "" };
  runInNewContext(readFileSync("static/js/first-paint.js", "utf8"), {
    localStorage,
    matchMedia: () => ({ matches: false, addEventListener() {} }),
    document: { documentElement: { dataset } },
    addEventListener: (/** @type {string} */ name, /** @type {any} */ listener) => (listeners[name] = listener),
  });
  return { dataset, tell: (/** @type {any} */ event) => listeners[event.type]?.(event) };
}

for (const [name, storage] of /** @type {[string, any][]} */ ([["full", FULL], ["blocked", null]])) {
  test(`colours can be chosen where the browser's storage is ${name}, until the page is closed`, (t) => {
    t.mock.method(console, "warn", () => {});
    const { dataset, tell } = paint(storage);
    Object.assign(globalThis, { dispatchEvent: tell });
    const theme = new Theme(storage);
    theme.choose("dark");
    assert.deepEqual([theme.choice, dataset.theme], ["dark", "dark"]);
    theme.choose("auto");
    assert.deepEqual([theme.choice, dataset.theme], ["auto", "light"]);
  });
}
