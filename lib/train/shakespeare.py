r"""Train a character model on tiny Shakespeare; write book/records/shakespeare.json.

    python lib/train/shakespeare.py              downloads the text
    python lib/train/shakespeare.py --text FILE  reads it

An LSTM of 256 units; the last tenth of the text is held out and chooses nothing.
"""

from pathlib import Path

import torch
from reading import Shifted, held_out, parser, record, train, write

from throughtime import download, models, text
from throughtime.device import seed_all

STAGES = (20, 100, 500)
# In lower case: a capital leads an untrained model among letters it hardly knows.
PROMPT = "and the king "


def main() -> None:
    """Train, look at the model in four stages, and write the record."""
    options = parser(__doc__, steps=1500)
    options.add_argument("--text", type=Path, help="instead of a download")
    wish = options.parse_args()
    torch.set_num_threads(wish.threads)
    seed_all(wish.seed)
    whole = (
        wish.text.read_text("utf-8") if wish.text else download.tiny_shakespeare("all")
    )
    cut = len(whole) * 9 // 10
    vocabulary = text.Vocabulary.from_text(whole)
    ids = vocabulary.encode(whole)
    model = models.CharLM(len(vocabulary), 256, dropout=0.2, embedding_size=64)
    samples, losses, step = {}, {}, 0

    def look(model: models.CharLM) -> None:
        nonlocal step
        step += 20
        if step in STAGES or step == wish.steps:
            samples[step] = write(model, vocabulary, PROMPT, 300, 0.8)
            losses[step] = held_out(model, ids[cut:])
            print(step, round(losses[step], 3))  # noqa: T201

    history = train(model, Shifted(ids[:cut], 64, 64), wish.steps, 6e-3, look, 20)
    record(
        "shakespeare",
        f"python lib/train/shakespeare.py --steps {wish.steps}",
        wish.seed,
        whole,
        {
            "units": 256,
            "parameters": sum(p.numel() for p in model.parameters()),
            "seconds": round(history.seconds[-1]),
            "held_out_nats": losses,
            "best_ngram_nats": min(text.ngram_floors(whole[:cut], whole[cut:])),
            "prompt": PROMPT,
            "samples_at_temperature_0.8": samples,
        },
    )


if __name__ == "__main__":
    main()
