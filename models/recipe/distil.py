#!/usr/bin/env python3
"""Teaches the pupil: its vector of a Vietnamese text shall be the teacher's vector of the English one.

First only the new rows of the token table learn, which is cheap and cannot hurt English; then everything
does, with English texts among the lessons. Stop it at any time: the same command goes on from the last
checkpoint.
"""

import argparse
import os
import random
import time

import numpy as np
import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from torch import nn

from encoder import device, encode, load_encoder, load_tokenizer, padded, token_ids
from prepare import LONGEST, english_texts
from texts import read_lessons, without_marks

ENGLISH_ROWS = 30522
TABLE = "embeddings.word_embeddings.weight"
NEW_ROW_RATE, BODY_RATE = 1e-3, 5e-5
# The share of the run in which the body rests; how low the rate has fallen at the end.
ROWS_ONLY, LOWEST = 0.2, 0.02
WARM_UP = 60
TOKENS_A_STEP = 1200
STRIPPED = 0.08
# English texts for one Vietnamese, once the body learns, and how much more each weighs.
ENGLISH, ENGLISH_WEIGHT = 0.35, 2.0
# The likeness to every teacher vector, as a distribution: its weight, and how sharply it is seen.
RANKING, TEMPERATURE = 0.3, 0.07
CHECKPOINT_MINUTES, JUDGE_MINUTES, LOG_STEPS = 6, 20, 20


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="the folder with the pairs (*.tsv)")
    parser.add_argument("--work", required=True, help="the folder that prepare.py filled")
    parser.add_argument("--minutes", type=float, default=120, help="how long to learn, pauses not counted")
    parser.add_argument("--steps", type=int, default=10**9, help="or how many steps, for a run that repeats exactly")
    parser.add_argument("--out", default="pupil", help="name of the checkpoint and of the weights made")
    options = parser.parse_args()
    run = Run(options)
    run.learn()
    save_file(plain_weights(run.model.state_dict()), os.path.join(options.work, f"{options.out}.safetensors"))


class Run:
    def __init__(self, options):
        self.options = options
        self.lessons = read_lessons(options.data)
        self.tokenizer = load_tokenizer(os.path.join(options.work, "tokenizer.json"))
        vectors = np.load(os.path.join(options.work, "teacher.npy")).astype(np.float32)
        if len(vectors) != len(english_texts(self.lessons)) or not vectors.any(axis=1).all():
            raise SystemExit("teacher.npy is not complete: run prepare.py again")
        self.targets = F.normalize(torch.from_numpy(vectors), dim=-1).to(device())
        self.vietnamese = token_ids(self.tokenizer, [p.vietnamese for p in self.lessons.train], LONGEST)
        self.stripped = token_ids(self.tokenizer, [without_marks(p.vietnamese) for p in self.lessons.train], LONGEST)
        self.english = token_ids(self.tokenizer, english_texts(self.lessons), LONGEST)
        count = len(self.lessons.train)
        self.bank = self.targets[:count]
        # Held-out texts stay out of the English lessons too.
        self.english_choice = [*range(count), *range(count + len(self.lessons.held_out), len(self.english))]
        self.model = load_encoder(os.path.join(options.work, "start.safetensors")).train()
        self.table = SplitTable(self.model.words.detach(), self.rows_in_use())
        self.model.embeddings["word_embeddings"] = self.table
        self.body = [p for name, p in self.model.named_parameters() if not name.endswith(".new")]
        groups = [{"params": [self.table.new], "rate": NEW_ROW_RATE}, {"params": self.body, "rate": BODY_RATE}]
        self.optimizer = torch.optim.AdamW(groups, lr=0.0, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.step, self.epoch, self.place, self.seconds, self.body_since = 0, 0, 0, 0.0, None
        self.resume()

    def rows_in_use(self):
        """English rows that Vietnamese texts use too; all others keep the teacher's values."""
        used = torch.zeros(ENGLISH_ROWS, 1)
        for ids in (*self.vietnamese, *self.stripped):
            used[[i for i in ids if i < ENGLISH_ROWS and i > 102]] = 1
        return used.to(device())

    def learn(self):
        checkpointed = judged = time.monotonic()
        while self.progress() < 1:
            batches = self.batches()
            while self.place < len(batches) and self.progress() < 1:
                began = time.monotonic()
                told = self.one_step(batches[self.place])
                self.place += 1
                self.step += 1
                self.seconds += time.monotonic() - began
                if self.step % LOG_STEPS == 0:
                    print(f"{self.seconds / 60:.1f} min, epoch {self.epoch}, step {self.step}: {told}", flush=True)
                if time.monotonic() - checkpointed > CHECKPOINT_MINUTES * 60:
                    self.checkpoint()
                    checkpointed = time.monotonic()
                if time.monotonic() - judged > JUDGE_MINUTES * 60:
                    self.judge()
                    judged = time.monotonic()
            if self.place == len(batches):
                self.epoch, self.place = self.epoch + 1, 0
        self.checkpoint()
        self.judge()

    def progress(self):
        return max(self.seconds / 60 / self.options.minutes, self.step / self.options.steps)

    def batches(self):
        """One epoch: (ids, place of the target, is English), texts of like length together."""
        chance = random.Random(self.epoch)
        lessons = [
            ((self.stripped if chance.random() < STRIPPED else self.vietnamese)[i], i, False)
            for i in range(len(self.vietnamese))
        ]
        lessons += [(self.english[i], i, True) for i in chance.sample(self.english_choice, int(ENGLISH * len(lessons)))]
        chance.shuffle(lessons)
        batches = []
        for start in range(0, len(lessons), 2000):
            batch, longest = [], 0
            for lesson in sorted(lessons[start : start + 2000], key=lambda lesson: len(lesson[0])):
                longest = len(lesson[0])
                if batch and longest * (len(batch) + 1) > TOKENS_A_STEP:
                    batches.append(batch)
                    batch = []
                batch.append(lesson)
            batches.append(batch)
        chance.shuffle(batches)
        return batches

    def one_step(self, batch):
        with_body = self.progress() >= ROWS_ONLY
        if with_body and self.body_since is None:
            self.body_since = self.step
        for parameter in self.body:
            parameter.requires_grad_(with_body)
        if not with_body:
            batch = [lesson for lesson in batch if not lesson[2]] or batch
        rate = max(LOWEST, 1 - self.progress())
        warm = [self.step + 1, self.step + 1 - (self.body_since or 0)]
        for group, steps in zip(self.optimizer.param_groups, warm):
            group["lr"] = group["rate"] * rate * min(1, steps / WARM_UP)
        found = self.model(*padded([ids for ids, _, _ in batch]))
        wanted = self.targets[[place for _, place, _ in batch]]
        weight = torch.tensor([ENGLISH_WEIGHT if english else 1.0 for _, _, english in batch], device=device())
        apart = (found - wanted).square().sum(1)
        ranked = ranking_loss(found, wanted, self.bank)
        loss = ((apart + RANKING * ranked) * weight).mean()
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_([p for p in self.model.parameters() if p.grad is not None], 1.0)
        self.optimizer.step()
        return f"apart {apart.mean().item():.3f}, ranking {ranked.mean().item():.3f}, {len(batch)} texts"

    def judge(self):
        """On pairs it never saw: is its own English first, how near is it, and how true did English stay?"""
        count = len(self.lessons.train)
        held_out = self.lessons.held_out
        wanted = self.targets[count : count + len(held_out)].cpu().numpy()
        self.model.eval()
        found = encode(self.model, self.tokenizer, [p.vietnamese for p in held_out])
        english = encode(self.model, self.tokenizer, [p.english for p in held_out])
        self.model.train()
        likeness = found @ wanted.T
        first = (likeness.argmax(1) == np.arange(len(held_out))).mean()
        print(
            f"held out at step {self.step}: first {first:.3f}, likeness {np.diag(likeness).mean():.4f}, "
            f"English {(english * wanted).sum(1).mean():.4f}",
            flush=True,
        )

    def checkpoint(self):
        path = self.checkpoint_path()
        state = {
            "model": self.model.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "place": (self.step, self.epoch, self.place, self.seconds, self.body_since),
        }
        torch.save(state, path + ".part")
        os.replace(path + ".part", path)

    def resume(self):
        if os.path.exists(self.checkpoint_path()):
            state = torch.load(self.checkpoint_path(), map_location=device(), weights_only=True)
            self.model.load_state_dict(state["model"])
            self.optimizer.load_state_dict(state["optimizer"])
            for group, rate in zip(self.optimizer.param_groups, (NEW_ROW_RATE, BODY_RATE)):
                group["rate"] = rate
            self.step, self.epoch, self.place, self.seconds, self.body_since = state["place"]
            print(f"going on at step {self.step}, after {self.seconds / 60:.1f} minutes", flush=True)

    def checkpoint_path(self):
        return os.path.join(self.options.work, f"{self.options.out}.checkpoint")


class SplitTable(nn.Module):
    """The token table in two parts, so that each can learn at its own rate."""

    def __init__(self, weight, used):
        super().__init__()
        self.old = nn.Parameter(weight[:ENGLISH_ROWS].clone())
        self.new = nn.Parameter(weight[ENGLISH_ROWS:].clone())
        self.old.register_hook(lambda gradient: gradient * used)

    @property
    def weight(self):
        return torch.cat([self.old, self.new])

    def forward(self, ids):
        return F.embedding(ids, self.weight)


def plain_weights(state):
    """As a plain encoder has them, the two parts of the token table made one again."""
    old, new = (state[TABLE.replace("weight", part)] for part in ("old", "new"))
    weights = {name: value for name, value in state.items() if not name.startswith(TABLE.removesuffix("weight"))}
    return {name: value.contiguous().cpu() for name, value in (weights | {TABLE: torch.cat([old, new])}).items()}


def ranking_loss(found, wanted, bank):
    """How far the pupil's view of every text in the bank is from the teacher's."""
    with torch.no_grad():
        seen = F.softmax(wanted @ bank.T / TEMPERATURE, dim=-1)
    return -(seen * F.log_softmax(found @ bank.T / TEMPERATURE, dim=-1)).sum(-1) + (seen * (seen + 1e-12).log()).sum(-1)


if __name__ == "__main__":
    torch.manual_seed(0)
    torch.set_flush_denormal(True)
    main()
