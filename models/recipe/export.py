#!/usr/bin/env python3
"""Weights → the folder that the program loads: ONNX with 8-bit weights, tokenizer, three small settings.

Products of matrices are MatMulNBits: 8-bit weights in blocks, activations rounded row by row, so a text has
the same vector alone and among others. Then the folder is checked against the weights it was made from.
"""

import argparse
import hashlib
import json
import os
import random
import shutil

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from safetensors.numpy import load_file

from encoder import EPSILON, HEADS, INNER, LAYERS, LONGEST, WIDTH, encode, load_encoder, load_tokenizer
from judge import OnnxModel
from texts import read_lessons

BLOCK = 128
LARGEST = 32_000_000
TOKENS = {f"{name}_token": f"[{name.upper()}]" for name in ("unk", "sep", "pad", "cls", "mask")}
CANARY = (
    ("Nhận dạng bệnh trên lá lúa bằng học sâu", "Deep learning for rice leaf disease detection"),
    ("Nhận dạng bệnh trên lá lúa bằng học sâu", "Blockchain for supply chain"),
    ("Chatbot tiếng Việt chăm sóc khách hàng", "A Vietnamese customer service assistant"),
    ("That is a happy person", "That is a happy dog"),
)
# Processors round the 8-bit products differently, in the third decimal.
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
    weights = load_file(options.weights)
    onnx.save(encoder_graph(weights), os.path.join(options.to, "model.onnx"))
    write_settings(options.to, len(weights["embeddings.word_embeddings.weight"]))
    check(options, tokenizer)


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


def encoder_graph(weights):
    graph = Graph(weights)
    hidden = graph.layer_norm(graph.embedded(), "embeddings.LayerNorm")
    real = graph.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    hidden_away = graph.node("Sub", [real, graph.constant("one", np.float32(1))])
    hidden_away = graph.node("Mul", [hidden_away, graph.constant("far", np.float32(1e4))])
    hidden_away = graph.node("Unsqueeze", [hidden_away, graph.constant("heads_and_rows", np.array([1, 2]))])
    for number in range(LAYERS):
        hidden = graph.layer(hidden, hidden_away, f"encoder.layer.{number}")
    return graph.model(hidden)


class Graph:
    def __init__(self, weights):
        self.weights, self.nodes, self.constants = weights, [], {}

    def model(self, last):
        self.nodes.append(helper.make_node("Identity", [last], ["last_hidden_state"]))
        inputs = ("input_ids", "attention_mask", "token_type_ids")
        graph = helper.make_graph(
            self.nodes,
            "encoder",
            [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "sequence"]) for name in inputs],
            [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "sequence", WIDTH])],
            list(self.constants.values()),
        )
        opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.microsoft", 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=8)

    def embedded(self):
        words, scales = rounded_rows(self.weights["embeddings.word_embeddings.weight"])
        word = self.node("Gather", [self.constant("words", words), "input_ids"])
        scale = self.node("Gather", [self.constant("word_scales", scales), "input_ids"])
        word = self.node("Mul", [self.node("Cast", [word], to=TensorProto.FLOAT), scale])
        kind = self.node("Gather", [self.own("embeddings.token_type_embeddings.weight"), "token_type_ids"])
        length = self.node("Shape", ["input_ids"], start=1, end=2)
        ends = [self.constant(name, np.array([value])) for name, value in (("first", 0), ("row_axis", 0))]
        places = self.own("embeddings.position_embeddings.weight")
        place = self.node("Slice", [places, ends[0], length, ends[1]])
        return self.node("Add", [self.node("Add", [word, kind]), place])

    def layer(self, x, hidden_away, name):
        size = WIDTH // HEADS
        split = self.constant("split", np.array([0, 0, HEADS, size]))
        whole = self.constant("whole", np.array([0, 0, WIDTH]))
        query, key, value = (
            self.node("Reshape", [self.linear(x, f"{name}.attention.self.{part}"), split])
            for part in ("query", "key", "value")
        )
        query, value = (self.node("Transpose", [part], perm=[0, 2, 1, 3]) for part in (query, value))
        key = self.node("Transpose", [key], perm=[0, 2, 3, 1])
        likeness = self.node("MatMul", [query, key])
        likeness = self.node("Mul", [likeness, self.constant("cooler", np.float32(size**-0.5))])
        share = self.node("Softmax", [self.node("Add", [likeness, hidden_away])], axis=-1)
        seen = self.node("Transpose", [self.node("MatMul", [share, value])], perm=[0, 2, 1, 3])
        seen = self.linear(self.node("Reshape", [seen, whole]), f"{name}.attention.output.dense")
        x = self.layer_norm(self.node("Add", [seen, x]), f"{name}.attention.output.LayerNorm")
        thought = self.gelu(self.linear(x, f"{name}.intermediate.dense"))
        thought = self.linear(thought, f"{name}.output.dense")
        return self.layer_norm(self.node("Add", [thought, x]), f"{name}.output.LayerNorm")

    def linear(self, x, name):
        weight = self.weights[f"{name}.weight"]
        rows, columns = weight.shape
        blocks = weight.reshape(rows, columns // BLOCK, BLOCK)
        scales = np.maximum(np.abs(blocks).max(-1), 1e-12) / 127
        # Stored as unsigned bytes whose zero is 128.
        rounded = np.clip(np.round(blocks / scales[..., None]) + 128, 0, 255).astype(np.uint8)
        product = self.node(
            "MatMulNBits",
            [
                x,
                self.constant(f"{name}.rounded", rounded),
                self.constant(f"{name}.scales", scales.astype(np.float32).reshape(-1)),
            ],
            domain="com.microsoft",
            K=columns,
            N=rows,
            bits=8,
            block_size=BLOCK,
            accuracy_level=4,
        )
        return self.node("Add", [product, self.own(f"{name}.bias")])

    def gelu(self, x):
        bent = self.node("Erf", [self.node("Mul", [x, self.constant("root_of_half", np.float32(0.5**0.5))])])
        bent = self.node("Add", [bent, self.constant("one", np.float32(1))])
        return self.node("Mul", [self.node("Mul", [x, bent]), self.constant("half", np.float32(0.5))])

    def layer_norm(self, x, name):
        parts = [x, self.own(f"{name}.weight"), self.own(f"{name}.bias")]
        return self.node("LayerNormalization", parts, axis=-1, epsilon=EPSILON)

    def own(self, name):
        return self.constant(name, self.weights[name])

    def constant(self, name, value):
        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.ascontiguousarray(value).reshape(np.shape(value)), name)
        return name

    def node(self, kind, inputs, **settings):
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [name], name=name, **settings))
        return name


def rounded_rows(table):
    scales = np.maximum(np.abs(table).max(1, keepdims=True), 1e-12) / 127
    return np.round(table / scales).astype(np.int8), scales.astype(np.float32)


def check(options, tokenizer_path):
    """Stops when the folder does not behave as the weights do; prints what the card and the tests quote."""
    held_out = random.Random(0).sample(read_lessons(options.data).held_out, 120)
    texts = [p.vietnamese for p in held_out] + [p.english for p in held_out]
    served, trained = OnnxModel(options.to), load_tokenizer(tokenizer_path)
    for text in texts:
        if served.tokenizer.encode(text).ids != trained.encode(text).ids:
            raise SystemExit(f"other tokens than in training: {text}")
    exact = encode(load_encoder(options.weights), trained, texts)
    among, alone = served(texts), np.concatenate([served([text]) for text in texts])
    for what, vectors, least in (("8-bit to exact", exact, 0.995), ("alone to among others", alone, 0.9999)):
        cosines = (among * vectors).sum(1)
        print(f"{what}: cosine {cosines.mean():.5f} on average, {cosines.min():.5f} at worst")
        if cosines.min() < least:
            raise SystemExit(f"{what}: too far apart")
    size = os.path.getsize(os.path.join(options.to, "model.onnx"))
    if size > LARGEST:
        raise SystemExit(f"model.onnx has {size} bytes, more than {LARGEST}")
    write_canary(options.to, served)
    for name in sorted(os.listdir(options.to)):
        if name != "README.md":
            with open(os.path.join(options.to, name), "rb") as file:
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
