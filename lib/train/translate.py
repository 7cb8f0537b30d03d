r"""Translate between two made-up languages; write book/records/translate.json.

    python lib/train/translate.py --threads 1

An LSTM reads a sentence of ``tasks.translation`` with up to two prepositions, another
one writes it in Tavi. It is scored on sentences that it has not seen, by their length;
none that it was trained on has three prepositions. Two readers: one
reads the source forward, one from its end.
"""

import torch
from answers import answers, by_length, learn, written
from reading import parser, record

from throughtime import models, tasks
from throughtime.device import seed_all

H, D, PAIRS, TESTED = 128, 32, 20_000, 1500
READERS = {"forward": False, "from the end": True}


def run(seed: int, reverse: bool, steps: int) -> tuple[dict, tasks.Pairs]:
    """Train one model; return what it can do, and the pairs that it learnt from."""
    generator = seed_all(seed)
    train = tasks.translation(PAIRS, generator)
    held_in = tasks.translation(300, generator, "val")
    test = tasks.translation(TESTED, generator, "test")
    longer = tasks.translation(300, generator, "test", nested=(3, 3))
    V_source, V_target = len(train.source_vocabulary), len(train.target_vocabulary)
    model = models.Seq2Seq(V_source, V_target, H, embedding_size=D, reverse=reverse)
    history = learn(model, train, held_in, steps, generator)
    rows = written(model, test)
    found = {
        "exact": sum(map(list.__eq__, rows, answers(test))) / TESTED,
        "by_length": by_length(rows, test),
        "longer": by_length(written(model, longer), longer),
        "held_out": round(min(history.validation), 4),
        "parameters": sum(p.numel() for p in model.parameters()),
    }
    return found, train


def main() -> None:
    """Train each reader with each seed, and store what came out."""
    wish = parser(__doc__, steps=1500, seeds=3).parse_args()
    torch.set_num_threads(wish.threads)
    seeds = range(wish.seed, wish.seed + wish.seeds)
    found: dict[str, list[dict]] = {name: [] for name in READERS}
    corpus = []
    for seed in seeds:
        for name, reverse in READERS.items():
            one, train = run(seed, reverse, wish.steps)
            found[name].append(one)
            print(seed, name, one["exact"], one["held_out"], flush=True)  # noqa: T201
        corpus.append(repr(train.source.tolist()))
    command = f"python lib/train/translate.py --steps {wish.steps} --seeds {wish.seeds}"
    command += f" --threads {wish.threads}"
    about = {"seeds": list(seeds), "steps": wish.steps, "units": H, "pairs": PAIRS}
    about["tested"] = TESTED
    text = "\n".join(corpus)
    record("translate", command, wish.seed, text, about | {"results": found})


if __name__ == "__main__":
    main()
