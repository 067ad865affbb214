"""The encoder as an ONNX graph whose products of matrices are of whole numbers.

Weights are rounded to 8 bits column by column, activations row by row, so a text has the same vector alone and among
others. A few channels of the hidden states are much louder than all others, and would leave these a few steps only:
they are multiplied exactly, beside the rest.
"""

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from encoder import EPSILON, HEADS, LAYERS, WIDTH

# A number of 8 bits is stored as an unsigned byte: 0 as 128, the greatest as 255, its opposite as 1.
MIDDLE, STEPS = 128, 127


def encoder_graph(weights, loud):
    """`loud`: the channels that are multiplied exactly, by the name of the first layer that reads them."""
    graph = Graph(weights, loud)
    hidden = graph.layer_norm(graph.embedded(), "embeddings.LayerNorm")
    real = graph.node("Cast", ["attention_mask"], to=TensorProto.FLOAT)
    hidden_away = graph.node("Sub", [real, graph.constant("one", np.float32(1))])
    hidden_away = graph.node("Mul", [hidden_away, graph.constant("far", np.float32(1e4))])
    hidden_away = graph.node("Unsqueeze", [hidden_away, graph.constant("heads_and_rows", np.array([1, 2]))])
    for number in range(LAYERS):
        hidden = graph.layer(hidden, hidden_away, f"encoder.layer.{number}")
    return graph.model(hidden)


class Graph:
    def __init__(self, weights, loud):
        self.weights, self.loud, self.nodes, self.constants = weights, loud, [], {}

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
        parts = self.linear(x, *(f"{name}.attention.self.{part}" for part in ("query", "key", "value")))
        query, key, value = (self.node("Reshape", [part, split]) for part in self.thirds(parts))
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

    def linear(self, x, *names):
        """x times the weights of these layers side by side, plus their biases."""
        weight, bias = (np.concatenate([self.weights[f"{name}.{part}"] for name in names]) for part in ("weight", "bias"))
        loud = self.loud.get(names[0])
        if loud is None:
            product = self.rounded_product(x, weight, names[0])
        else:
            quiet = np.ones(weight.shape[1], np.float32)
            quiet[loud] = 0
            rest = self.node("Mul", [x, self.constant(f"{names[0]}.quiet", quiet)])
            alone = self.node("Gather", [x, self.constant(f"{names[0]}.loud", loud)], axis=-1)
            alone = self.node("MatMul", [alone, self.constant(f"{names[0]}.exact", weight[:, loud].T)])
            product = self.node("Add", [self.rounded_product(rest, weight * quiet, names[0]), alone])
        return self.node("Add", [product, self.constant(f"{names[0]}.biases", bias)])

    def rounded_product(self, x, weight, name):
        scales = np.maximum(np.abs(weight).max(1), 1e-12) / STEPS
        rounded = (np.round(weight / scales[:, None]) + MIDDLE).astype(np.uint8)
        step, middle = self.constant("step", np.float32(1 / STEPS)), self.constant("middle", np.uint8(MIDDLE))
        # Each row is brought to 1 at most before it is rounded, and back after the product.
        greatest = self.node("ReduceMax", [self.node("Abs", [x])], axes=[-1], keepdims=1)
        rows = self.node("QuantizeLinear", [self.node("Div", [x, greatest]), step, middle])
        parts = [
            rows,
            self.constant(f"{name}.rounded", rounded.T),
            step,
            self.constant(f"{name}.scales", scales.astype(np.float32)),
            middle,
            self.constant(f"{name}.middles", np.full(len(weight), MIDDLE, np.uint8)),
        ]
        product = self.node("MatMulIntegerToFloat", parts, domain="com.microsoft")
        return self.node("Mul", [product, greatest])

    def thirds(self, x):
        name = f"Split_{len(self.nodes)}"
        thirds = [f"{name}_{part}" for part in ("query", "key", "value")]
        widths = self.constant("widths", np.array([WIDTH] * 3))
        self.nodes.append(helper.make_node("Split", [x, widths], thirds, name=name, axis=-1))
        return thirds

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
    scales = np.maximum(np.abs(table).max(1, keepdims=True), 1e-12) / STEPS
    return np.round(table / scales).astype(np.int8), scales.astype(np.float32)
