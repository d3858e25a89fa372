const SVG = "http://www.w3.org/2000/svg";

/** Small pictures on buttons, whose words stand beside them or in their label. */
const SHAPES = {
  add: "M7.2 2.5h1.6v4.7h4.7v1.6H8.8v4.7H7.2V8.8H2.5V7.2h4.7z",
  auto: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13zM8 3v10A5 5 0 0 1 8 3z",
  light: "M8 4.8a3.2 3.2 0 1 1 0 6.4a3.2 3.2 0 0 1 0-6.4zM7.3.8h1.4v2.4H7.3zM7.3 12.8h1.4v2.4H7.3zM.8 7.3h2.4v1.4H.8zM12.8 7.3h2.4v1.4h-2.4zM2.4 3.4l1-1l1.7 1.7l-1 1zM10.9 11.9l1-1l1.7 1.7l-1 1zM3.4 13.6l-1-1l1.7-1.7l1 1zM11.9 5.1l-1-1l1.7-1.7l1 1z",
  dark: "M6.2 1.6a6.6 6.6 0 1 0 8.2 8.2A5.4 5.4 0 0 1 6.2 1.6z",
  wall: "M1.5 1.5h5V3H3v3.5H1.5zM9.5 1.5h5v5H13V3H9.5zM1.5 9.5H3V13h3.5v1.5h-5zM13 9.5h1.5v5h-5V13H13z",
  help: "M5.2 5.6A2.9 2.9 0 1 1 8.8 8.4V10H7.2V7.2H8a1.3 1.3 0 1 0-1.3-1.6zM7.2 11.4h1.6V13H7.2z",
  close: "M3.4 2.4L8 7l4.6-4.6l1 1L9 8l4.6 4.6l-1 1L8 9l-4.6 4.6l-1-1L7 8L2.4 3.4z",
};

/** @typedef {keyof typeof SHAPES} IconName */

/** @param {IconName} name */
export function icon(name) {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 16 16");
  picture.setAttribute("class", "icon");
  picture.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[name]);
  path.setAttribute("fill-rule", "evenodd");
  picture.append(path);
  return picture;
}

/**
 * A button that is only a picture; its words are its label and its title.
 * @param {IconName} name
 * @param {string} words
 * @param {string} key that does the same; empty for none
 * @param {() => void} onClick
 */
export function iconButton(name, words, key, onClick) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "icon-button";
  made.title = key ? `${words} ( ${key} )` : words;
  made.setAttribute("aria-label", words);
  if (key) made.setAttribute("aria-keyshortcuts", key);
  made.append(icon(name));
  made.addEventListener("click", onClick);
  return made;
}
