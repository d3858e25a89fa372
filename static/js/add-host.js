import { button, element, setText } from "./dom.js";
import { openModal } from "./modal.js";

const COMMAND = ".venv/bin/python manage.py addhost NAME";
const COPIED_MS = 2_000;

/** How to add a host, for who has some already: where there is none, the same stands in place of the hosts. */
export class AddHostDialog {
  #hostsUrl;
  #ways = element("div", "ways-to-add");
  #title = element("h2", "dialog-title", "Add a host");
  #close = button("button plain", "Close", () => this.#dialog.close());
  #dialog = element("dialog", "dialog", this.#title, this.#ways, element("div", "dialog-buttons", this.#close));

  /**
   * @param {HTMLElement} place
   * @param {string | null} hostsUrl the admin's list of hosts
   */
  constructor(place, hostsUrl) {
    this.#hostsUrl = hostsUrl;
    this.#title.id = "add-host-title";
    this.#dialog.setAttribute("aria-labelledby", this.#title.id);
    place.append(this.#dialog);
  }

  open() {
    if (this.#dialog.open) return;
    this.#ways.replaceChildren(...waysToAdd(this.#hostsUrl));
    openModal(this.#dialog);
  }
}

/**
 * @param {string | null} hostsUrl the admin's list of hosts, for those who may make a code there
 * @returns {HTMLElement[]}
 */
export function waysToAdd(hostsUrl) {
  const command = element("code", "command", COMMAND);
  const copies = button("button", "Copy", () => void copy(command, copies));
  return [
    element("p", "empty-text", "Run this on the hub. It prints a code, valid for ten minutes, and the command to run on the host:"),
    element("div", "command-line", command, copies),
    ...(hostsUrl ? [element("p", "", linkToCodes(hostsUrl))] : []),
    element("p", "empty-text", "The host appears here by itself. An agent that is started without a code appears here too, and waits for approval."),
  ];
}

/** @param {string} hostsUrl */
function linkToCodes(hostsUrl) {
  const link = element("a", "", "Make a code in the admin");
  link.href = hostsUrl.replace(/host\/$/, "enrolmentcode/add/");
  return link;
}

/**
 * @param {HTMLElement} command
 * @param {HTMLElement} button
 */
async function copy(command, button) {
  getSelection()?.selectAllChildren(command);
  // without TLS a browser offers no clipboard: the selected text is ready to be copied
  if (!navigator.clipboard) return setText(button, "Press Ctrl+C");
  try {
    await navigator.clipboard.writeText(COMMAND);
  } catch {
    return setText(button, "Press Ctrl+C"); // the browser's own question was answered with no
  }
  setText(button, "Copied");
  setTimeout(() => setText(button, "Copy"), COPIED_MS);
}
