// A client's tests in JavaScript: the mock is started by the printed Vitest setup, steered by /_mock/.
import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { calls, fault, reset, setup, teardown } from "./vitest.setup.mjs";

const small = { prompt: "a fox", steps: 2, width: 64, height: 64 };
const url = (name) => `${process.env.SD_WEBUI_URL}/sdapi/v1/${name}`;

async function txt2img(body, options = {}) {
  return fetch(url("txt2img"), {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
    ...options,
  });
}

before(setup);
after(teardown);
beforeEach(reset);

test("pictures come and the journal tells what was asked", async () => {
  const answer = await (await txt2img(small)).json();
  assert.equal(answer.images.length, 1);
  assert.equal(Buffer.from(answer.images[0], "base64").subarray(1, 4).toString(), "PNG");

  const [asked] = await calls("/sdapi/v1/txt2img");
  assert.equal(asked.request.json.prompt, "a fox");
});

test("out of memory is a 500 with four keys, once", async () => {
  await fault("oom", { times: 1 });
  const failed = await txt2img(small);
  assert.equal(failed.status, 500);
  assert.equal(failed.statusText, "Internal Server Error");
  assert.deepEqual(Object.keys(await failed.json()), ["error", "detail", "body", "errors"]);
  assert.equal((await txt2img(small)).status, 200);
});

// What fetch raises, by fault: the message, and the code of its cause.
const raised = {
  refused: ["fetch failed", "ECONNREFUSED"],
  reset: ["fetch failed", "ECONNRESET"],
  closed: ["fetch failed", "UND_ERR_SOCKET"],
  dropped: ["terminated", "UND_ERR_SOCKET"],
};

for (const [name, [message, code]] of Object.entries(raised)) {
  test(`fetch raises its own error for ${name}`, async () => {
    await fault(name, name === "refused" ? { seconds: 0.5 } : {});
    await assert.rejects(
      async () => (await txt2img(small)).text(),
      (error) => {
        assert.equal(error.message, message);
        assert.equal(error.cause?.code, code);
        return true;
      },
    );
    if (name === "refused") await new Promise((resolve) => setTimeout(resolve, 700));
  });
}

test("an answer that never comes ends with the client's own patience", async () => {
  await fault("never");
  await assert.rejects(txt2img(small, { signal: AbortSignal.timeout(300) }), {
    name: "TimeoutError",
  });
});

test("JSON that is cut short is a SyntaxError", async () => {
  await fault("truncated-json");
  await assert.rejects(async () => (await txt2img(small)).json(), SyntaxError);
});

test("a fault that is misspelt is explained", async () => {
  await assert.rejects(fault("ooom"), /did you mean 'oom'/);
});
