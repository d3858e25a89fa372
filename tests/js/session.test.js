import assert from "node:assert/strict";
import { test } from "node:test";
import { Session } from "../../static/js/session.js";
import { FakePlatform, settle } from "./support/fakes.js";

function aSession() {
  const fake = new FakePlatform();
  const session = new Session(fake.platform);
  /** @type {string[]} */
  const states = [];
  session.stateChanged.listen((state) => states.push(state.kind));
  session.start();
  return { fake, session, states };
}

test("joins with a fresh ticket, got with the CSRF token", async () => {
  const { fake, session } = aSession();
  await settle();
  assert.equal(session.state.kind, "live");
  assert.equal(fake.hub.socket.url, "ws://hub/ws");
  assert.deepEqual(fake.hub.tickets, ["ticket 1"]);
  assert.equal(new Headers(fake.lastRequest?.headers).get("X-CSRFToken"), "abc d");
});

test("a short interruption is not mentioned", async () => {
  const { fake, session, states } = aSession();
  await settle();
  fake.hub.socket.close();
  await fake.advance(900);
  assert.deepEqual(states, ["live", "live"]);
  assert.ok(session.isJoined);
  assert.deepEqual(fake.hub.tickets, ["ticket 1", "ticket 2"]);
});

test("delays grow from 0.5 s to 15 s", async () => {
  const { fake } = aSession();
  await settle();
  fake.ticketStatus = 503;
  fake.hub.socket.close();
  await settle();
  for (const delay of [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]) {
    const asked = fake.ticketsAsked;
    await fake.advance(delay - 1);
    assert.equal(fake.ticketsAsked, asked);
    await fake.advance(1);
    assert.equal(fake.ticketsAsked, asked + 1);
  }
});

test("after the grace time the state says when the next attempt is", async () => {
  const { fake, session } = aSession();
  await settle();
  fake.ticketStatus = 503;
  fake.hub.socket.close();
  await fake.advance(799);
  assert.equal(session.state.kind, "live");
  await fake.advance(1);
  assert.deepEqual(session.state, { kind: "reconnecting", retryAt: fake.now_ms + 700 });
});

test("a stable session starts the delays from the beginning", async () => {
  const { fake } = aSession();
  await settle();
  fake.hub.up = false;
  fake.hub.socket.close();
  await fake.advance(7_000);
  fake.hub.up = true;
  await fake.advance(25_000);
  fake.hub.socket.close();
  await settle();
  const asked = fake.ticketsAsked;
  await fake.advance(500);
  assert.equal(fake.ticketsAsked, asked + 1);
});

test("401 means logged out; looking at the page again tries at once", async () => {
  const { fake, session } = aSession();
  await settle();
  fake.ticketStatus = 401;
  fake.hub.socket.close();
  await fake.advance(500);
  assert.deepEqual(session.state, { kind: "logged out", isOther: false });
  const asked = fake.ticketsAsked;
  await fake.advance(60_000);
  assert.equal(fake.ticketsAsked, asked);
  fake.ticketStatus = 200;
  await fake.wake();
  assert.equal(session.state.kind, "live");
});

test("a page is joined for its own user alone", async () => {
  const fake = new FakePlatform(); // which has tickets for user 1
  const [own, other] = ["1", "2"].map((user) => new Session(fake.platform, user));
  own?.start();
  other?.start();
  await settle();
  assert.equal(own?.state.kind, "live");
  assert.deepEqual(other?.state, { kind: "logged out", isOther: true });
  assert.deepEqual(fake.hub.tickets, ["ticket 1"]);
});

test("waking up does not wait for the next attempt", async () => {
  const { fake, session } = aSession();
  await settle();
  fake.ticketStatus = 503;
  fake.hub.socket.close();
  await fake.advance(20_000);
  fake.ticketStatus = 200;
  await fake.wake();
  assert.equal(session.state.kind, "live");
});

test("a socket that closes before the router's welcome is tried again", async () => {
  const fake = new FakePlatform();
  fake.hub.up = false;
  const session = new Session(fake.platform);
  session.start();
  await settle();
  assert.equal(session.isJoined, false);
  fake.hub.up = true;
  await fake.advance(500);
  assert.equal(session.state.kind, "live");
});

test("a call without an answer fails in time, one without a session at once", async () => {
  const { fake, session } = aSession();
  await settle();
  fake.hub.answers = false;
  const call = assert.rejects(session.call("vedette.fleet.get_snapshot", { after: "" }, 2_000), /no answer within 2 s/);
  await fake.advance(2_000);
  await call;
  fake.ticketStatus = 503;
  session.drop();
  await assert.rejects(session.call("vedette.fleet.get_snapshot", {}), /this page has no connection to the hub/);
});

test("a page that stays connected keeps its login, and its session", async () => {
  const { fake, session } = aSession();
  await settle();
  await fake.advance(24 * 3_600_000);
  assert.equal(fake.ticketsAsked, 3);
  fake.ticketStatus = 503;
  await fake.advance(12 * 3_600_000);
  assert.deepEqual([fake.ticketsAsked, fake.hub.tickets.length, session.state.kind], [4, 1, "live"]);
});
