// Pyodide with Python code and a D1 binding, until the standard input ends.
//
//     node runtime.mjs PACKAGES
//
// A line of the input is a call as JSON, and a line of the output its answer, in order:
//
//     {"call": "start", "python": "3.13", "folders": {"/site": "/a/folder"}}     loads a Pyodide with these folders
//     {"call": "run", "python": "3.13", "code": "…"}                             what the last expression gives, a text
//
// Python code finds D1 as `js.DB`, one for each Python; what it prints goes to the standard error.

import { createRequire } from "node:module";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [packages] = process.argv.slice(2);
const require = createRequire(`${packages}/`);
const { Miniflare } = require("miniflare");

const names = ["3.12", "3.13", "3.14"];
const miniflare = new Miniflare({
  modules: true,
  script: "export default {}",
  compatibilityDate: "2026-07-01",
  cf: false, // else it would be asked for over the network
  d1Databases: Object.fromEntries(names.map((name) => [`DB${name}`, `db-${name}`])),
});
const started = {};

// Node has no URL of its own to resolve others with, which Pyodide's responses ask for.
const Request = class Request extends globalThis.Request {
  constructor(input, init) {
    super(input || "about:blank", init);
  }
};

const calls = {
  async start({ python, folders }) {
    delete globalThis._createPyodideModule; // which another version has left
    const { loadPyodide } = await import(pathToFileURL(require.resolve(`pyodide-${python}/pyodide.mjs`)));
    const pyodide = await loadPyodide({
      env: { HOME: "/home/pyodide", PYTHONDONTWRITEBYTECODE: "1" },
      jsglobals: Object.assign(Object.create(globalThis), {
        DB: await miniflare.getD1Database(`DB${python}`),
        Request,
      }),
      stdout: (text) => console.error(text),
    });
    for (const [inside, outside] of Object.entries(folders)) {
      pyodide.mountNodeFS(inside, outside);
    }
    // What workerd has for Cloudflare's SDK.
    pyodide.registerJsModule("_pyodide_entrypoint_helper", { patchWaitUntil() {} });
    pyodide.registerJsModule("_cloudflare_compat_flags", {});
    started[python] = pyodide;
    return pyodide.runPython("import sys; sys.path[:0] = ['/site', '/sdk', '/src']; sys.version");
  },
  run: ({ python, code }) => started[python].runPythonAsync(code),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { call, ...options } = JSON.parse(line);
  let answer;
  try {
    answer = { value: await calls[call](options) };
  } catch (error) {
    answer = { error: String(error.stack ?? error) };
  }
  console.log(JSON.stringify(answer));
}
await miniflare.dispose();
process.exit(0);
