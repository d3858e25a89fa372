import assert from "node:assert/strict";
import { test } from "node:test";
import { HOST_WATCH } from "../../static/js/protocol.js";
import { Session } from "../../static/js/session.js";
import { Watch } from "../../static/js/watch.js";
import { FakePlatform, settle } from "./support/fakes.js";

const HOST = "abcdefghijkl";
const LEASE_S = 15;
const RENEWED_MS = 5_000;

/** @param {{grant?: (interval: number) => number}} [options] */
async function aWatch({ grant = (interval) => interval } = {}) {
  const fake = new FakePlatform();
  fake.hub.results[HOST_WATCH] = (/** @type {any} */ { interval }) => (interval === null ? {} : { interval: grant(interval), seconds: LEASE_S });
  const session = new Session(fake.platform);
  const watch = new Watch(session, fake.platform);
  session.start();
  await settle();
  const asked = () => fake.hub.calls.filter(({ procedure }) => procedure === HOST_WATCH).map(({ keywords }) => keywords);
  return { fake, watch, asked };
}

test("a lease is asked for, and what was granted is told", async () => {
  const { watch, asked } = await aWatch({ grant: () => 0.5 });
  watch.start(HOST, 0.2);
  assert.deepEqual(watch.state, { kind: "asking" });
  await settle();
  assert.deepEqual(asked(), [{ host: HOST, interval: 0.2 }]);
  assert.deepEqual(watch.state, { kind: "granted", interval: 0.5 });
});

test("it is renewed at a third of the lease for as long as it is wanted", async () => {
  const { fake, watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await fake.advance(RENEWED_MS - 1);
  assert.equal(asked().length, 1);
  await fake.advance(1 + 2 * RENEWED_MS);
  assert.equal(asked().length, 4);
  watch.stop();
  await fake.advance(60_000);
  assert.deepEqual(asked().slice(4), [{ host: HOST, interval: null }]);
  assert.deepEqual(watch.state, { kind: "off" });
});

test("another rate is asked for at once, in the same lease", async () => {
  const { fake, watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await settle();
  watch.start(HOST, 1);
  await fake.advance(RENEWED_MS);
  assert.deepEqual(asked().map(({ interval }) => interval), [0.2, 1, 1]);
});

test("another host ends the lease of the one before", async () => {
  const { watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await settle();
  watch.start("zzzzzzzzzzzz", 0.2);
  await settle();
  assert.deepEqual(asked().slice(1), [
    { host: HOST, interval: null },
    { host: "zzzzzzzzzzzz", interval: 0.2 },
  ]);
});

test("a page hidden for a moment keeps its lease, one hidden for longer gives it up until it is seen again", async () => {
  const { fake, watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await settle();
  watch.setHidden(true);
  await fake.advance(2_000);
  watch.setHidden(false);
  await settle();
  assert.equal(asked().length, 1);
  watch.setHidden(true);
  await fake.advance(60_000);
  assert.deepEqual(asked().at(-1), { host: HOST, interval: null });
  const before = asked().length;
  watch.setHidden(false);
  await settle();
  assert.deepEqual(asked().slice(before), [{ host: HOST, interval: 0.2 }]);
});

test("a page that goes gives it up at once", async () => {
  const { watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await settle();
  watch.setHidden(true, true);
  await settle();
  assert.deepEqual(asked().at(-1), { host: HOST, interval: null });
});

test("a host opened while nobody looks is not watched", async () => {
  const { fake, watch, asked } = await aWatch();
  watch.setHidden(true, true);
  watch.start(HOST, 0.2);
  await fake.advance(60_000);
  assert.deepEqual(asked(), []);
});

test("a refusal says why, and is tried again later", async () => {
  const { fake, watch, asked } = await aWatch();
  fake.hub.errors = [["vedette.error.query_refused", "db-1 forbids it by its lock file"]];
  watch.start(HOST, 0.2);
  await settle();
  assert.deepEqual(watch.state, { kind: "refused", text: "db-1 forbids it by its lock file" });
  await fake.advance(15_000);
  assert.equal(asked().length, 2);
  assert.equal(watch.state.kind, "granted");
});

test("only samples of the host that is open are passed on", async () => {
  const { fake, watch } = await aWatch();
  /** @type {number[]} */
  const seen = [];
  watch.sampled.listen(({ at }) => seen.push(at));
  watch.start(HOST, 0.2);
  await settle();
  for (const [host, at] of [[HOST, 1], ["zzzzzzzzzzzz", 2]]) fake.hub.socket.receive([36, 7, 1, {}, [{ host, sample: { at, taken_at: at, metrics: {} } }]]);
  await settle();
  assert.deepEqual(seen, [1]);
});

test("with a new session the lease is asked for anew", async () => {
  const { fake, watch, asked } = await aWatch();
  watch.start(HOST, 0.2);
  await settle();
  fake.hub.socket.close();
  await fake.advance(1_000);
  assert.equal(asked().length, 2);
  assert.equal(watch.state.kind, "granted");
  watch.stop();
  await settle();
  assert.equal(asked().length, 3);
});

test("a refusal that is repeated is said once, so that it is not read out again and again", async () => {
  const { fake, watch } = await aWatch();
  const refusal = /** @type {[string, string]} */ (["vedette.error.query_refused", "db-1 forbids it by its lock file"]);
  fake.hub.errors = [refusal, refusal];
  watch.start(HOST, 0.2);
  await settle();
  /** @type {string[]} */
  const told = [];
  watch.changed.listen(({ kind }) => told.push(kind));
  await fake.advance(15_000);
  assert.deepEqual(told, ["refused"]);
});
