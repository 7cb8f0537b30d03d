r"""Read a whole sentence, and name its class: many to one."""

from torch import Tensor, nn

from throughtime.layers import LSTM
from throughtime.models.generator import check_choice, check_ids


class SentimentLSTM(nn.Module):
    r"""Be an LSTM that reads words and gives one answer a sentence.

    Args:
        V: Number of words.
        H: Number of hidden units, of each direction.
        classes: Number of answers.
        embedding_size: Size D of the words' vectors; H without it.
        num_layers: How many layers lie on each other.
        bidirectional: Read backwards too; then the two last states lie side by side.
        pool: ``"last"``: answer from the state after the last real word (of the
            backward direction, after the first); ``"mean"``: from the mean of the
            states at all real words.
        dropout: On the words' vectors, between layers and before the answer.

    Raises:
        ThroughTimeError: No such ``pool``, or the layer refuses its arguments.

    Source:
        book/09_words.
    """

    def __init__(
        self,
        V: int,
        H: int,
        classes: int = 2,
        *,
        embedding_size: int | None = None,
        num_layers: int = 1,
        bidirectional: bool = False,
        pool: str = "last",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_choice("pool", pool, ("last", "mean"))
        self.V, self.pool = V, pool
        self.embed = nn.Embedding(V, embedding_size or H)
        self.layer = LSTM(
            embedding_size or H,
            H,
            num_layers,
            bidirectional=bidirectional,
            dropout=dropout if num_layers > 1 else 0.0,
        )
        self.drop = nn.Dropout(dropout)
        self.output = nn.Linear(self.layer.directions * H, classes)

    def forward(self, ids: Tensor, mask: Tensor | None = None) -> Tensor:
        r"""Return the logits of each sentence's classes, ``(B, classes)``.

        Args:
            ids: Words, int64 of shape ``(T, B)``.
            mask: True for a real word, shape ``(T, B)``; what is in the other places
                changes nothing.

        Raises:
            ShapeError: The sizes do not agree, or T or B is 0.
            KindError: The ids are not int64, or the mask not boolean.
            VocabularyError: An id is not from 0 to V - 1.
        """
        check_ids("ids", ids, "T B", self.V)
        hs, (h, _) = self.layer(self.drop(self.embed(ids)), mask=mask)
        if self.pool == "last":
            read = h[-self.layer.directions :].transpose(0, 1).flatten(1)
        elif mask is None:
            read = hs.mean(0)
        else:
            real = mask[..., None].to(hs.dtype)
            read = (hs * real).sum(0) / real.sum(0).clamp_min(1)
        return self.output(self.drop(read))
