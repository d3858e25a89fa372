/**
 * Light or dark, before anything is painted: a small classic script in the head, which the browser waits for. It keeps the attribute
 * `data-theme` of the page at `light` or `dark`, whatever the system or the person chose. The choice is kept under the name and with the
 * words that Django's admin uses, so that it holds on both sides: `auto`, `light` or `dark`.
 */
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function chosen() {
    try {
      return localStorage.getItem("theme");
    } catch {
      return null; // a browser that keeps nothing
    }
  }

  function apply() {
    const choice = chosen();
    const shown = choice === "light" || choice === "dark" ? choice : dark.matches ? "dark" : "light";
    document.documentElement.dataset.theme = shown;
  }

  dark.addEventListener("change", apply);
  addEventListener("storage", apply);
  addEventListener("themechoice", apply);
  apply();
})();
