import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { parseExpression } from "../../static/js/expression-parser.js";
import { FIELDS } from "../../static/js/fields.js";
import { SHORTCUTS, keyName } from "../../static/js/shortcuts.js";

const PAGE = readFileSync(new URL("../../docs/dashboard.md", import.meta.url), "utf8");

test("the keys of the documentation are those of the page", () => {
  const rows = Object.values(SHORTCUTS).map(({ keys, words }) => `| ${keys.map((key) => `\`${keyName(key)}\``).join(", ")} | ${words} |`);
  assert.equal(PAGE.split("## Keys\n")[1]?.split("|---|---|\n")[1]?.split("\n\n")[0], rows.join("\n"));
});

test("the values of the documentation are those of the page", () => {
  const rows = FIELDS.map(({ name, aliases, unit, about }) => `| \`${name}\` | ${aliases.map((alias) => `\`${alias}\``).join(", ") || "–"} | ${unit} | ${about} |`);
  const expected = ["| value | also | unit | what |", "|---|---|---|---|", ...rows].join("\n");
  const written = PAGE.split("<!-- fields -->\n")[1]?.split("\n<!-- end of fields -->")[0];
  if (written !== expected) console.log(expected); // to be put there
  assert.equal(written, expected);
});

test("every search of the documentation is one", () => {
  const table = PAGE.split("| write | to find hosts |\n")[1]?.split("\n\n")[0] ?? "";
  const searches = [...table.matchAll(/`([^`]+)`/g)].map(([, search]) => search ?? "");
  assert.ok(searches.length > 8);
  for (const search of searches) assert.ok(parseExpression(search), search);
});
