/** Resolves `../vendor/<library>/…`, as the hub serves it, to the installed package. */
import { register } from "node:module";

const modules = new URL("../../../node_modules/", import.meta.url).href;
const libraries = { wampy: `${modules}wampy/dist/esm/`, uplot: `${modules}uplot/dist/` };

register(
  "data:text/javascript," +
    encodeURIComponent(`
      const libraries = ${JSON.stringify(libraries)};
      export function resolve(specifier, context, next) {
        const [, library, file] = /\\/vendor\\/([^/]+)\\/(.*)$/.exec(specifier) ?? [];
        return next(library in libraries ? libraries[library] + file : specifier, context);
      }`),
);
