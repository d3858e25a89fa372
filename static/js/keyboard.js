import { hasCharacterKeys, listenForShortcuts } from "./shortcuts.js";
import { VIEW_TABLE } from "./view-table.js";

/** @import { ViewName } from "./choice.js" */
/** @import { Services } from "./services.js" */

const PRESSED_BY_SPACE = "button, a, summary, input";

/**
 * What keys need that is no service.
 * @typedef {object} KeyParts
 * @property {(view: ViewName) => boolean} look at the fleet this way; false if there is no such view
 * @property {() => boolean} isOrdered whether hosts stand there as they are sorted and grouped
 * @property {() => boolean} first to the first host that is shown; false if there is none to go to
 * @property {() => void} search
 * @property {() => void} add how to add a host
 * @property {() => void} theme
 * @property {() => void} help
 * @property {{pause: () => void, leave: () => void, step: (side: "before" | "after") => boolean}} host the page of the open host
 * @property {{isOn: boolean, enter: () => void, leave: () => void}} wall
 */

/**
 * Everything by keyboard.
 * @param {Services} services
 * @param {KeyParts} parts
 */
export function connectKeys({ choices, marked, preferences, role, openSettings }, parts) {
  const { look, isOrdered, first, search, add, theme, help, host, wall } = parts;
  const onFleet = () => !choices.current.host;
  const actions = {
    search: () => onFleet() && !wall.isOn && (search(), true),
    ...Object.fromEntries(VIEW_TABLE.map(({ name }) => [name, () => onFleet() && look(name)])),
    group: () => onFleet() && isOrdered() && (choices.choose({ group: choices.current.group ? "" : "tag" }), true),
    next: () => (onFleet() ? walk("ArrowDown", "ArrowRight") : host.step("after")),
    previous: () => (onFleet() ? walk("ArrowUp", "ArrowLeft") : host.step("before")),
    open: () => open(),
    mark: () => role === "operator" && hostAtHand() !== "" && (marked.pick(hostAtHand(), false), true),
    settings: () => onSettings(),
    pause: () => !onFleet() && !document.activeElement?.matches(PRESSED_BY_SPACE) && (host.pause(), true),
    add: () => role === "operator" && !wall.isOn && (add(), true),
    theme,
    wall: () => (wall.isOn ? wall.leave() : wall.enter()),
    help,
    leave: () => leave(),
  };
  listenForShortcuts(actions, () => hasCharacterKeys(preferences));

  function onSettings() {
    const hosts = marked.ids.size ? [...marked.ids] : [choices.current.host || hostAtHand()].filter(Boolean);
    if (!hosts.length) return false;
    openSettings(hosts);
    return true;
  }

  function open() {
    const active = document.activeElement;
    // what is wrong with the search stands beside it
    if (isSearch(active)) return !active?.matches("[aria-invalid=true]") && first();
    return isHost(active) && (choices.choose({ host: hostAtHand() }), true);
  }

  function leave() {
    const active = document.activeElement;
    if (isSearch(active) && choices.current.search) choices.choose({ search: "" });
    else if (active instanceof HTMLElement && active.matches("input, select, textarea")) active.blur();
    else if (wall.isOn) wall.leave();
    else if (marked.ids.size) marked.clear();
    else if (choices.current.host) host.leave();
    else return false;
    return true;
  }
}

/** @param {Element | null} target */
function isHost(target) {
  return target !== null && target.matches("[data-host]");
}

/** @param {Element | null} target */
function isSearch(target) {
  return target !== null && target.matches("input[type=search]");
}

/** The host that the focus is on or in; empty without one. */
function hostAtHand() {
  return document.activeElement?.closest("[data-host]")?.getAttribute("data-host") ?? "";
}

/**
 * To the list of hosts, or within it as the arrows do.
 * @param {string} inRows the arrow that leads there where hosts are rows
 * @param {string} inGrid and where several stand beside one another
 */
function walk(inRows, inGrid) {
  const active = document.activeElement;
  if (active?.closest("[data-host]")) {
    const key = active.closest("[role=row]") ? inRows : inGrid;
    return !active.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  }
  const first = document.querySelector("#fleet [data-host][tabindex='0'], #fleet [tabindex='0'] [data-host]");
  if (first instanceof HTMLElement) first.focus();
  return first !== null;
}
