import assert from "node:assert/strict";
import { test } from "node:test";
import { Preferences } from "../../static/js/preferences.js";
import { SHORTCUTS, hasCharacterKeys, shortcutOf } from "../../static/js/shortcuts.js";

/** @param {string} key */
const press = (key, held = {}) => ({ key, ctrlKey: false, metaKey: false, altKey: false, ...held });
const READING = { isTyping: false, isAsking: false };

test("every key means one thing", () => {
  const keys = Object.values(SHORTCUTS).flatMap((shortcut) => shortcut.keys);
  assert.equal(new Set(keys).size, keys.length);
  for (const [name, { keys }] of Object.entries(SHORTCUTS)) for (const key of keys) assert.equal(shortcutOf(press(key), READING), name);
});

test("keys that the browser or a field needs are left alone", () => {
  assert.equal(shortcutOf(press("s", { ctrlKey: true }), READING), null);
  assert.equal(shortcutOf(press("1", { altKey: true }), READING), null);
  assert.equal(shortcutOf(press("k", { metaKey: true }), READING), null);
  assert.equal(shortcutOf(press("/"), { isTyping: true, isAsking: false }), null);
  assert.equal(shortcutOf(press("Escape"), { isTyping: true, isAsking: false }), "leave");
  assert.equal(shortcutOf(press("Enter"), { isTyping: true, isAsking: false }), "open");
  assert.equal(shortcutOf(press("Enter", { keyCode: 229 }), { isTyping: true, isAsking: false }), null);
  assert.equal(shortcutOf(press("Escape"), { isTyping: false, isAsking: true }), null);
  assert.equal(shortcutOf(press("Escape"), { ...READING, hasPopover: true }), null);
  assert.equal(shortcutOf(press("1"), { ...READING, hasPopover: true }), "table");
  assert.equal(shortcutOf(press("j", { defaultPrevented: true }), READING), null);
  assert.equal(shortcutOf(press("q"), READING), null);
});

test("characters are no shortcuts for who does not want that; keys that type nothing still are", () => {
  const silent = Object.values(SHORTCUTS).flatMap(({ keys }) => keys).filter((key) => shortcutOf(press(key), { ...READING, hasCharacters: false }));
  assert.deepEqual(silent, ["Enter", "Escape"]);
  const preferences = new Preferences(new Map(), "1");
  assert.ok(hasCharacterKeys(preferences));
  preferences.set("keys", "off");
  assert.ok(!hasCharacterKeys(preferences));
});
