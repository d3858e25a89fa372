import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN, choiceFromHash, hashFromChoice } from "../../static/js/choice.js";
import { Choices } from "../../static/js/choices.js";

/** @import { Choice } from "../../static/js/choice.js" */

/** @type {Partial<Choice>[]} */
const CHOICES = [
  {},
  { status: "down", search: "a b&c=#" },
  { view: "table", sort: "disk.free", descending: true, group: "tag", tag: "<b>" },
  { view: "heat", metric: "temp" },
  { host: "__proto__" },
  { view: "heat", wall: true },
];

for (const wanted of CHOICES)
  test(`the address keeps ${JSON.stringify(wanted)}`, () => {
    const choice = { ...NOTHING_CHOSEN, ...wanted };
    assert.deepEqual(choiceFromHash(hashFromChoice(choice)), choice);
  });

test("nothing chosen needs no address, and nonsense in one chooses nothing", () => {
  assert.equal(hashFromChoice(NOTHING_CHOSEN), "");
  assert.deepEqual(choiceFromHash("#show=constructor&view=toString&group=x"), NOTHING_CHOSEN);
});

test("a choice changes the address; only another host makes an entry to come back from", () => {
  /** @type {[string, boolean][]} */
  const set = [];
  let hash = "#show=up";
  let goBack = () => {};
  const choices = new Choices({ hash: () => hash, set: (...entry) => set.push(entry), onChange: (listener) => (goBack = listener) });
  let told = 0;
  choices.changed.listen(() => (told += 1));
  choices.choose({ search: "web" });
  choices.choose({ search: "web" });
  choices.choose({ host: "h" });
  choices.choose({ host: "" });
  assert.deepEqual(set, [["#show=up&search=web", false], ["#host=h&show=up&search=web", true], ["#show=up&search=web", true]]);
  assert.equal(choices.link({ status: "all", search: "" }), "#");
  hash = "#show=down";
  goBack();
  assert.equal(choices.current.status, "down");
  assert.equal(told, 4);
});

test("a link that is too long for any search is cut", () => {
  assert.equal(choiceFromHash(`#search=${"a[ ".repeat(50_000)}`).search.length, 1_000);
});
