import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN, choiceFromHash, hashFromChoice } from "../../static/js/choice.js";
import { SHORTCUTS, shortcutOf } from "../../static/js/shortcuts.js";
import { VIEW_TABLE } from "../../static/js/view-table.js";
import { WallView } from "../../static/js/wall-view.js";

const READING = { isTyping: false, isAsking: false };

for (const { name, key, words } of VIEW_TABLE)
  test(`the view ${name} has an address, a key, a line in the sheet of keys, and stands on a wall`, () => {
    assert.equal(choiceFromHash(hashFromChoice({ ...NOTHING_CHOSEN, view: name })).view, name);
    assert.equal(shortcutOf({ key, ctrlKey: false, metaKey: false, altKey: false }, READING), name);
    assert.equal(SHORTCUTS[name]?.words, words);
    assert.equal(new WallView().view(name, { hosts: 1, rows: () => 8, room: { width: 1440, height: 900 } }, 0), name);
  });
