// vitest.setup.mjs: one mock for the whole run; in vitest.config: { test: { globalSetup: "./vitest.setup.mjs" } }
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

let mock;

export async function setup() {
  const command = process.env.SDAPI_MOCK ?? "sdapi-mock";
  mock = spawn(command, ["--port", "0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
  const lines = createInterface({ input: mock.stdout });
  for await (const line of lines) {
    const found = line.match(/http:\S+/);
    if (found) {
      process.env.SD_WEBUI_URL = found[0];
      return;
    }
  }
  throw new Error("sdapi-mock did not start");
}

export async function teardown() {
  const ended = new Promise((resolve) => mock.once("exit", resolve));
  mock.kill();
  await ended;
}

// In a test: let the next generation run out of memory, and see what was asked.
export async function fault(name, options = {}) {
  const answer = await fetch(`${process.env.SD_WEBUI_URL}/_mock/faults`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ fault: name, ...options }),
  });
  if (!answer.ok) throw new Error((await answer.json()).error);
}

export async function calls(path) {
  const answer = await fetch(`${process.env.SD_WEBUI_URL}/_mock/journal?path=${path}`);
  return (await answer.json()).calls;
}

export async function reset() {
  await fetch(`${process.env.SD_WEBUI_URL}/_mock/reset`, { method: "POST" });
}
