import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";

const STYLES = new URL("../../static/css/", import.meta.url);
const OF_A_THEME = /([^{}]*(?:data-theme|prefers-color-scheme)[^{}]*)\{([^{}]*)\}/g;
const MERE_COLOUR = /^(?:color-scheme: \w+|--raw-[\w-]+: #[\da-f]{6}|scrollbar-color: var\(--[\w-]+\) var\(--[\w-]+\))$/;

/** Then what holds of the structure of a page in the light holds in the dark, and only its colours need a second look. */
test("the dark differs from the light in colours alone", () => {
  let found = 0;
  for (const name of readdirSync(STYLES).filter((name) => name.endsWith(".css"))) {
    const text = readFileSync(new URL(name, STYLES), "utf8").replace(/\/\*.*?\*\//gs, "");
    for (const [, , rules = ""] of text.matchAll(OF_A_THEME)) {
      found += 1;
      for (const rule of rules.split(";").map((rule) => rule.trim()).filter(Boolean)) assert.match(rule, MERE_COLOUR, `${name}: ${rule}`);
    }
  }
  assert.ok(found >= 2);
});
