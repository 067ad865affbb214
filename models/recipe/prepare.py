#!/usr/bin/env python3
"""Pairs → tokenizer, start weights and the teacher's vectors, all in the work folder.

Each step is left out when its file is there, so a broken run goes on where it stopped.
"""

import argparse
import collections
import json
import os
import re
import time

import numpy as np
import torch
from safetensors.torch import save_file

from align import likely_translations
from encoder import WIDTH, device, encode, load_encoder, load_teacher, load_tokenizer, token_ids
from texts import TONE_PLACES, plain, read_lessons, without_marks

MARKED = "àáảãạăằắẳẵặâầấẩẫậèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵđ"
LONGEST_SYLLABLE = 7  # nghiêng
# A syllable seen this often becomes a token: with marks, without any, and typed without those it should have.
SEEN_MARKED, SEEN_PLAIN, SEEN_STRIPPED = 2, 20, 25
# What the longest teacher texts may count; the pupil's lessons are cut at the same length.
LONGEST = 128
CHUNK = 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True, help="the folder with the pairs (*.tsv)")
    parser.add_argument("--work", required=True, help="where everything made goes")
    options = parser.parse_args()
    os.makedirs(options.work, exist_ok=True)
    lessons = read_lessons(options.data)
    print(collections.Counter(pair.source for pair in lessons.train), flush=True)
    teacher, english, english_file = load_teacher()
    at = lambda name: os.path.join(options.work, name)

    if not os.path.exists(at("tokenizer.json")):
        build_tokenizer(english_file, lessons, at("tokenizer.json"))
    bilingual = load_tokenizer(at("tokenizer.json"))
    if not os.path.exists(at("start.safetensors")):
        weights = start_weights(teacher, english, bilingual, lessons)
        save_file(weights, at("start.safetensors"))
    report_start(load_encoder(at("start.safetensors")), bilingual, teacher, english, lessons.held_out)

    write_teacher_vectors(teacher, english, english_texts(lessons), at("teacher.npy"))


def write_teacher_vectors(teacher, english, texts, path):
    """What has been computed stays in the file, so a stopped run loses a minute at most."""
    if os.path.exists(path):
        vectors = np.load(path, mmap_mode="r+")
        if len(vectors) != len(texts):
            raise SystemExit("teacher.npy belongs to other lessons: delete it and run again")
    else:
        vectors = np.lib.format.open_memmap(path, "w+", np.float16, (len(texts), WIDTH))
    began = time.time()
    for start in range(0, len(texts), CHUNK):
        chunk = slice(start, start + CHUNK)
        if not vectors[chunk].any(axis=1).all():
            vectors[chunk] = encode(teacher, english, texts[chunk], LONGEST)
            print(f"teacher {start} of {len(texts)}, {time.time() - began:.0f} s", flush=True)
    vectors.flush()


def english_texts(lessons):
    """Every English text once, in the order of the teacher's vectors: pairs, held out, English alone."""
    return [p.english for p in lessons.train] + [p.english for p in lessons.held_out] + lessons.english


def build_tokenizer(english_file, lessons, path):
    """The English tokenizer with marks kept and Vietnamese syllables as tokens; English stays as it was."""
    with open(english_file, encoding="utf-8") as file:
        tokenizer = json.load(file)
    vocabulary = tokenizer["model"]["vocab"]
    new = [token for letter in MARKED for token in (letter, f"##{letter}") if token not in vocabulary]
    new += syllables(single_pairs(lessons), vocabulary)
    for token in dict.fromkeys(new):
        vocabulary[token] = len(vocabulary)
    tokenizer["normalizer"] = {
        "type": "Sequence",
        "normalizers": [
            {"type": "NFC"},
            {
                "type": "BertNormalizer",
                "clean_text": True,
                "handle_chinese_chars": True,
                "strip_accents": False,
                "lowercase": True,
            },
            *({"type": "Replace", "pattern": {"String": old}, "content": new} for old, new in TONE_PLACES.items()),
        ],
    }
    tokenizer["padding"] = tokenizer["truncation"] = None
    with open(path, "w", encoding="utf-8") as file:
        json.dump(tokenizer, file, ensure_ascii=False)
    print(f"{len(vocabulary)} tokens, {len(dict.fromkeys(new))} of them new", flush=True)


def syllables(pairs, vocabulary):
    seen = syllable_counts(pairs)
    stripped = collections.Counter()
    for word, count in seen.items():
        if is_marked(word):
            stripped[without_marks(word)] += count
    fits = lambda word: len(word) <= LONGEST_SYLLABLE and word not in vocabulary
    marked = [w for w, count in seen.most_common() if fits(w) and is_marked(w) and count >= SEEN_MARKED]
    bare = [w for w, count in seen.most_common() if fits(w) and not is_marked(w) and count >= SEEN_PLAIN]
    bare += [w for w, count in stripped.most_common() if fits(w) and w.isascii() and count >= SEEN_STRIPPED]
    # A new token at the head of an English word would cut that word in another place than the teacher does.
    heads = {
        word[:length]
        for pair in pairs
        for word in re.findall(r"[a-z]+", pair.english.lower())
        if word not in vocabulary
        for length in range(1, len(word) + 1)
    }
    return marked + [word for word in dict.fromkeys(bare) if word not in heads]


def is_marked(word):
    return any(letter in MARKED for letter in word)


def start_weights(teacher, english, bilingual, lessons):
    """The teacher's weights; a new token starts between the English tokens that it most likely translates."""
    pairs = single_pairs(lessons)
    old = teacher.words.detach()
    size = bilingual.get_vocab_size()
    special = {101, 102}
    sides = [
        [sorted(set(ids) - special) for ids in token_ids(tokenizer, [getattr(p, side) for p in pairs], LONGEST)]
        for tokenizer, side in ((english, "english"), (bilingual, "vietnamese"))
    ]
    chosen = likely_translations(*sides)
    torch.manual_seed(0)
    rows = torch.cat([old, old[1000:].mean(0) + 0.02 * torch.randn(size - len(old), old.shape[1])])
    shown = {bilingual.token_to_id(word): word for word in ("bệnh", "học", "máy", "dữ", "ảnh", "nước")}
    for token, (ids, weights) in chosen.items():
        if token >= len(old):
            rows[token] = torch.from_numpy(weights) @ old[ids]
        if token in shown:
            print(shown[token], [(english.id_to_token(int(i)), round(float(w), 2)) for i, w in zip(ids, weights)])
    start_stripped(rows, bilingual, pairs, len(old))
    weights = {name: value.clone().contiguous() for name, value in teacher.state_dict().items()}
    weights["embeddings.word_embeddings.weight"] = rows
    return weights


def start_stripped(rows, bilingual, pairs, first_new):
    """A syllable typed without marks starts between the syllables it may stand for, by how often they occur."""
    seen = syllable_counts(pairs)
    sums = collections.defaultdict(lambda: [0, 0.0])
    for word, count in seen.items():
        stripped = without_marks(word)
        marked, bare = bilingual.token_to_id(word), bilingual.token_to_id(stripped)
        if is_marked(word) and not seen[stripped] and None not in (marked, bare) and bare >= first_new:
            sums[bare][0] += count
            sums[bare][1] = sums[bare][1] + count * rows[marked]
    for bare, (count, total) in sums.items():
        rows[bare] = total / count


def single_pairs(lessons):
    """Without those composed of others, which would count the same words again."""
    return [pair for pair in lessons.train if pair.source not in ("joined", "framed")]


def syllable_counts(pairs):
    seen = collections.Counter()
    for pair in pairs:
        seen.update(re.findall(r"[^\W\d_]+", plain(pair.vietnamese)))
    return seen


def report_start(start, bilingual, teacher, english, held_out):
    wanted = encode(teacher, english, [pair.english for pair in held_out])
    found = encode(start, bilingual, [pair.vietnamese for pair in held_out])
    likeness = found @ wanted.T
    right = (likeness.argmax(1) == np.arange(len(held_out))).mean()
    print(f"start, held out: its own English first {right:.3f}, likeness {np.diag(likeness).mean():.3f}", flush=True)


if __name__ == "__main__":
    torch.set_num_threads(min(2, os.cpu_count() or 1) if device().type == "cpu" else torch.get_num_threads())
    main()
