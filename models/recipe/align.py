"""Which English tokens does a Vietnamese token translate? IBM's first model, both ways, a few rounds of EM."""

import numpy as np

ROUNDS = 6
MOST = 6  # English tokens for one Vietnamese token
LONGEST = 70  # a longer pair says little about single tokens and costs the square


def likely_translations(english, vietnamese):
    """For each Vietnamese token its likeliest English tokens and their weights, which add up to one.

    Both arguments list, text by text, the distinct tokens in it.
    """
    texts = [(e, v) for e, v in zip(english, vietnamese) if e and v and max(len(e), len(v)) <= LONGEST]
    english_tokens, english = numbered([e for e, _ in texts])
    vietnamese_tokens, vietnamese = numbered([v for _, v in texts])
    shape = (len(vietnamese_tokens), len(english_tokens))
    forth = expected(vietnamese, english, shape)
    back = expected(english, vietnamese, shape[::-1])
    chosen = {}
    for row, token in enumerate(vietnamese_tokens):
        agreed = forth[row] * back[:, row]
        best = np.argsort(agreed)[: -MOST - 1 : -1]
        best = best[agreed[best] > 0]
        if len(best):
            weights = np.sqrt(agreed[best])
            chosen[int(token)] = (english_tokens[best], (weights / weights.sum()).astype(np.float32))
    return chosen


def numbered(texts):
    """The distinct tokens, and the texts with each token replaced by its place among them."""
    tokens = np.unique(np.concatenate([np.asarray(text) for text in texts]))
    return tokens, [np.searchsorted(tokens, text) for text in texts]


def expected(sources, targets, shape):
    """The chance of each target token given a source token."""
    chance = np.full(shape, 1.0 / shape[1], np.float32)
    for _ in range(ROUNDS):
        counts = np.zeros(shape, np.float32)
        for source, target in zip(sources, targets):
            cells = np.ix_(source, target)
            share = chance[cells]
            counts[cells] += share / share.sum(0)
        chance = counts / np.maximum(counts.sum(1, keepdims=True), 1e-9)
    return chance
