r"""Write the parse trees of sentences; write book/records/trees.json.

    python lib/train/trees.py --threads 1

An LSTM reads a sentence of ``tasks.parses`` with up to three prepositions, another one
writes its tree. Scored are unseen sentences, by their length: how many trees are well
formed, with a class for each word, and how many are exactly right. Beside it, what a
parser reaches that always attaches a preposition to the noun before it.
"""

import itertools

import torch
from answers import answers, by_length, learn, written
from reading import parser, record

from throughtime import models, tasks
from throughtime.device import seed_all

H, D, PAIRS, TESTED = 128, 32, 20_000, 1500


def symbols(pairs: tasks.Pairs, row: list[int]) -> list[str]:
    """Return ids as symbols."""
    return [pairs.target_vocabulary.symbols[i] for i in row]


def shape(rows: list[list[int]], pairs: tasks.Pairs) -> dict:
    """Return by length how many trees are well formed and exact, of how many."""
    words = (pairs.source_mask.sum(0) - 1).tolist()
    whole = [
        tasks.well_formed(symbols(pairs, row), n)
        for row, n in zip(rows, words, strict=True)
    ]
    sound = iter(whole)
    return {
        "well_formed": by_length(rows, pairs, lambda row, answer: next(sound)),
        "exact": by_length(rows, pairs),
    }


def near(pairs: tasks.Pairs) -> float:
    """Return the share right of a parser that never attaches to the verb."""
    verb = [pairs.target_vocabulary.encode(s).item() for s in (")", "(PP")]
    return sum(not _of_verb(row, *verb) for row in answers(pairs)) / len(
        pairs.target[0]
    )


def _of_verb(row: list[int], close: int, open_: int) -> bool:
    """Tell whether a PP follows a whole phrase, as only one of the verb's does."""
    return any(pair == (close, open_) for pair in itertools.pairwise(row))


def run(seed: int, steps: int) -> tuple[dict, tasks.Pairs]:
    """Train one model; return what it can do, and the pairs that it learnt from."""
    generator = seed_all(seed)
    train = tasks.parses(PAIRS, generator)
    held_in = tasks.parses(300, generator, "val")
    test = tasks.parses(TESTED, generator, "test")
    longer = tasks.parses(300, generator, "test", nested=(4, 4))
    V_source, V_target = len(train.source_vocabulary), len(train.target_vocabulary)
    model = models.Seq2Seq(V_source, V_target, H, embedding_size=D)
    history = learn(model, train, held_in, steps, generator)
    found = {
        "test": shape(written(model, test), test),
        "longer": shape(written(model, longer), longer),
        "nearest_noun": near(test),
        "held_out": round(min(history.validation), 4),
    }
    return found, train


def main() -> None:
    """Train with each seed, and store what came out."""
    wish = parser(__doc__, steps=1500, seeds=3).parse_args()
    torch.set_num_threads(wish.threads)
    found, corpus = [], []
    for seed in range(wish.seed, wish.seed + wish.seeds):
        one, train = run(seed, wish.steps)
        found.append(one)
        corpus.append(repr(train.source.tolist()))
        print(seed, one, flush=True)  # noqa: T201
    command = f"python lib/train/trees.py --steps {wish.steps} --seeds {wish.seeds}"
    command += f" --threads {wish.threads}"
    about = {"steps": wish.steps, "units": H, "pairs": PAIRS, "tested": TESTED}
    record("trees", command, wish.seed, "\n".join(corpus), about | {"results": found})


if __name__ == "__main__":
    main()
