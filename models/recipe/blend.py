#!/usr/bin/env python3
"""A checkpoint → weights, with the body drawn back towards the teacher's so that English stays true.

The new rows stay as learnt. It also serves to judge a run that is not over.
"""

import argparse
import os

import torch
from safetensors.torch import load_file, save_file

from distil import ENGLISH_ROWS, TABLE, plain_weights


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", required=True, help="the folder of the run")
    parser.add_argument("--checkpoint", default="pupil", help="its name there")
    parser.add_argument("--share", type=float, default=1.0, help="of what the body learnt, from 0 to 1")
    parser.add_argument("--to", required=True, help="the weights to write, in the same folder (*.safetensors)")
    options = parser.parse_args()
    at = lambda name: os.path.join(options.work, name)
    state = torch.load(at(f"{options.checkpoint}.checkpoint"), map_location="cpu", weights_only=True)
    start, learnt = load_file(at("start.safetensors")), plain_weights(state["model"])
    blended = {name: torch.lerp(start[name], learnt[name], options.share) for name in learnt}
    blended[TABLE][ENGLISH_ROWS:] = learnt[TABLE][ENGLISH_ROWS:]
    save_file(blended, at(options.to))


if __name__ == "__main__":
    main()
