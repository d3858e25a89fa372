import assert from "node:assert/strict";
import { test } from "node:test";
import { NOTHING_CHOSEN, choiceFromHash, hashFromChoice } from "../../static/js/choice.js";
import { Choices, browserAddress } from "../../static/js/choices.js";

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

/** A browser's window that counts what is written into its address. */
class FakeWindow extends EventTarget {
  location = { hash: "", pathname: "/", search: "" };
  /** @type {string[]} */
  written = [];
  isRefusing = false;
  /** @type {(() => void) | null} */
  timer = null;
  history = {
    pushState: (/** @type {unknown} */ _, /** @type {string} */ __, /** @type {string} */ url) => this.#write(`+${url}`, url),
    replaceState: (/** @type {unknown} */ _, /** @type {string} */ __, /** @type {string} */ url) => this.#write(url, url),
  };

  /** @param {() => void} callback */
  setTimeout(callback) {
    this.timer = callback;
    return 1;
  }

  /** The time of the timer has come. */
  pass() {
    const due = this.timer;
    this.timer = null;
    due?.();
  }

  /**
   * @param {string} note
   * @param {string} url
   */
  #write(note, url) {
    if (this.isRefusing) throw new Error("SecurityError");
    this.written.push(note);
    this.location.hash = url.startsWith("#") ? url : "";
  }
}

test("the browser's address follows at once, and then not too often; before a new entry, a click and the page's end it does at once", () => {
  const page = new FakeWindow();
  const choices = new Choices(browserAddress(/** @type {any} */ (page)));
  for (const search of ["w", "we", "web"]) choices.choose({ search });
  assert.deepEqual(page.written, ["#search=w"]);
  page.pass();
  assert.deepEqual(page.written, ["#search=w", "#search=web"]);
  choices.choose({ search: "" });
  choices.choose({ host: "h" });
  assert.deepEqual(page.written.slice(2), ["/", "+#host=h"]);
  choices.choose({ status: "up" });
  page.dispatchEvent(new Event("click"));
  assert.equal(page.location.hash, "#host=h&show=up");
  choices.choose({ status: "down" });
  page.dispatchEvent(new Event("pagehide"));
  assert.equal(page.location.hash, "#host=h&show=down");
  page.pass();
  page.pass();
  assert.equal(page.timer, null);
});

test("a link that comes before the address has followed counts", () => {
  const page = new FakeWindow();
  const choices = new Choices(browserAddress(/** @type {any} */ (page)));
  for (const search of ["w", "web"]) choices.choose({ search });
  page.location.hash = "#show=down";
  page.pass();
  page.dispatchEvent(new Event("hashchange"));
  assert.deepEqual([choices.current.status, choices.current.search, page.location.hash], ["down", "", "#show=down"]);
});

test("a browser that does not want its address changed keeps nobody from choosing", (context) => {
  context.mock.method(console, "warn", () => {});
  const page = new FakeWindow();
  page.isRefusing = true;
  const choices = new Choices(browserAddress(/** @type {any} */ (page)));
  let told = 0;
  choices.changed.listen(() => (told += 1));
  choices.choose({ host: "h" });
  choices.choose({ search: "x" });
  page.pass();
  assert.deepEqual([told, choices.current.search], [2, "x"]);
});
