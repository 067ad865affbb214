#!/usr/bin/env python3
"""How well does a model find by meaning alone? nDCG@10 on every set of a folder.

A model is `teacher`, a folder with model.onnx and tokenizer.json, or weights (*.safetensors) beside their
tokenizer.json. A set is a folder with corpus.jsonl, queries.jsonl and qrels.tsv; questions typed without
marks (queries_nodiacritics.jsonl), where there are any, are judged on a line of their own.
"""

import argparse
import json
import math
import os
import random

import numpy as np

from encoder import WIDTH, encode, load_encoder, load_teacher, load_tokenizer, token_ids

DEPTH = 10


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dev", required=True, help="the folder with the sets")
    parser.add_argument("--questions", type=int, default=250, help="at most so many of a set, drawn by lot")
    parser.add_argument("--sets", nargs="*", help="only these")
    parser.add_argument("--rows", action="store_true", help="also with vectors in eight bits, as the program keeps them")
    parser.add_argument("models", nargs="+")
    options = parser.parse_args()
    names = options.sets or sorted(os.listdir(options.dev))
    for model in options.models:
        vectors_of = remembering(open_model(model))
        for name in names:
            folder = os.path.join(options.dev, name)
            for line, score in judged(folder, vectors_of, options.questions):
                print(f"{model}\t{line}\t{score:.4f}", flush=True)
            if options.rows:
                for line, score in judged(folder, lambda texts: in_eight_bits(vectors_of(texts)), options.questions):
                    print(f"{model}\t{line}, rows of eight bits\t{score:.4f}", flush=True)


def judged(folder, vectors_of, most):
    grades = {}
    with open(os.path.join(folder, "qrels.tsv"), encoding="utf-8") as lines:
        next(lines)
        for line in lines:
            question, document, grade = line.split("\t")
            grades.setdefault(question, {})[document] = float(grade)
    corpus = records(folder, "corpus.jsonl")
    documents = vectors_of([". ".join(filter(None, (d.get("title"), d["text"]))) for d in corpus])
    ids = [document["id"] for document in corpus]
    for file, mark in (("queries.jsonl", ""), ("queries_nodiacritics.jsonl", " without marks")):
        if os.path.exists(os.path.join(folder, file)):
            questions = [q for q in records(folder, file) if q["id"] in grades]
            if len(questions) > most:
                questions = random.Random(1).sample(questions, most)
            likeness = vectors_of([question["text"] for question in questions]) @ documents.T
            scores = [ndcg(row, ids, grades[q["id"]]) for row, q in zip(likeness, questions)]
            yield os.path.basename(folder) + mark, float(np.mean(scores))


def in_eight_bits(vectors):
    """As src/kit/search/vectors.rs packs a row: its greatest number becomes 127."""
    rows = np.round(vectors * (127 / np.abs(vectors).max(axis=1, keepdims=True)))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def ndcg(likeness, ids, grades):
    best = np.argsort(-likeness, kind="stable")[:DEPTH]
    gain = lambda found: sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(found))
    ideal = gain(sorted(grades.values(), reverse=True)[:DEPTH])
    return gain([grades.get(ids[i], 0) for i in best]) / ideal if ideal else 0.0


def records(folder, file):
    with open(os.path.join(folder, file), encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def open_model(name):
    """A function from texts to unit vectors."""
    if name == "teacher":
        model, tokenizer, _ = load_teacher()
        return lambda texts: encode(model, tokenizer, texts)
    if name.endswith(".safetensors"):
        model = load_encoder(name)
        tokenizer = load_tokenizer(os.path.join(os.path.dirname(name), "tokenizer.json"))
        return lambda texts: encode(model, tokenizer, texts)
    return OnnxModel(name)


class OnnxModel:
    def __init__(self, folder, threads=2):
        import onnxruntime

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        self.session = onnxruntime.InferenceSession(
            os.path.join(folder, "model.onnx"), settings, providers=["CPUExecutionProvider"]
        )
        self.tokenizer = load_tokenizer(os.path.join(folder, "tokenizer.json"))

    def __call__(self, texts, at_once=16):
        ids = token_ids(self.tokenizer, texts)
        order = sorted(range(len(ids)), key=lambda i: len(ids[i]))
        vectors = np.empty((len(ids), WIDTH), np.float32)
        for start in range(0, len(order), at_once):
            some = order[start : start + at_once]
            vectors[some] = self.run([ids[i] for i in some])
        return vectors

    def run(self, ids):
        rows = np.zeros((len(ids), max(map(len, ids))), np.int64)
        mask = np.zeros_like(rows)
        for row, one in enumerate(ids):
            rows[row, : len(one)] = one
            mask[row, : len(one)] = 1
        inputs = {"input_ids": rows, "attention_mask": mask, "token_type_ids": np.zeros_like(rows)}
        [hidden] = self.session.run(None, inputs)
        sums = (hidden * mask[..., None]).sum(1)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def remembering(vectors_of):
    """Sets share texts; each is encoded once."""
    known = {}

    def recalled(texts):
        new = sorted({text for text in texts if text not in known})
        if new:
            known.update(zip(new, vectors_of(new)))
        return np.stack([known[text] for text in texts])

    return recalled


if __name__ == "__main__":
    main()
