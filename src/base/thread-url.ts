/**
 * Where a thread's module lies, seen from the module that starts it. Under a test runner the sources run as TypeScript, which worker
 * threads of Node 20 cannot load: there the built file stands in, so a test that starts threads needs `npm run build` first.
 */
export function threadUrl(relative: string, from: string): URL {
  const url = new URL(relative, from);
  if (!from.endsWith(".ts")) return url;
  url.pathname = url.pathname.replace(/\/src\/(?!.*\/src\/)/, "/dist/").replace(/\.ts$/, ".js");
  return url;
}
