/**
 * The title of the browser's tab.
 * @param {number} down how many hosts are
 */
export function showTitle(down) {
  const title = down ? `(${down} down) Vedette` : "Vedette";
  if (document.title !== title) document.title = title;
}
