/** Where things are. The gateway may stand below a path of its host, so no page begins an address with a slash. */

const root = new URL('..', import.meta.url).pathname;

/**
 * @param {string} path at the gateway, such as `/logs?status=failed`
 * @returns {string} the path at this host
 */
export const linkTo = (path) => root + path.slice(1);
