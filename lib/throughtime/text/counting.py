r"""Write with n-grams: the model behind :func:`ngram_floors`, one symbol at a time."""

import numpy as np
import torch

from throughtime.errors import ShapeError
from throughtime.text.ngram import check_order, codes
from throughtime.text.vocabulary import Vocabulary


class NgramModel:
    r"""Know how often each character followed each few characters of a text.

    The probabilities are those of :func:`ngram_floors`, for the characters of the
    counted text alone.

    Args:
        train: The text that is counted.
        order: The longest n; a character is predicted from the n - 1 before it.

    Raises:
        ShapeError: The text is shorter than ``order``.
        ThroughTimeError: An order out of range.

    >>> NgramModel("abababab", order=2).distribution("a").round(3).tolist()
    [0.1, 0.9]
    """

    def __init__(self, train: str, order: int = 6) -> None:
        self.vocabulary, self.order = Vocabulary(train), order
        V = len(self.vocabulary)
        check_order(order, V)
        if len(train) < order:
            raise ShapeError(
                f"train has {len(train)} characters; wanted {order} or more. Try a "
                "longer text or a smaller order."
            )
        ids = self.vocabulary.encode(train).numpy()
        self._counts = [
            np.unique(codes(ids, n, V), return_counts=True) for n in range(1, order + 1)
        ]

    def distribution(self, before: str) -> np.ndarray:
        r"""Return the probabilities of the next character, shape ``(V,)``.

        Args:
            before: What stands before it; the last ``order - 1`` characters count.

        Raises:
            VocabularyError: A character that the counted text does not have.
        """
        V = len(self.vocabulary)
        last = before[max(0, len(before) - self.order + 1) :]
        ids = self.vocabulary.encode(last).tolist()
        p = np.full(V, 1 / V)
        for n in range(1, len(ids) + 2):
            context = 0
            for i in ids[len(ids) - n + 1 :]:
                context = context * V + i
            grams, times = self._counts[n - 1]
            begin, end = np.searchsorted(grams, [context * V, (context + 1) * V])
            N_cx = np.zeros(V)
            N_cx[grams[begin:end] % V] = times[begin:end]
            if end > begin:
                p = (N_cx + (end - begin) * p) / (N_cx.sum() + (end - begin))
        return p

    def write(
        self,
        prompt: str,
        length: int,
        generator: torch.Generator,
        end: str | None = None,
    ) -> str:
        r"""Draw characters after a prompt, each from those before it.

        Args:
            prompt: What the text begins with; it is not returned.
            length: The most characters to draw.
            generator: Source of chance.
            end: A character after which nothing is drawn; it is not returned.

        >>> NgramModel("abababab").write("ab", 4, torch.Generator().manual_seed(0))
        'baba'
        """
        written = prompt
        for u in torch.rand(length, generator=generator, dtype=torch.float64).tolist():
            sums = self.distribution(written).cumsum()
            chosen = int(np.searchsorted(sums, u * sums[-1], side="right"))
            character = self.vocabulary.symbols[chosen]
            if character == end:
                break
            written += character
        return written[len(prompt) :]
