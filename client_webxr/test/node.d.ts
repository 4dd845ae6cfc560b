// The one thing the tests use of Node. @types/node would bring all its globals into the page's code as well.
declare module "node:fs" {
  export function readFileSync(path: URL): Uint8Array;
  export function readdirSync(path: URL): string[];
}
