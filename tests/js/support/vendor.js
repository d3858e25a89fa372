/** Resolves `../vendor/wampy/…`, as the hub serves it, to the installed package. */
import { register } from "node:module";

const installed = new URL("../../../node_modules/wampy/dist/esm/", import.meta.url).href;

register(
  "data:text/javascript," +
    encodeURIComponent(`
      const installed = ${JSON.stringify(installed)};
      export function resolve(specifier, context, next) {
        const file = /\\/vendor\\/wampy\\/(.*)$/.exec(specifier)?.[1];
        return next(file ? installed + file : specifier, context);
      }`),
);
