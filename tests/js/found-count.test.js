import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { formatter } from "../../static/js/format.js";
import { FoundCount } from "../../static/js/found-count.js";
import { FakePlatform } from "./support/fakes.js";

function aPage() {
  const fake = new FakePlatform();
  const said = /** @type {string[]} */ ([]);
  const found = new FoundCount(fake.platform, formatter("en"), (text) => said.push(text), { ...NOTHING_CHOSEN, tag: "web" });
  const note = (/** @type {number} */ count, /** @type {Partial<import("../../static/js/choice.js").Choice>} */ choice) =>
    found.note({ ...NOTHING_CHOSEN, tag: "web", ...choice }, count);
  return { fake, said, note };
}

test("how many hosts were found is said once, when nobody types any more", async () => {
  const { fake, said, note } = aPage();
  note(40, {});
  for (const [count, search] of /** @type {[number, string][]} */ ([[30, "d"], [12, "db"], [3, "db1"]])) {
    note(count, { search });
    await fake.advance(300);
  }
  assert.deepEqual(said, []);
  note(2000, { search: "db1 " }); // a host went meanwhile
  await fake.advance(5_000);
  assert.deepEqual(said, ["2,000 hosts found."]);
});

test("what changes by itself, and what is no search, is not said", async () => {
  const { fake, said, note } = aPage();
  for (const count of [40, 39, 40]) note(count, { view: "heat", sort: "cpu", metric: "cpu" });
  note(40, { search: "cpu >" }); // its field says what is wrong
  await fake.advance(5_000);
  assert.deepEqual(said, []);
  note(1, { search: "cpu > 90" });
  await fake.advance(5_000);
  note(0, { search: "cpu > 90", status: "down" });
  await fake.advance(5_000);
  note(0, { search: "cpu > 90", status: "down" });
  assert.deepEqual(said, ["1 host found.", "No host found."]);
});
