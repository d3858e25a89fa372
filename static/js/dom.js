import { standing } from "./standing.js";

/** The few steps of DOM work that every view needs. Text is only ever set as text: names come from hosts. */

/**
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {string} [className]
 * @param {(string | Node)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, className = "", ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children);
  return made;
}

/**
 * @param {string} className
 * @param {string} text
 * @param {(event: MouseEvent) => void} onClick
 */
export function button(className, text, onClick) {
  const made = element("button", className, text);
  made.type = "button";
  made.addEventListener("click", onClick);
  return made;
}

/**
 * @param {Node} node
 * @param {string} text
 */
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/**
 * @param {Element} target
 * @param {string} name
 * @param {string | null} value null removes it
 */
export function setAttribute(target, name, value) {
  if (value === null) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}

/**
 * Make `parent` contain exactly `children` in this order. As many as possible are left alone, and the focus stays where it was.
 * @param {Element} parent
 * @param {Element[]} children
 */
export function arrange(parent, children) {
  const focused = document.activeElement;
  const places = new Map(children.map((child, place) => [child, place]));
  for (const child of [...parent.children]) if (!places.has(child)) child.remove();
  const staying = standing([...parent.children].map((child) => places.get(child) ?? 0));
  /** @type {Element | null} */
  let following = null;
  for (const [place, child] of [...children.entries()].reverse()) {
    if (!staying.has(place)) parent.insertBefore(child, following);
    following = child;
  }
  if (focused instanceof HTMLElement && focused !== document.activeElement && parent.contains(focused)) focused.focus({ preventScroll: true });
}

/** @param {string} id of an element the page must have */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no element #${id}`);
  return found;
}

/**
 * Whether Tab reaches an item of a list, and what can be pressed in it: one item is reached by it, the others by the arrows.
 * @param {Element} item
 * @param {boolean} reachable
 */
export function setReachable(item, reachable) {
  for (const target of [item, ...item.querySelectorAll("a, button, input")]) setAttribute(target, "tabindex", reachable ? "0" : "-1");
}
