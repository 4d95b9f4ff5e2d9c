// jest.setup.cjs: one mock for the whole run; in jest.config:
//   { globalSetup: "./jest.setup.cjs", globalTeardown: "./jest.teardown.cjs" }
// and jest.teardown.cjs: module.exports = () => globalThis.__SDAPI_MOCK__.kill();
const { spawn } = require("node:child_process");
const { createInterface } = require("node:readline");

module.exports = async () => {
  const command = process.env.SDAPI_MOCK ?? "sdapi-mock";
  const mock = spawn(command, ["--port", "0", "--quiet"], { stdio: ["ignore", "pipe", "inherit"] });
  globalThis.__SDAPI_MOCK__ = mock;
  for await (const line of createInterface({ input: mock.stdout })) {
    const found = line.match(/http:\S+/);
    if (found) {
      process.env.SD_WEBUI_URL = found[0];
      return;
    }
  }
  throw new Error("sdapi-mock did not start");
};
