import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { countAll, filterText, filterWords } from "../../static/js/filter-words.js";
import { quoted } from "../../static/js/isolated.js";
import { formatter } from "../../static/js/format.js";

const format = formatter("en");

test("what is chosen is said in words", () => {
  assert.deepEqual(filterWords(NOTHING_CHOSEN), []);
  assert.deepEqual(filterWords({ status: "down", tag: "db", search: " cpu > 80 " }), ["down", `tag ${quoted("db")}`, quoted("cpu > 80")]);
  assert.deepEqual(filterWords({ ...NOTHING_CHOSEN, search: "  " }), []);
});

test("a filtered fleet is counted, and its filter named", () => {
  assert.equal(filterText({ ...NOTHING_CHOSEN, status: "down" }, 12, 1234, format), "12 of 1,234 hosts: down");
  assert.equal(filterText({ ...NOTHING_CHOSEN, tag: "db" }, 1, 1, format), "1 of 1 host: tag “\u2068db\u2069”");
  assert.equal(filterText(NOTHING_CHOSEN, 3, 3, format), "");
});

test("disabled hosts are counted where they are shown", () => {
  const counts = { up: 2, down: 1, disabled: 4 };
  assert.equal(countAll(["up", "down"], counts), 3);
  assert.equal(countAll(["up", "disabled"], counts), 7);
  assert.equal(countAll([], counts), 3);
});
