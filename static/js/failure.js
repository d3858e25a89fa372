/** Why a call of the hub failed, in words. */

/**
 * Before it was made.
 * @param {string} undone what did not happen: `Nothing was changed`
 */
export function noConnection(undone) {
  return `${undone}: this page has no connection to the hub. Try again once it is live.`;
}

/**
 * What stands in an error, whatever was thrown.
 * @param {unknown} error
 */
export function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}
