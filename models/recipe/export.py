#!/usr/bin/env python3
"""Weights → the folder that the program loads: ONNX with 8-bit weights, tokenizer, three small settings.

The folder is checked against the weights it was made from.
"""

import argparse
import hashlib
import json
import os
import random
import shutil

import numpy as np
import onnx
from safetensors.numpy import load_file

from encoder import EPSILON, HEADS, INNER, LAYERS, LONGEST, WIDTH, encode, load_encoder, load_tokenizer
from graph import encoder_graph
from judge import OnnxModel
from texts import read_lessons

# How many channels of a hidden state are multiplied exactly, and how many lessons show which are the loudest.
LOUD, HEARD = 8, 200
LARGEST = 32_000_000
TOKENS = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")}
CANARY = (
    ("Nhận dạng bệnh trên lá lúa bằng học sâu", "Deep learning for rice leaf disease detection"),
    ("Nhận dạng bệnh trên lá lúa bằng học sâu", "Blockchain for supply chain"),
    ("Chatbot tiếng Việt chăm sóc khách hàng", "A Vietnamese customer service assistant"),
    ("That is a happy person", "That is a happy dog"),
)
# Processors add up in another order, which may tell in the third decimal.
TOLERANCE = 0.005


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="the folder with the pairs (*.tsv)")
    parser.add_argument("--weights", required=True, help="a *.safetensors, its tokenizer.json beside it")
    parser.add_argument("--to", required=True, help="the folder to write")
    options = parser.parse_args()
    os.makedirs(options.to, exist_ok=True)
    tokenizer = os.path.join(os.path.dirname(options.weights), "tokenizer.json")
    shutil.copyfile(tokenizer, os.path.join(options.to, "tokenizer.json"))
    lessons, weights = read_lessons(options.data), load_file(options.weights)
    exact = Exact(load_encoder(options.weights), load_tokenizer(tokenizer))
    loud = exact.loud_channels(texts_of(random.Random(0).sample(lessons.train, HEARD)))
    onnx.save(encoder_graph(weights, loud), os.path.join(options.to, "model.onnx"))
    write_settings(options.to, len(weights["embeddings.word_embeddings.weight"]))
    check(options.to, exact, texts_of(random.Random(0).sample(lessons.held_out, 120)))


class Exact:
    """The encoder as it learnt, nothing rounded."""

    def __init__(self, model, tokenizer):
        self.model, self.tokenizer = model, tokenizer

    def __call__(self, texts):
        return encode(self.model, self.tokenizer, texts)

    def loud_channels(self, texts):
        """The greatest channels of what the layers read that come after a norm, by the layer's name."""
        greatest, hooks = {}, []
        for name, layer in self.model.named_modules():
            if name.endswith(("attention.self.query", "intermediate.dense")):
                def listen(_layer, inputs, name=name):
                    found = inputs[0].abs().amax((0, 1)).cpu().numpy()
                    greatest[name] = np.maximum(greatest.get(name, 0), found)

                hooks.append(layer.register_forward_pre_hook(listen))
        self(texts)
        for hook in hooks:
            hook.remove()
        return {name: np.sort(np.argsort(-found)[:LOUD]) for name, found in greatest.items()}


def texts_of(pairs):
    return [pair.vietnamese for pair in pairs] + [pair.english for pair in pairs]


def write_settings(folder, tokens):
    settings = {
        "config.json": {
            "architectures": ["BertModel"],
            "hidden_act": "gelu",
            "hidden_size": WIDTH,
            "intermediate_size": INNER,
            "layer_norm_eps": EPSILON,
            "max_position_embeddings": LONGEST,
            "model_type": "bert",
            "num_attention_heads": HEADS,
            "num_hidden_layers": LAYERS,
            "pad_token_id": 0,
            "position_embedding_type": "absolute",
            "type_vocab_size": 2,
            "vocab_size": tokens,
        },
        "special_tokens_map.json": TOKENS,
        "tokenizer_config.json": {
            "do_lower_case": True,
            **TOKENS,
            "tokenize_chinese_chars": True,
            "strip_accents": False,
            "tokenizer_class": "BertTokenizer",
            "model_max_length": LONGEST,
        },
    }
    for name, content in settings.items():
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")


def check(folder, exact, texts):
    """Stops when the folder does not behave as the weights do; prints what the card and the tests quote."""
    served = OnnxModel(folder)
    for text in texts:
        if served.tokenizer.encode(text).ids != exact.tokenizer.encode(text).ids:
            raise SystemExit(f"other tokens than in training: {text}")
    among, alone = served(texts), np.concatenate([served([text]) for text in texts])
    for what, vectors, least in (("8-bit to exact", exact(texts), 0.995), ("alone to among others", alone, 0.9999)):
        cosines = (among * vectors).sum(1)
        print(f"{what}: cosine {cosines.mean():.5f} on average, {cosines.min():.5f} at worst")
        if cosines.min() < least:
            raise SystemExit(f"{what}: too far apart")
    size = os.path.getsize(os.path.join(folder, "model.onnx"))
    if size > LARGEST:
        raise SystemExit(f"model.onnx has {size} bytes, more than {LARGEST}")
    write_canary(folder, served)
    for name in sorted(os.listdir(folder)):
        if name != "README.md":
            with open(os.path.join(folder, name), "rb") as file:
                print(hashlib.sha256(file.read()).hexdigest(), name)


def write_canary(folder, served):
    """What the program checks whenever it loads the model: how a text is read, and how like some texts are."""
    pairs = []
    for one, other in CANARY:
        vectors = served([one, other])
        pairs.append({"one": one, "other": other, "cosine": round(float(vectors[0] @ vectors[1]), 3)})
    text = CANARY[0][0]
    tokens = {"text": text, "ids": served.tokenizer.encode(text).ids}
    song = {"tolerance": TOLERANCE, "pairs": pairs, "tokens": tokens}
    with open(os.path.join(folder, "canary.json"), "w", encoding="utf-8") as file:
        json.dump(song, file, ensure_ascii=False, indent=2)
        file.write("\n")


if __name__ == "__main__":
    main()
