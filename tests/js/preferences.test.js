import assert from "node:assert/strict";
import { test } from "node:test";
import { Preferences, storageOf } from "../../static/js/preferences.js";

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
