/**
 * Open a dialog that has the page for itself. When it closes, the browser gives the focus back to the element that had it, which may show
 * another host by then: keys would act on that. So it goes to the host that had it, or, if that is not shown any more, nowhere.
 * @param {HTMLDialogElement} dialog
 */
export function openModal(dialog) {
  const host = hostOf(document.activeElement);
  dialog.showModal();
  if (host) dialog.addEventListener("close", () => giveBack(host), { once: true });
}

/** @param {string} host */
function giveBack(host) {
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  if (hostOf(focused) === host) return;
  if (hostOf(focused)) focused?.blur();
  const shown = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-host]")]);
  shown.find((one) => hostOf(one) === host)?.focus();
}

/** @param {Element | null} target */
function hostOf(target) {
  return target?.closest("[data-host]")?.getAttribute("data-host") ?? "";
}
