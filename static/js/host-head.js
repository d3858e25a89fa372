import { NO_SAMPLE, ageText, configText, pinnedTexts, statusBegan, statusText } from "./describe.js";
import { button, element, setAttribute, setText } from "./dom.js";
import { isLate } from "./interval.js";
import { StatusIcon } from "./status-icon.js";

/** @import { Entry } from "./store.js" */
/** @import { HostView } from "./protocol.js" */
/** @import { Services } from "./services.js" */

/** The head of a host's page: which host, how it is, where to go from here. */
export class HostHead {
  element = element("header", "host-page-head");
  title;

  #services;
  #id = "";
  #back = element("a", "back-link", "← All hosts");
  #before = element("a", "host-neighbour");
  #after = element("a", "host-neighbour");
  #icon = new StatusIcon();
  #name = element("bdi");
  #status = element("span", "host-status");
  #since = element("span", "host-since");
  #address = element("bdi", "host-address");
  #age = element("span", "host-age");
  #tags = element("ul", "host-tags");
  #config = element("p", "host-config");
  #pinned = element("p", "host-pinned");
  #edit;

  /** @param {Services} services */
  constructor(services) {
    this.#services = services;
    this.title = element("h1", "host-title", this.#name);
    this.title.id = "host-title";
    this.title.tabIndex = -1;
    this.#tags.setAttribute("aria-label", "tags");
    this.#age.title = "age of the newest sample";
    this.#edit = button("button plain small", services.role === "operator" ? "Edit settings" : "Settings", () => services.openSettings([this.#id]));
    const nav = element("nav", "host-nav", this.#back, this.#before, this.#after);
    nav.setAttribute("aria-label", "other hosts");
    this.element.append(
      nav,
      element("div", "host-title-line", this.#icon.element, this.title, this.#tags),
      element("p", "host-page-about", this.#status, this.#since, this.#address, this.#age),
      element("div", "host-page-config", this.#config, this.#edit, this.#pinned),
    );
  }

  /**
   * @param {string} id
   * @param {{before: Entry | null, after: Entry | null}} neighbours
   */
  open(id, { before, after }) {
    this.#id = id;
    this.#back.href = this.#services.choices.link({ host: "" });
    this.#link(this.#before, before, "previous host", "‹");
    this.#link(this.#after, after, "next host", "›");
  }

  /**
   * @param {HostView} host
   * @param {number} now the hub's clock, in seconds
   */
  draw(host, now) {
    const { format } = this.#services;
    this.element.dataset.status = host.status;
    this.#icon.show(host.status);
    setText(this.#name, host.name);
    setText(this.#status, statusText(host, now, format));
    const began = statusBegan(host);
    setText(this.#since, began === null ? "" : `since ${format.moment(began)}`);
    setText(this.#address, host.address ?? "");
    const age = ageText(host, now, format);
    setText(this.#age, age === NO_SAMPLE ? age : `sample ${age}`);
    this.#age.toggleAttribute("data-late", isLate(host, now));
    setText(this.#config, configText(host, now, format));
    this.#config.dataset.outcome = host.config?.status ?? "";
    setAttribute(this.#config, "title", host.config?.at ? `saved ${format.moment(host.config.at)}` : null);
    setText(this.#pinned, pinnedTexts(host, this.#services.settingsTable, format).join(" · "));
    this.#edit.hidden = !host.config;
    const tags = host.tags ?? [];
    if (tags.join("\n") !== [...this.#tags.children].map((tag) => tag.textContent).join("\n"))
      this.#tags.replaceChildren(...tags.map((tag) => element("li", "host-tag", element("bdi", "", tag))));
  }

  /**
   * @param {HTMLAnchorElement} link
   * @param {Entry | null} entry
   * @param {string} words
   * @param {string} arrow
   */
  #link(link, entry, words, arrow) {
    link.hidden = !entry;
    if (!entry) return;
    link.href = this.#services.choices.link({ host: entry.id });
    const name = element("bdi", "", entry.host.name);
    const picture = element("span", "", arrow);
    picture.setAttribute("aria-hidden", "true");
    link.title = `${words}: ${entry.host.name}`;
    link.replaceChildren(element("span", "visually-hidden", `${words}: `), ...(arrow === "‹" ? [picture, name] : [name, picture]));
  }
}
