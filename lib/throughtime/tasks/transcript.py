r"""A long transcript and one question about it."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from throughtime.errors import ThroughTimeError
from throughtime.tasks.batch import Batch, check_task

QUESTIONS, PLACES = ("recall", "count"), ("last", "first")


def transcript(
    T: int,
    B: int,
    generator: torch.Generator,
    question: str = "recall",
    asked: str = "last",
    *,
    speakers: int = 32,
    words: int = 4,
    pause: int = 0,
) -> Batch:
    r"""Draw transcripts of T lines, each a speaker's one word, and a question.

    No speaker comes twice. The question is one step more, the last or the first:
    ``"recall"`` asks what a speaker, one of those who spoke, has said, and the answer
    is the word; ``"count"`` asks how often a word was said, and the answer is a number
    from 0 to T. Before the last question, or at the end, come ``pause`` words from
    the hall, which nobody asks about.

    The inputs ``(T + pause + 1, B, speakers + words + 1)`` are a speaker's one-hot
    beside a word's, then a mark, 1 where the step is the question; there is no word in
    a question for a speaker, and no speaker in one for a word, nor in a pause.

    The baseline has not read the transcript. It guesses a word, an accuracy of
    1 / ``words``; or says the likeliest count, that of a binomial distribution.

    Args:
        T: Lines, at most ``speakers``.
        B: Transcripts.
        generator: Source of chance.
        question: ``"recall"`` or ``"count"``.
        asked: ``"last"``, after the transcript, or ``"first"``, before it.
        speakers: How many there are to speak.
        words: How many words there are, at least 2.
        pause: Words from the hall, which have no speaker.

    Raises:
        ThroughTimeError: A size out of range, or no such question.
    """
    sizes = {"words": (words, 2), "speakers": (speakers, T), "pause": (pause, 0)}
    check_task(generator, T=(T, 1), B=(B, 1), **sizes)
    _check("question", question, QUESTIONS)
    _check("asked", asked, PLACES)
    where = {"generator": generator, "device": generator.device}
    who = torch.rand(B, speakers, **where).argsort(1)[:, :T].T
    said = torch.randint(words, (T, B), **where)
    line = torch.randint(T, (1, B), **where)
    wanted = torch.randint(words, (1, B), **where)
    if question == "recall":
        asked_for = one_hot(who.gather(0, line), speakers + words)
        targets = said.gather(0, line)[0]
    else:
        asked_for = one_hot(speakers + wanted, speakers + words)
        targets = (said == wanted).sum(0)
    lines = torch.cat([one_hot(who, speakers), one_hot(said, words)], 2)
    hall = one_hot(torch.randint(words, (pause, B), **where), words)
    hall = torch.nn.functional.pad(hall, (speakers, 0))
    parts = [_marked(torch.cat([lines, hall]), 0), _marked(asked_for, 1)]
    inputs = torch.cat(parts if asked == "last" else parts[::-1]).float()
    mask = torch.ones(len(inputs), B, dtype=torch.bool, device=generator.device)
    baseline = 1 / words if question == "recall" else _likeliest(T, words)
    return Batch(inputs, targets, mask, None, None, baseline, "accuracy")


def _marked(steps: Tensor, mark: int) -> Tensor:
    return torch.cat([steps, torch.full_like(steps[..., :1], mark)], 2)


def _likeliest(T: int, words: int) -> float:
    """Return the largest probability of a binomial count with chance 1 / words."""
    chances = torch.distributions.Binomial(
        T, torch.tensor(1 / words, dtype=torch.float64)
    )
    counts = torch.arange(T + 1, dtype=torch.float64)
    return chances.log_prob(counts).exp().max().item()


def _check(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise ThroughTimeError(
            f"{name} is {value!r}; wanted one of {', '.join(known)}. "
            f"Try {name}={known[0]!r}."
        )
