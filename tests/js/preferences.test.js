import assert from "node:assert/strict";
import { test } from "node:test";
import { PreferenceKeeper } from "../../static/js/preference-keeper.js";
import { Preferences, storageOf } from "../../static/js/preferences.js";
import { Signal } from "../../static/js/signal.js";
import { FakePlatform, settle } from "./support/fakes.js";

test("what is remembered is each user's own", () => {
  const storage = new Map();
  const vera = new Preferences(storage, "7");
  const told = /** @type {string[]} */ ([]);
  vera.changed.listen((name) => told.push(name));
  vera.set("columns", ["name", "cpu"]);
  assert.deepEqual(new Preferences(storage, "7").get("columns", [""]), ["name", "cpu"]);
  assert.deepEqual(new Preferences(storage, "8").get("columns", ["name"]), ["name"]);
  assert.deepEqual(told, ["columns"]);
});

test("what is not of the kind is as if it were not there", () => {
  const storage = new Map([["vedette.7.view", "{"], ["vedette.7.columns", '"name"'], ["vedette.7.dark", "null"]]);
  const preferences = new Preferences(storage, "7");
  assert.deepEqual([preferences.get("view", "cards"), preferences.get("columns", []), preferences.get("dark", false)], ["cards", [], false]);
});

test("a browser that remembers nothing is no reason to show nothing", () => {
  const place = {
    get localStorage() {
      throw new Error("The operation is insecure.");
    },
  };
  assert.equal(storageOf(/** @type {any} */ (place)), null);
});

test("what the hub keeps counts, but for what it was not told yet", () => {
  const storage = new Map();
  const here = new Preferences(storage, "7");
  here.set("view", "cards");
  here.set("rate", 2);
  here.told({ view: "cards", rate: 5 }); // changed again meanwhile
  assert.deepEqual(here.untold, { rate: 2 });
  const later = new Preferences(storage, "7", { view: "heat", rate: 10 });
  assert.deepEqual([later.get("view", ""), later.get("rate", 0)], ["heat", 2]);
  assert.deepEqual(new Preferences(storage, "8", {}).untold, {});
});

test("a browser that is full, or may not remember, holds it until the page is closed", (t) => {
  t.mock.method(console, "warn", () => {});
  const full = /** @type {any} */ ({
    getItem: () => null,
    setItem() {
      throw new Error("QuotaExceededError");
    },
  });
  const preferences = new Preferences(full, "7", { view: "heat" });
  assert.equal(preferences.get("view", ""), "heat");
  preferences.set("view", "table");
  assert.equal(preferences.get("view", ""), "table");
  assert.deepEqual(preferences.untold, { view: "table" });
});

/** A page of user 7, and what it sends the hub, which answers with the next of `statuses`: 0 is away, and 200 after the last. */
function page({ statuses = /** @type {number[]} */ ([]), storage = new Map(), answer = /** @type {unknown} */ ({ refused: {} }) } = {}) {
  const fake = new FakePlatform();
  const sent = /** @type {{url: string, init: any}[]} */ ([]);
  const preferences = new Preferences(storage, "7");
  const fetch = async (/** @type {string} */ url, /** @type {RequestInit} */ init) => {
    sent.push({ url, init });
    const status = statuses.shift() ?? 200;
    if (!status) throw new TypeError("Failed to fetch");
    return new Response(JSON.stringify(answer), { status });
  };
  const joined = /** @type {Signal<void>} */ (new Signal());
  new PreferenceKeeper(preferences, { ...fake.platform, fetch }, joined);
  const bodies = () => sent.map(({ init }) => JSON.parse(init.body));
  const values = () => bodies().map((body) => body.values);
  return { fake, sent, bodies, values, preferences, storage, joined };
}

test("the hub is told once of what changes within a second", async () => {
  const { fake, sent, values, preferences } = page();
  preferences.set("view", "heat");
  await fake.advance(900);
  preferences.set("view", "cards");
  preferences.set("hidden columns", ["load"]);
  await fake.advance(900);
  assert.equal(sent.length, 0);
  await fake.advance(10_000);
  assert.deepEqual(values(), [{ view: "cards", "hidden columns": ["load"] }]);
  assert.equal(sent[0]?.url, "/preferences/");
  assert.deepEqual([sent[0]?.init.method, sent[0]?.init.headers["X-CSRFToken"], sent[0]?.init.keepalive], ["POST", "abc d", true]);
});

test("a hub that is away is told when it is back, also by a later visit", async () => {
  const away = page({ statuses: [0, 503] });
  away.preferences.set("view", "heat");
  await away.fake.advance(40_000);
  assert.equal(away.sent.length, 2);
  const later = page({ storage: away.storage });
  await later.fake.advance(2_000);
  assert.deepEqual(later.values(), [{ view: "heat" }]);
  assert.deepEqual(later.preferences.untold, {});
});

test("what the hub refuses is not sent again, and the rest is told", async (t) => {
  const warn = t.mock.method(console, "warn", () => {});
  const { fake, values, preferences } = page({ answer: { refused: { view: "it cannot have this value" } } });
  preferences.set("view", "map");
  preferences.set("rate", 2);
  await fake.advance(100_000);
  assert.deepEqual(values(), [{ view: "map", rate: 2 }]);
  assert.match(String(warn.mock.calls[0]?.arguments[0]), /"view": it cannot/);
  assert.deepEqual([preferences.untold, preferences.get("view", "")], [{}, "map"]);
  preferences.set("view", "cards");
  await fake.advance(2_000);
  assert.deepEqual(values()[1], { view: "cards" });
});

test("without a login, or if the hub does not understand, nothing is lost and nothing repeated", async () => {
  for (const status of [400, 401, 403]) {
    const { fake, sent, values, preferences } = page({ statuses: [status] });
    preferences.set("view", "heat");
    await fake.advance(100_000);
    assert.equal(sent.length, 1);
    preferences.set("rate", 2);
    await fake.advance(100_000);
    assert.deepEqual(values()[1], { view: "heat", rate: 2 });
  }
});

test("the hub is told whose page it is, and a page that has become another user's keeps quiet", async () => {
  const { fake, sent, bodies, preferences, storage } = page({ statuses: [409] });
  preferences.set("view", "heat");
  await fake.advance(2_000);
  assert.deepEqual(bodies(), [{ user: "7", values: { view: "heat" } }]);
  preferences.set("view", "cards");
  await fake.advance(100_000);
  await fake.wake();
  assert.equal(sent.length, 1);
  const later = page({ storage });
  await later.fake.advance(2_000);
  assert.deepEqual(later.values(), [{ view: "cards" }]);
});

test("a page whose own user has logged in again goes on telling", async () => {
  const { fake, values, preferences, joined } = page({ statuses: [409] });
  preferences.set("view", "heat");
  await fake.advance(2_000);
  joined.emit();
  await settle();
  assert.deepEqual(values(), [{ view: "heat" }, { view: "heat" }]);
  preferences.set("rate", 2);
  await fake.advance(2_000);
  assert.deepEqual(values()[2], { rate: 2 });
});

test("an answer that does not say what was refused refuses nothing", async () => {
  for (const answer of [{}, { refused: null }, null]) {
    const { fake, sent, preferences } = page({ answer });
    preferences.set("view", "heat");
    await fake.advance(100_000);
    assert.deepEqual([sent.length, preferences.untold], [1, {}]);
  }
});

test("a page that is left tells at once", async () => {
  const { fake, values, preferences } = page();
  preferences.set("view", "heat");
  await fake.leave();
  assert.deepEqual(values(), [{ view: "heat" }]);
  await settle();
});
