// Two clients from npm, unchanged, ask the server at argv[2] for ControlNet; prints what they got.
const sharp = require("sharp");
const { default: StableDiffusionApi, ControlNetUnit } = require("stable-diffusion-api");
const { default: sdwebui } = require("node-sd-webui");

const url = process.argv[2];
const black = { create: { width: 64, height: 64, channels: 3, background: "black" } };
const size = { width: 64, height: 64, steps: 2 };

async function stableDiffusionApi() {
  const api = new StableDiffusionApi({ baseUrl: url });
  const config = { input_image: sharp(black), module: "invert", model: "control_v11p_sd15_canny" };
  const made = await api
    .txt2img({ ...size, controlnet_units: [new ControlNetUnit(config)] })
    .then((result) => result.images.length, (reason) => reason.response.data.errors);
  const map = await api.ControlNet.detect({
    controlnet_module: "invert",
    controlnet_input_images: [sharp(black)],
  });
  return {
    models: await api.ControlNet.getModels(),
    modules: (await api.ControlNet.getModules()).length,
    made,
    pixel: [...(await map.image.raw().toBuffer())].slice(0, 3),
  };
}

async function nodeSdWebui() {
  const client = sdwebui({ apiUrl: url });
  const image = (await sharp(black).png().toBuffer()).toString("base64");
  const unit = { inputImageData: image, module: "invert", model: "control_v11p_sd15_canny" };
  const plain = await client.txt2img({ prompt: "a fox", ...size });
  const error = await client
    .txt2img({ prompt: "a fox", ...size, extensions: { controlNet: [unit] } })
    .then(() => "", (reason) => reason.message);
  return { images: plain.images.length, error };
}

(async () => {
  const told = { "stable-diffusion-api": await stableDiffusionApi() };
  told["node-sd-webui"] = await nodeSdWebui();
  console.log(JSON.stringify(told));
})();
