"""Payload mistakes as people make them: request, rule, words, and where it was met.

Sources: ``project#number`` is a thread, a program's name says that it sends this or calls it so in
its own API, "" is a mistake that nobody is known to have made yet.
"""

from __future__ import annotations

from typing import Any, NamedTuple

A1111 = "AUTOMATIC1111/stable-diffusion-webui"


class Mistake(NamedTuple):
    """One payload that does not do what its author meant."""

    body: Any
    rule: str
    words: str
    source: str = ""
    route: str = "POST txt2img"
    profile: str = "a1111-1.10.1"


def overriding(**options: Any) -> dict[str, Any]:
    return {"override_settings": options}


SAMPLERS = [
    Mistake({"sampler_name": "euler a"}, "unknown-sampler", "mean 'Euler a'?", "LibreChat#2039"),
    Mistake({"sampler_name": "Euler A"}, "unknown-sampler", "mean 'Euler a'?", "LibreChat#2039"),
    Mistake({"sampler_name": "Eular a"}, "unknown-sampler", "mean 'Euler a'?", f"{A1111}#241"),
    Mistake({"sampler_name": "k_euler_a"}, "unknown-sampler", "mean 'Euler a'?", f"{A1111}#12"),
    Mistake({"sampler_name": "k_euler"}, "unknown-sampler", "mean 'Euler'?", f"{A1111}#12"),
    Mistake({"sampler_name": "euler_ancestral"}, "unknown-sampler", "without a word", "ComfyUI"),
    Mistake({"sampler_name": "EULER"}, "unknown-sampler", "mean 'Euler'?", ""),
    Mistake({"sampler_name": "DPM++ 2m"}, "unknown-sampler", "mean 'DPM++ 2M'?", ""),
    Mistake({"sampler_name": "dpmpp_2m"}, "unknown-sampler", "runs DPM++ 2M Karras", "ComfyUI"),
    Mistake({"sampler_name": "k_dpmpp_2m"}, "unknown-sampler", "mean 'DPM++ 2M'?", ""),
    Mistake({"sampler_name": "ddim"}, "unknown-sampler", "mean 'DDIM'?", "ComfyUI"),
    Mistake({"sampler_name": "plms"}, "unknown-sampler", "mean 'PLMS'?", "InvokeAI"),
    Mistake({"sampler_name": "heun"}, "unknown-sampler", "mean 'Heun'?", "ComfyUI"),
    Mistake({"sampler_name": "lms"}, "unknown-sampler", "mean 'LMS'?", "ComfyUI"),
    Mistake({"sampler_name": "unipc"}, "unknown-sampler", "mean 'UniPC'?", "InvokeAI"),
    Mistake({"sampler_name": "restart"}, "unknown-sampler", "mean 'Restart'?"),
    Mistake({"sampler_name": "euler a karras"}, "unknown-sampler", "with scheduler 'Karras'?"),
    Mistake({"sampler_name": "dpm++ 2m karras"}, "unknown-sampler", "with scheduler 'Karras'?"),
    Mistake({"sampler_name": "Nonexistent"}, "unknown-sampler", "the server runs DPM++ 2M Karras"),
    Mistake({"sampler_name": "0"}, "unknown-sampler", "no sampler is called '0'", ""),
    Mistake(
        {"sampler_name": "DPM++ 2M Karras"},
        "combined-sampler",
        "scheduler 'Karras'",
        f"{A1111}#15603",
    ),
    Mistake(
        {"sampler_name": "DPM++ SDE Karras"},
        "combined-sampler",
        "sampler_name 'DPM++ SDE'",
        "oobabooga/text-generation-webui#5993",
    ),
    Mistake(
        {"sampler_name": "DPM++ 2M SDE Exponential"},
        "combined-sampler",
        "'Exponential'",
        "mix1009/sdwebuiapi#164",
    ),
    Mistake(
        {"sampler_index": "DPM++ SDE Karras"},
        "combined-sampler",
        "write sampler_name",
        "Dify",
    ),
    Mistake({"sampler_index": "Euler a"}, "old-sampler-field", "write sampler_name", "AI Render"),
    Mistake(
        {"sampler_name": "Euler a", "sampler_index": "DDIM"},
        "two-samplers",
        "sampler_name wins",
        "webuiapi",
    ),
    Mistake({"scheduler": "KARRAS"}, "unknown-scheduler", "'Karras'?", "mix1009/sdwebuiapi#164"),
    Mistake({"scheduler": "Karas"}, "unknown-scheduler", "mean 'Karras'?"),
    Mistake({"scheduler": "SGMUniform"}, "unknown-scheduler", "'SGM Uniform'?", "Forge"),
    Mistake({"scheduler": "sgm-uniform"}, "unknown-scheduler", "'SGM Uniform'?"),
    Mistake({"scheduler": "xyz"}, "unknown-scheduler", "takes Automatic without a word"),
    Mistake({"sampler_name": "DDIM", "scheduler": "Karras"}, "scheduler-unused", "is ignored"),
    Mistake({"sampler_name": "DPM adaptive", "steps": 30}, "steps-unused", "steps is ignored"),
    Mistake({"sampler_name": "UniPC", "steps": 2}, "unipc-steps", "answers 500"),
    Mistake(
        {"enable_hr": True, "denoising_strength": 0.5, "hr_sampler_name": "Use same sampler"},
        "unknown-hr-sampler",
        "leave it out",
        "",
    ),
    Mistake(
        {"enable_hr": True, "denoising_strength": 0.5, "hr_sampler_name": "euler a"},
        "unknown-hr-sampler",
        "mean 'Euler a'?",
    ),
    Mistake(
        {"enable_hr": True, "denoising_strength": 0.5, "hr_scheduler": "Use same scheduler"},
        "unknown-hr-scheduler",
        "leave it out",
    ),
    Mistake(
        {"scheduler": "Karras"},
        "unknown-field",
        "behind the sampler's name",
        f"{A1111}#15603",
        profile="a1111-1.6.0",
    ),
    Mistake(
        {"sampler_name": "DPM++ 2M Karras"},
        "unknown-sampler",
        "Sampler not found",
        "dream-factory#57",
        profile="a1111-1.9.0",
    ),
    Mistake(
        {"sampler_name": "Eular a"},
        "unknown-sampler",
        "Sampler not found",
        "LibreChat#2039",
        profile="sdnext-2025-03",
    ),
]

FIELDS = [
    Mistake({key: value}, "unknown-field", words, source)
    for key, value, words, source in [
        ("sampler", "Euler", "mean 'sampler_name'?", "ComfyUI"),
        ("sampler_nam", "Euler", "mean 'sampler_name'?", ""),
        ("samplerName", "Euler", "mean 'sampler_name'?", ""),
        ("sampling_method", "Euler", "mean 'sampler_name'?", "the web UI's label"),
        ("schedule_type", "Karras", "mean 'scheduler'?", "the web UI's label"),
        ("negativePrompt", "x", "mean 'negative_prompt'?", ""),
        ("negative", "x", "mean 'negative_prompt'?", ""),
        ("neg_prompt", "x", "mean 'negative_prompt'?", ""),
        ("num_inference_steps", 20, "mean 'steps'?", "diffusers"),
        ("sampling_steps", 20, "mean 'steps'?", "the web UI's label"),
        ("ddim_steps", 20, "mean 'steps'?", "CompVis scripts"),
        ("guidance_scale", 7, "mean 'cfg_scale'?", "diffusers"),
        ("cfg", 7, "mean 'cfg_scale'?", "ComfyUI"),
        ("cfgScale", 7, "mean 'cfg_scale'?", ""),
        ("cfg_scal", 7, "mean 'cfg_scale'?", ""),
        ("batchSize", 2, "mean 'batch_size'?", ""),
        ("batch_count", 2, "mean 'n_iter'?", "the web UI's label"),
        ("n", 2, "mean 'n_iter'?", "OpenAI"),
        ("num_images_per_prompt", 2, "mean 'batch_size'?", "diffusers"),
        ("size", "512x512", "write width and height", "OpenAI"),
        ("model", "x", "'sd_model_checkpoint'", "Xinference"),
        ("sd_model_checkpoint", "x", "'sd_model_checkpoint'", f"{A1111}#11112"),
        ("checkpoint", "x", "'sd_model_checkpoint'", ""),
        ("sd_vae", "x", "'sd_vae'", ""),
        ("clip_skip", 2, "CLIP_stop_at_last_layers", "SillyTavern"),
        ("CLIP_stop_at_last_layers", 2, "CLIP_stop_at_last_layers", ""),
        ("hires_fix", True, "mean 'enable_hr'?", "the web UI's label"),
        ("highres_fix", True, "mean 'enable_hr'?", ""),
        ("enableHr", True, "mean 'enable_hr'?", ""),
        ("upscale_by", 2, "mean 'hr_scale'?", "the web UI's label"),
        ("upscaler", "Latent", "mean 'hr_upscaler'?", ""),
        ("hr_steps", 10, "mean 'hr_second_pass_steps'?", "sd.cpp"),
        ("hires_steps", 10, "mean 'hr_second_pass_steps'?", "the web UI's label"),
        ("denoise", 0.5, "mean 'denoising_strength'?", "ComfyUI"),
        ("strength", 0.5, "mean 'denoising_strength'?", "diffusers"),
        ("init_images", ["x"], "/sdapi/v1/img2img", ""),
        ("init_image", "x", "/sdapi/v1/img2img", ""),
        ("mask", "x", "/sdapi/v1/img2img", ""),
        ("style", "x", "mean 'styles'?", ""),
        ("tile", True, "mean 'tiling'?", ""),
        ("restoreFaces", True, "mean 'restore_faces'?", ""),
        ("variation_seed", 1, "mean 'subseed'?", "the web UI's label"),
        ("controlnet_units", [], "alwayson_scripts", ""),
        ("adetailer", {}, "ADetailer", "ellypaws/stable-diffusion-discord-bot#6"),
        ("lora", "x", "<lora:NAME:1>", "sd.cpp"),
        ("override_setting", {}, "mean 'override_settings'?", ""),
        ("always_on_scripts", {}, "mean 'alwayson_scripts'?", ""),
        ("jpeg_quality", 80, "override_settings", ""),
        ("url", "http://127.0.0.1", "it is ignored", "SillyTavern"),
        ("auth", "user:pass", "it is ignored", "SillyTavern"),
        ("zzz", 1, "it is ignored", ""),
    ]
]

OTHER_FIELDS = [
    Mistake(
        {"init_image": "aGk=", "init_images": ["aGk="]},
        "unknown-field",
        "'init_images'",
        "",
        "POST img2img",
    ),
    Mistake(
        {"enable_hr": True, "init_images": ["aGk="]},
        "unknown-field",
        "belongs to",
        "",
        "POST img2img",
    ),
    Mistake(
        {"images": "aGk=", "image": "aGk="},
        "unknown-field",
        "'image'",
        f"{A1111}#10206",
        "POST extra-single-image",
    ),
    Mistake(
        {"upscaler": "Lanczos"},
        "unknown-field",
        "mean 'upscaler_1'?",
        f"{A1111}#6173",
        "POST extra-single-image",
    ),
    Mistake(
        {"scale": 2}, "unknown-field", "mean 'upscaling_resize'?", "", "POST extra-single-image"
    ),
    Mistake(
        {"image_list": [], "imageList": []},
        "unknown-field",
        "'imageList'",
        "npm stable-diffusion-api",
        "POST extra-batch-images",
    ),
    Mistake(
        {"image_list": [{"image": "", "name": ""}]},
        "invalid",
        "refuses it with 422",
        "npm stable-diffusion-api",
        "POST extra-batch-images",
    ),
    Mistake(
        {"model": "clip", "images": "x"},
        "unknown-field",
        "did you mean 'image'?",
        "",
        "POST interrogate",
    ),
]

OPTIONS = [
    Mistake(overriding(sd_model_chekpoint="x"), "unknown-option", "mean 'sd_model_checkpoint'?"),
    Mistake(overriding(model="x"), "unknown-option", "mean 'sd_model_checkpoint'?", "Xinference"),
    Mistake(overriding(clip_skip=2), "unknown-option", "CLIP_stop_at_last_layers", ""),
    Mistake(overriding(vae="x"), "unknown-option", "mean 'sd_vae'?"),
    Mistake(overriding(sampler_name="Euler"), "unknown-option", "a field of the request itself"),
    Mistake(overriding(steps=20), "unknown-option", "a field of the request itself"),
    Mistake(overriding(nope=1), "unknown-option", "answers 500, KeyError", ""),
    Mistake(overriding(nope=None), "unknown-option", "it is ignored"),
    Mistake(
        overriding(sd_model_checkpoint="sd-xl"),
        "unknown-model",
        "takes the loaded one",
        f"{A1111}#11112",
    ),
    Mistake(
        overriding(sd_model_checkpoint="tiny-a.safet"), "unknown-model", "did you mean", "webuiapi"
    ),
    Mistake(overriding(sd_vae="vae-ft-mse"), "unknown-vae", "keeps the one it has"),
    Mistake(overriding(samples_format="jpg"), "format-late", "POST it to", f"{A1111}#11762"),
    Mistake(overriding(CLIP_stop_at_last_layers=2.0), "option-type", "answers 500", ""),
    Mistake(overriding(CLIP_stop_at_last_layers="2"), "option-type", "write a whole number"),
    Mistake(overriding(api_enable_requests=True), "fixed-option", "may not set"),
    Mistake(
        {**overriding(eta_ddim=0.1), "override_settings_restore_afterwards": False},
        "overrides-stay",
        "stay on the server",
        "cyanic-sd-krita",
    ),
    Mistake({"jpeg_qality": 1}, "unknown-option", "mean 'jpeg_quality'?", "", "POST options"),
    Mistake({"nope": 1}, "unknown-option", "answers 500, KeyError", "", "POST options"),
    Mistake({"clip_skip": 2}, "unknown-option", "CLIP_stop_at_last_layers", "", "POST options"),
    Mistake(
        {"sd_model_checkpoint": "sd-xl"},
        "unknown-model",
        "model not found",
        f"{A1111}#11112",
        "POST options",
    ),
    Mistake({"model": "x"}, "unknown-option", "mean 'sd_model_checkpoint'?", "", "POST options"),
    Mistake(
        {"CLIP_stop_at_last_layers": 2.0},
        "option-type",
        "every later generation",
        "Open WebUI",
        "POST options",
    ),
    Mistake(
        {"jpeg_quality": "80"},
        "option-type",
        "nothing is converted",
        "",
        "POST options",
    ),
    Mistake(
        {"api_forbid_local_requests": False}, "fixed-option", "may not set", "", "POST options"
    ),
    Mistake(
        {f"option {n}": None for n in range(101)},
        "all-options",
        "what changed alone",
        "Open WebUI",
        "POST options",
    ),
]

SCRIPTS = [
    Mistake({"script_args": ["outpainting mk2"]}, "needs-script", "name the script", "Dify"),
    Mistake({"script_name": "nope"}, "unknown-script", "Script not found"),
    Mistake({"script_name": "x/y/z plott"}, "unknown-script", "mean 'x/y/z plot'?"),
    Mistake({"script_name": "outpainting mk2"}, "unknown-script", "Script not found"),
    Mistake({"script_name": "ControlNet"}, "unknown-script", "sd-webui-controlnet installed?"),
    Mistake(
        {"script_name": "prompt matrix", "script_args": [1]},
        "script-arguments",
        "shift",
        "lllyasviel/Forge#2517",
    ),
    Mistake({"script_name": "seed"}, "unknown-script", "runs always", ""),
    Mistake(
        {"alwayson_scripts": {"ControlNet": {"args": []}}},
        "unknown-script",
        "sd-webui-controlnet installed?",
        "Mikubill/sd-webui-controlnet#2776",
    ),
    Mistake(
        {"alwayson_scripts": {"controlnet": {"args": []}}},
        "unknown-script",
        "installed?",
        "npm stable-diffusion-api",
    ),
    Mistake(
        {"alwayson_scripts": {"ADetailer": {"args": [True]}}},
        "unknown-script",
        "adetailer installed?",
        "ellypaws/stable-diffusion-discord-bot#6",
    ),
    Mistake({"alwayson_scripts": {"ReActor": {"args": []}}}, "unknown-script", "reactor"),
    Mistake(
        {"alwayson_scripts": {"prompt matrix": {"args": []}}},
        "selectable-script",
        "write script_name",
    ),
    Mistake({"alwayson_scripts": {"seed": None}}, "script-null", "answer 500"),
    Mistake(
        {"alwayson_scripts": {"seed": [1, 2]}},
        "script-form",
        "write {'args': [...]}",
        "StableCanvas#2",
    ),
    Mistake({"alwayson_scripts": {"seed": {"arg": [1]}}}, "script-form", "has no 'args'"),
    Mistake(
        {"alwayson_scripts": {"refiner": {"args": [1] * 40}}},
        "script-arguments",
        "cut off",
        "Bing-su/adetailer#37",
    ),
    Mistake({"alwayson_scripts": ["x"]}, "invalid", "422", "StableCanvas#2"),
]

PROMPTS = [
    Mistake({"prompt": "cat <lora:nope:1>"}, "unknown-network", "left out without a word"),
    Mistake({"prompt": "<lora:tiny-lor:1>"}, "unknown-network", "did you mean"),
    Mistake({"prompt": "<lora:tiny-lora.safetensors:1>"}, "unknown-network", "did you mean"),
    Mistake({"prompt": "<lora:tiny-lora:strong>"}, "network-weight", "write a number"),
    Mistake({"prompt": "<hypernet:nope:1>"}, "unknown-network", "no hypernetwork"),
    Mistake({"prompt": "<LoRA:tiny-lora:1>"}, "unknown-tag", "write <lora:NAME:1>"),
    Mistake({"prompt": "<embedding:x:1>"}, "unknown-tag", "left out", "ComfyUI"),
    Mistake({"negative_prompt": "<lora:tiny-lora:1>"}, "negative-lora", "put it into prompt"),
    Mistake({"styles": ["nope"]}, "unknown-style", "left out without a word"),
    Mistake({"styles": "cinematic"}, "invalid", "write a list: ['cinematic']"),
    Mistake(
        {"infotext": "cat\nSteps: 1, Hires upscale: 2.0, Hires upscaler: Latent"},
        "infotext-hires",
        "bad sampler name",
        "",
    ),
]

VALUES = [
    Mistake({"steps": 0}, "too-small", "begins at 1"),
    Mistake({"steps": -1}, "too-small", "answer 500"),
    Mistake({"n_iter": 0}, "too-small", "begins at 1"),
    Mistake({"batch_size": 0}, "too-small", "begins at 1"),
    Mistake({"width": 0}, "too-small", "begins at 8"),
    Mistake({"width": 4}, "too-small", "begins at 8"),
    Mistake({"height": -64}, "too-small", "begins at 8"),
    Mistake({"width": 65}, "odd-size", "the picture has 64"),
    Mistake({"height": 1001}, "odd-size", "the picture has 1000"),
    Mistake({"steps": None}, "null", "leave it out", ""),
    Mistake({"prompt": None}, "null", "answer 500", ""),
    Mistake({"cfg_scale": None}, "null", "leave it out"),
    Mistake({"steps": "many"}, "invalid", "value is not a valid integer"),
    Mistake({"cfg_scale": "high"}, "invalid", "value is not a valid float"),
    Mistake({"prompt": ["a cat"]}, "invalid", "send the value itself"),
    Mistake({"enable_hr": "maybe"}, "invalid", "boolean"),
    Mistake({"override_settings": [1]}, "invalid", "422"),
    Mistake({"script_args": "x"}, "invalid", "422"),
    Mistake({"enable_hr": True}, "hires-strength", "send one, as 0.7", ""),
    Mistake({"denoising_strength": 0.5}, "needs-hires", "without enable_hr", ""),
    Mistake({"hr_scale": 1.5}, "needs-hires", "set enable_hr", ""),
    Mistake({"hr_upscaler": "R-ESRGAN 4x+"}, "needs-hires", "without enable_hr"),
    Mistake({"hr_prompt": "x"}, "needs-hires", "without enable_hr"),
    Mistake(
        {"enable_hr": True, "denoising_strength": 0.5, "hr_upscaler": "latent"},
        "unknown-upscaler",
        "mean 'Latent'?",
    ),
    Mistake(
        {"enable_hr": True, "denoising_strength": 0.5, "hr_upscaler": "4x-UltraSharp"},
        "unknown-upscaler",
        "answers 500",
        f"{A1111}#6173",
    ),
    Mistake({"s_churn": 5}, "sigma-unused", "the option s_churn counts", "webuiapi"),
    Mistake({"subseed": 5}, "needs-strength", "set subseed_strength"),
    Mistake(
        {"save_images": True, "do_not_save_samples": True},
        "save-overridden",
        "save_images",
        "",
    ),
    Mistake({"firstpass_image": "aGk="}, "firstpass", "cannot be sent"),
    Mistake({}, "no-picture", "Init image not found", "", "POST img2img"),
    Mistake({"init_images": []}, "no-picture", "answers 500", "", "POST img2img"),
    Mistake({"init_images": "aGk="}, "invalid", "write a list of one picture", "", "POST img2img"),
    Mistake(
        {"init_images": ["data:image/png,xx"]},
        "bad-picture",
        "data URI without base64",
        "",
        "POST img2img",
    ),
    Mistake(
        {"init_images": ["/home/me/cat.png"]},
        "bad-picture",
        "is a path",
        "",
        "POST img2img",
    ),
    Mistake(
        {"init_images": ["https://x.example/cat.png"]},
        "picture-address",
        "as base64",
        "",
        "POST img2img",
    ),
    Mistake(
        {"init_images": ["aGk-aGk_"]},
        "bad-picture",
        "URL alphabet",
        f"{A1111}#9467",
        "POST img2img",
    ),
    Mistake(
        {"init_images": ["aGk=", "aGk="]},
        "too-many-pictures",
        "need batch_size 2",
        "",
        "POST img2img",
    ),
    Mistake({"init_images": ["aGk="], "mask": ""}, "bad-picture", "is empty", "", "POST img2img"),
    Mistake(
        {"init_images": ["aGk="], "mask_blur": 8},
        "needs-mask",
        "without a mask",
        "",
        "POST img2img",
    ),
    Mistake(
        {"init_images": ["aGk="], "inpainting_fill": 1},
        "needs-mask",
        "without a mask",
        "Photoshop plugin",
        "POST img2img",
    ),
    Mistake({"image": ""}, "bad-picture", "is empty", "vladmandic/sdnext#2918", "POST png-info"),
    Mistake({}, "invalid", "field required", "", "POST png-info"),
    Mistake(
        {"image": "aGk=", "upscaler_1": "lanczos"},
        "unknown-upscaler",
        "mean 'Lanczos'?",
        f"{A1111}#6173",
        "POST extra-single-image",
    ),
    Mistake(
        {"image": "aGk=", "upscaler_1": "4x-UltraSharp"},
        "unknown-upscaler",
        "progress stays at 1",
        "",
        "POST extra-single-image",
    ),
    Mistake(
        {"image": "aGk="},
        "no-upscaler",
        "name one of /upscalers",
        "lllyasviel/Forge#3123",
        "POST extra-single-image",
    ),
    Mistake(
        {"image": "aGk=", "upscaler_1": "Lanczos", "upscaling_resize_w": 99},
        "needs-mode",
        "set resize_mode to 1",
        "",
        "POST extra-single-image",
    ),
    Mistake(
        {"image": "aGk=", "resize_mode": "1"},
        "invalid",
        "422",
        "Auto-Photoshop plugin#491",
        "POST extra-single-image",
    ),
    Mistake(
        {"image": "aGk=", "gfpgan_visibility": 100}, "invalid", "422", "", "POST extra-single-image"
    ),
]

ROUTES = [
    Mistake(None, "unknown-route", "did you mean /sdapi/v1/sd-models?", "", "GET models"),
    Mistake(None, "unknown-route", "/sdapi/v1/sd-models?", "", "GET sd-model"),
    Mistake({}, "unknown-route", "/sdapi/v1/txt2img?", "", "POST txt2Img"),
    Mistake(
        {},
        "unknown-route",
        "alwayson_scripts",
        "Mikubill/sd-webui-controlnet#1376",
        "POST /controlnet/txt2img",
    ),
    Mistake({}, "unknown-route", "leave one slash out", "", "POST //sdapi/v1/txt2img"),
    Mistake({}, "slash", "leave the last slash out", "", "POST txt2img/"),
    Mistake({}, "unknown-route", "did you mean /sdapi/v1/interrupt?", "", "POST cancel"),
    Mistake(None, "method", "takes POST", "", "GET txt2img"),
    Mistake({}, "method", "takes GET", "", "POST progress"),
    Mistake(
        None,
        "unknown-parameter",
        "mean 'skip_current_image'?",
        "npm stable-diffusion-api",
        "GET progress?skipCurrentImage=true",
    ),
    Mistake(None, "unknown-parameter", "is ignored", "", "GET options?key=sd_vae"),
    Mistake({}, "unknown-parameter", "in the JSON body", "", "POST txt2img?steps=3"),
]

MISTAKES = [
    *SAMPLERS, *FIELDS, *OTHER_FIELDS, *OPTIONS, *SCRIPTS, *PROMPTS, *VALUES, *ROUTES
]  # fmt: skip
