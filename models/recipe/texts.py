"""The lessons: pairs of an English and a Vietnamese text that say the same, each with where it comes from."""

import glob
import os
import random
import unicodedata
from typing import NamedTuple

# The machine-made paragraphs of Dive into Deep Learning teach English alone, which people wrote.
PAIRED = ("alt_wiki", "d2l_human_lines", "d2l_human_paras")
ENGLISH_ONLY = ("d2l_machine_paras",)
HELD_OUT = 500
# Of all places where two or three neighbours could be joined, one in so many is.
JOINED_ONE_IN = 14
JOINED_CHARACTERS = 450
ENGLISH_CHARACTERS = 450
FRAMED = 4500
# English that keeps the body true to its teacher over the whole vocabulary: what WordNet says of its words.
GLOSSES, GLOSS_CHARACTERS = 24000, range(50, 220)

TONES = "\u0300\u0301\u0309\u0303\u0323"
# "hòa" and "hoà" are one word; the newer spelling is always right, since "hòan" is none.
TONE_PLACES = {
    unicodedata.normalize("NFC", first + tone + second): unicodedata.normalize("NFC", first + second + tone)
    for first, second in ("oa", "oe", "uy")
    for tone in TONES
}


class Pair(NamedTuple):
    english: str
    vietnamese: str
    source: str


class Lessons(NamedTuple):
    train: list  # of Pair
    held_out: list  # of Pair, never trained on
    english: list  # further English texts that have no Vietnamese side here


def read_lessons(data, seed=0):
    chance = random.Random(seed)
    files = {source: read_pairs(data, source) for source in (*PAIRED, *ENGLISH_ONLY)}
    glossary = read_pairs(data, "glossary")
    everyone = [pair for source in PAIRED for pair in files[source]]
    held_out = set(chance.sample(everyone, HELD_OUT))
    kept = [pair for pair in everyone if pair not in held_out]
    train = kept + glossary + joined(kept, chance) + framed(glossary, chance)
    english = [pair.english for source in ENGLISH_ONLY for pair in files[source]]
    english = sorted({text for text in english if len(text) <= ENGLISH_CHARACTERS})
    return Lessons(list(dict.fromkeys(train)), sorted(held_out), english + glosses(data))


def read_pairs(data, source):
    pairs = []
    with open(os.path.join(data, f"{source}.tsv"), encoding="utf-8") as lines:
        for line in lines:
            english, _, vietnamese = line.rstrip("\n").partition("\t")
            if english.strip() and vietnamese.strip():
                pairs.append(Pair(english.strip(), unicodedata.normalize("NFC", vietnamese.strip()), source))
    return pairs


def glosses(data):
    """Of `wordnet/data.*`, as Debian's wordnet-base holds them, each n-th; none when the folder is not there."""
    texts = set()
    for path in sorted(glob.glob(os.path.join(data, "wordnet", "data.*"))):
        with open(path, encoding="utf-8") as lines:
            texts.update(line.partition(" | ")[2].strip().replace('"', "") for line in lines)
    fitting = sorted(text for text in texts if len(text) in GLOSS_CHARACTERS)
    return random.Random(0).sample(fitting, min(GLOSSES, len(fitting)))


def joined(pairs, chance):
    """Neighbours as one text: passages are longer than sentences."""
    texts = []
    for start in range(len(pairs) - 2):
        if chance.randrange(JOINED_ONE_IN):
            continue
        parts = pairs[start : start + chance.choice((2, 2, 3))]
        if len({part.source for part in parts}) > 1 or sum(len(part.english) for part in parts) > JOINED_CHARACTERS:
            continue
        texts.append(Pair(" ".join(p.english for p in parts), " ".join(p.vietnamese for p in parts), "joined"))
    return texts


def framed(glossary, chance):
    """Short texts as firms and labs write them: a thing of ours or a term of the glossary within a frame."""
    frames, things = [], []
    with open(os.path.join(os.path.dirname(__file__), "phrases.tsv"), encoding="utf-8") as lines:
        for line in lines:
            english, vietnamese = line.rstrip("\n").split("\t")
            (frames if "{" in english else things).append((english, vietnamese))
    terms = [(p.english, p.vietnamese) for p in glossary if "(" not in p.english + p.vietnamese]
    texts = [Pair(*thing, "phrases") for thing in things]
    for _ in range(FRAMED):
        frame = chance.choice(frames)
        thing = chance.choice(chance.choice((terms, things)))
        english, vietnamese = (capital(outer.format(inner)) for outer, inner in zip(frame, thing))
        texts.append(Pair(english, vietnamese, "framed"))
    return texts


def capital(text):
    return text[:1].upper() + text[1:]


def without_marks(text):
    """As typed in haste: "nhan dang benh"."""
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def plain(text):
    """How the tokenizer sees a text: composed, lower case, the tone where it is written today (hoà)."""
    text = unicodedata.normalize("NFC", text).lower()
    for old, new in TONE_PLACES.items():
        text = text.replace(old, new)
    return text
