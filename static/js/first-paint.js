/**
 * Light or dark, before anything is painted: a small classic script in the head, which the browser waits for. It keeps the attribute
 * `data-theme` of the page at `light` or `dark`, whatever the system or the person chose. The choice is kept under the name and with the
 * words that Django's admin uses, so that it holds on both sides: `auto`, `light` or `dark`.
 */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");

  /** What the page was told, which the browser perhaps does not keep. @type {string | null} */
  let told = null;

  function kept() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function apply() {
    const choice = told ?? kept();
    const shown = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = shown;
  }

  dark.addEventListener("change", apply);
  addEventListener("storage", () => {
    told = null; // another page of this browser chose later
    apply();
  });
  addEventListener("themechoice", (event) => {
    told = /** @type {CustomEvent<string>} */ (event).detail;
    apply();
  });
  apply();
})();
