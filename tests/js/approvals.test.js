import assert from "node:assert/strict";
import { test } from "node:test";
import { Approvals, waitingKeys, waitingText } from "../../static/js/approvals.js";
import { formatter } from "../../static/js/format.js";
import { Session } from "../../static/js/session.js";
import { FakePlatform, settle } from "./support/fakes.js";
import { NOW, aHost } from "./support/hosts.js";

const format = formatter("en");
const WEB = aKey("w", "web-9", NOW - 60);
const DB = aKey("d", "db", NOW - 5);

/**
 * @param {string} id
 * @param {string} name
 * @param {number | null} since
 */
function aKey(id, name, since) {
  return { id, host: aHost({ name, status: "unapproved", since, fingerprint: "3f2a 91bc", config: null, sample: null }) };
}

async function anOperator() {
  const fake = new FakePlatform();
  const session = new Session(fake.platform);
  session.start();
  await settle();
  const approvals = new Approvals(session, format);
  /** @type {string[]} */
  const told = [];
  approvals.done.listen((text) => told.push(text));
  return { fake, session, approvals, told };
}

test("who asked first comes first, and hosts are no keys", () => {
  const shown = waitingKeys([DB, { id: "h", host: aHost() }, aKey("x", "x", null), WEB, aKey("a", "a", NOW - 5)]);
  assert.deepEqual(shown.map(({ id }) => id).join(""), "xwad");
});

test("how many wait, in words", () => {
  assert.deepEqual([0, 1, 1200].map((count) => waitingText(count, format)), ["No key waits for approval", "1 key waits for approval", "1,200 keys wait for approval"]);
});

test("a decision is pending until the key is seen to wait no longer", async () => {
  const { fake, approvals, told } = await anOperator();
  fake.hub.results["vedette.auth.approve"] = { hosts: ["w"] };
  const decided = approvals.decide("approve", [WEB]);
  assert.equal(approvals.pending("w"), "approve");
  await decided;
  assert.deepEqual(fake.hub.calls.at(-1), { procedure: "vedette.auth.approve", keywords: { hosts: ["w"] } });
  assert.deepEqual([approvals.pending("w"), approvals.problem, told], ["approve", "", ["“\u2068web-9\u2069” approved."]]);
  approvals.keepOnly([DB]);
  assert.equal(approvals.pending("w"), undefined);
});

test("what is pending is not asked again", async () => {
  const { fake, approvals } = await anOperator();
  fake.hub.results["vedette.auth.deny"] = { hosts: ["w"] };
  const first = approvals.decide("deny", [WEB]);
  await approvals.decide("approve", [WEB]);
  await first;
  assert.deepEqual(fake.hub.calls.map(({ procedure }) => procedure), ["vedette.auth.deny"]);
});

test("a key that has gone meanwhile is named, the others are approved", async () => {
  const { fake, approvals, told } = await anOperator();
  fake.hub.results["vedette.auth.approve"] = { hosts: ["d"] };
  await approvals.decide("approve", [WEB, DB]);
  assert.match(approvals.problem, /^“\u2068web-9\u2069” waits no longer: /);
  assert.deepEqual([approvals.pending("w"), approvals.pending("d"), told], [undefined, "approve", ["“\u2068db\u2069” approved."]]);
  approvals.dismissProblem();
  assert.equal(approvals.problem, "");
});

test("a name that turns text around turns nothing but itself", async () => {
  const { fake, approvals, told } = await anOperator();
  fake.hub.results["vedette.auth.approve"] = { hosts: ["t"] };
  const turning = aKey("t", "\u2069\u202egnp.exe \u2067x", NOW);
  await approvals.decide("approve", [turning]);
  assert.deepEqual(told, ["“\u2068\u202egnp.exe x\u2069” approved."]);
  fake.hub.results["vedette.auth.deny"] = { hosts: [] };
  approvals.keepOnly([]);
  await approvals.decide("deny", [turning]);
  assert.match(approvals.problem, /^“\u2068\u202egnp.exe x\u2069” waits no longer: /);
});

test("the hub's own words for a refusal", async () => {
  const { fake, approvals, told } = await anOperator();
  fake.hub.errors = ["vedette.error.not_allowed"];
  await approvals.decide("approve", [WEB]);
  assert.equal(approvals.problem, "Nothing was decided, the hub refused: vedette.error.not_allowed");
  assert.deepEqual([approvals.pending("w"), told], [undefined, []]);
});

test("without an answer the key can be decided again, and a new try forgets the problem", async () => {
  const { fake, approvals } = await anOperator();
  fake.hub.answers = false;
  const decided = approvals.decide("deny", [WEB]);
  await fake.advance(10_000);
  await decided;
  assert.match(approvals.problem, /The hub did not answer/);
  assert.equal(approvals.pending("w"), undefined);
  const again = approvals.decide("deny", [WEB]);
  assert.equal(approvals.problem, "");
  await fake.advance(10_000);
  await again;
});

test("a page without a session asks nobody", async () => {
  const { fake, session, approvals } = await anOperator();
  fake.hub.up = false;
  session.drop();
  await approvals.decide("approve", [WEB]);
  assert.match(approvals.problem, /no connection to the hub/);
  assert.deepEqual(fake.hub.calls, []);
});
