#!/usr/bin/env python3
"""Compares how many texts a second `caunoi` embeds with ONNX Runtime's own Python: same model, same texts, same threads,
one for a text read alone, all cores for many.

    scripts/bench_embed.py [--program target/release/caunoi] [--texts FILE] [--rounds 3]

Both take turns, so that what else the machine does weighs on both; the best round of each counts. Python reads the
texts one by one, as a plain program would, by one thread and by as many as there are cores; `caunoi` reads them one by
one, and then many at a time, texts of one length together and each core its own. Without --texts the passages of the sample city are read. The Python packages come from PyPI into a
virtual environment of their own.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".cache", "bench-venv")
PACKAGES = ["onnxruntime==1.32.0", "tokenizers==0.23.3", "numpy==2.4.6"]
MODEL = os.path.join(ROOT, "models", "vi-en")
LONGEST_TEXT = 512
PASSAGE = 320


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--program", default=os.path.join(ROOT, "target", "release", "caunoi"))
    options.add_argument("--texts", metavar="FILE", help="one text a line")
    options.add_argument("--rounds", type=int, default=3)
    options = options.parse_args()
    try:
        import numpy  # noqa: F401
        import onnxruntime  # noqa: F401
        import tokenizers  # noqa: F401
    except ImportError:
        go_on_in_a_venv()
    texts = lines_of(options.texts) if options.texts else sample_passages()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
        file.write("\n".join(texts))
        file.flush()
        compare(options.program, file.name, texts, options.rounds)


def compare(program, file, texts, rounds):
    cores = os.cpu_count()
    on_one, on_all = Reader(1), Reader(cores)
    alone, many, theirs, theirs_on_all = 0.0, 0.0, 0.0, 0.0
    for _ in range(rounds):
        ours = read_by_program(program, file)
        alone, many = max(alone, ours["alone_per_s"]), max(many, ours["many_per_s"])
        theirs = max(theirs, on_one.texts_a_second(texts))
        theirs_on_all = max(theirs_on_all, on_all.texts_a_second(texts))
    print(f"{len(texts)} texts, best of {rounds} rounds, texts a second")
    print(f"  ONNX Runtime's Python, one thread   {theirs:7.1f}")
    print(f"  caunoi, one by one                  {alone:7.1f}   ratio {alone / theirs:.2f} (goal .95)")
    print(f"  ONNX Runtime's Python, {cores} threads    {theirs_on_all:7.1f}")
    print(f"  caunoi, many at a time              {many:7.1f}   ratio {many / theirs_on_all:.2f}")


def read_by_program(program, file):
    command = [program, "--model", MODEL, "bench", "--embed", file]
    out = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout
    return json.loads(out)


class Reader:
    """The model by Python: so many threads, which do not spin while they wait."""

    def __init__(self, threads):
        import onnxruntime
        import tokenizers

        settings = onnxruntime.SessionOptions()
        settings.intra_op_num_threads = threads
        settings.add_session_config_entry("session.intra_op.allow_spinning", "0")
        path = os.path.join(MODEL, "model.onnx")
        self.session = onnxruntime.InferenceSession(path, settings, providers=["CPUExecutionProvider"])
        self.inputs = {one.name for one in self.session.get_inputs()}
        self.tokenizer = tokenizers.Tokenizer.from_file(os.path.join(MODEL, "tokenizer.json"))
        self.tokenizer.enable_truncation(LONGEST_TEXT)
        self.tokenizer.no_padding()

    def texts_a_second(self, texts):
        self.vector("xin chào")
        started = time.perf_counter()
        for text in texts:
            self.vector(text)
        return len(texts) / (time.perf_counter() - started)

    def vector(self, text):
        import numpy

        read = self.tokenizer.encode(text)
        fed = {
            "input_ids": read.ids,
            "attention_mask": read.attention_mask,
            "token_type_ids": read.type_ids,
        }
        fed = {name: numpy.array([ids], dtype=numpy.int64) for name, ids in fed.items() if name in self.inputs}
        tokens = self.session.run(None, fed)[0][0]
        mean = tokens.mean(axis=0)
        return mean / numpy.linalg.norm(mean)


def sample_passages():
    """Sentences of the sample city's needs and offers, in groups as long as a passage."""
    passages = []
    for name in ["needs.json", "offers.json"]:
        with open(os.path.join(ROOT, "src", "demo", name), encoding="utf-8") as file:
            for post in json.load(file):
                for text in filter(None, post["texts"].values()):
                    passages.extend(groups(" ".join(part for part in text.values() if part)))
    return passages


def groups(text):
    found = [""]
    for sentence in re.split(r"(?<=[.!?;])\s+|\n+", text):
        if found[-1] and len(found[-1]) + len(sentence) > PASSAGE:
            found.append("")
        found[-1] = f"{found[-1]} {sentence}".strip()
    return [group for group in found if group]


def lines_of(path):
    with open(path, encoding="utf-8") as file:
        return [line for line in file.read().splitlines() if line.strip()]


def go_on_in_a_venv():
    """Runs this very line again where the packages are."""
    python = os.path.join(VENV, "bin", "python")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        sys.exit("bench_embed: the packages were installed, and yet they cannot be loaded")
    if not os.path.exists(python):
        venv.create(VENV, with_pip=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *PACKAGES], check=True)
    os.execv(python, [python, *sys.argv])


if __name__ == "__main__":
    main()
