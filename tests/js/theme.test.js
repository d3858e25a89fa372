import assert from "node:assert/strict";
import { test } from "node:test";
import { THEMES, nextTheme, themeChoice } from "../../static/js/theme.js";

test("the button walks through all choices and comes back", () => {
  const walked = [nextTheme("auto")];
  while (walked.length < THEMES.length) walked.push(nextTheme(walked.at(-1) ?? "auto"));
  assert.deepEqual(walked, ["light", "dark", "auto"]);
});

test("whatever else is kept under the name counts as the system's choice", () => {
  for (const kept of [null, "", "DARK", "sepia", "__proto__"]) assert.equal(themeChoice(kept), "auto");
  assert.equal(themeChoice("dark"), "dark");
});
