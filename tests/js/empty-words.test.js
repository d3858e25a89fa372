import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN } from "../../static/js/choice.js";
import { elsewhere, whyNone } from "../../static/js/empty-words.js";
import { formatter } from "../../static/js/format.js";
import { quoted } from "../../static/js/isolated.js";

/** @import { Choice } from "../../static/js/choice.js" */
/** @import { Present } from "../../static/js/empty-words.js" */

const NONE = { up: 0, down: 0, disabled: 0 };
const THREE = { up: 3, down: 0, disabled: 0 };
const OFF = { up: 0, down: 0, disabled: 3 };

/**
 * @param {Partial<Present>} present
 * @param {Partial<Choice>} choice
 */
const why = (present, choice) => whyNone(presentOf(present), { ...NOTHING_CHOSEN, ...choice }, formatter("en"));

/**
 * @param {Partial<Present>} present
 * @param {Partial<Choice>} choice
 */
const others = (present, choice) => elsewhere(presentOf(present), { ...NOTHING_CHOSEN, ...choice });

/**
 * @param {Partial<Present>} present
 * @returns {Present}
 */
function presentOf(present) {
  return { counts: THREE, matching: NONE, waiting: 0, namesStatus: false, unreported: [], tags: new Map(), ...present };
}

test("all hosts are disabled, whatever is searched for", () => {
  assert.equal(why({ counts: OFF, matching: OFF }, {}), "All 3 hosts are disabled.");
  assert.equal(why({ counts: { ...NONE, disabled: 1 } }, {}), "The one host there is is disabled.");
  assert.equal(why({ counts: OFF }, { search: "x" }), "All 3 hosts are disabled.");
  assert.equal(why({ counts: OFF, matching: { ...NONE, disabled: 2 } }, { search: "x" }), "All 3 hosts are disabled. Matching: 2 disabled.");
  assert.equal(why({ counts: OFF, matching: OFF }, { status: "down" }), "No host is down. All 3 hosts are disabled.");
  assert.deepEqual(others({ counts: OFF, matching: OFF }, {}), { status: "disabled", count: 3 });
});

test("more than a thousand hosts are counted as they are everywhere", () => {
  const many = { up: 1200, down: 0, disabled: 2000 };
  assert.equal(why({ counts: { ...NONE, disabled: 2000 } }, {}), "All 2,000 hosts are disabled.");
  assert.equal(
    why({ counts: many, matching: { ...NONE, disabled: 1000 } }, { search: "x" }),
    `None of the 1,200 hosts that are not disabled matches: ${quoted("x")}. Matching: 1,000 disabled.`,
  );
});

test("no host is in the status that was asked for", () => {
  assert.equal(why({ matching: THREE }, { status: "down" }), "No host is down.");
  assert.equal(why({ matching: THREE }, { status: "disabled" }), "No host is disabled.");
  assert.equal(others({ matching: THREE }, { status: "down" }), null);
  assert.equal(why({ matching: { ...NONE, up: 2 } }, { status: "down", search: "x" }), "No host is down. Matching: 2 up.");
  assert.deepEqual(others({ matching: { ...NONE, up: 2 } }, { status: "down", search: "x" }), { status: "up", count: 2 });
});

test("none of those that were asked matches", () => {
  assert.equal(why({}, { search: "x" }), `None of the 3 hosts matches: ${quoted("x")}.`);
  assert.equal(
    why({ counts: { ...NONE, up: 1 }, waiting: 2, unreported: ["cpu_x"] }, { search: "x" }),
    `The one host there is does not match: ${quoted("x")}. No host reports cpu_x.`,
  );
  assert.equal(why({ counts: { up: 2, down: 1, disabled: 0 } }, { status: "up", search: "x" }), `None of the 2 hosts that are up matches: ${quoted("x")}.`);
  assert.equal(
    why({ counts: { up: 2, down: 1, disabled: 1 }, matching: { up: 2, down: 0, disabled: 1 } }, { status: "down", search: "x" }),
    `The one host that is down does not match: ${quoted("x")}. Matching: 2 up, 1 disabled.`,
  );
});

test("as many are asked as the header counts", () => {
  assert.equal(why({ counts: { up: 2, down: 0, disabled: 1 } }, { search: "x" }), `None of the 2 hosts that are not disabled matches: ${quoted("x")}.`);
  const one = { counts: { up: 0, down: 1, disabled: 2 }, matching: { ...NONE, disabled: 2 } };
  assert.equal(why(one, { search: "x" }), `The one host that is not disabled does not match: ${quoted("x")}. Matching: 2 disabled.`);
  assert.deepEqual(others(one, { search: "x" }), { status: "disabled", count: 2 });
});

test("a search that names a status asks disabled hosts, too", () => {
  const asked = { counts: { up: 2, down: 0, disabled: 1 }, namesStatus: true };
  assert.equal(why(asked, { search: "status:disabled x" }), `None of the 3 hosts matches: ${quoted("status:disabled x")}.`);
  assert.equal(others(asked, { search: "status:disabled x" }), null);
});

test("a tag that no host has is named", () => {
  assert.equal(why({}, { tag: "gone" }), `No host has the tag ${quoted("gone")}.`);
  const tags = new Map([["gone", 1]]);
  assert.equal(
    why({ counts: { up: 2, down: 0, disabled: 1 }, matching: { ...NONE, disabled: 1 }, tags }, { tag: "gone" }),
    `None of the 2 hosts that are not disabled matches: tag ${quoted("gone")}. Matching: 1 disabled.`,
  );
});
