r"""A picture and a question in, an answer out."""

import torch
from torch import Tensor, nn

from throughtime.models.cnn import SmallCNN
from throughtime.models.parts import check_ids, make_cell
from throughtime.shapes import check_shape


class VQA(nn.Module):
    r"""Answer a question about a picture.

    .. math::
        q = \mathrm{cell}(\text{question}), \quad
        v = \sum_j \alpha_j f_j, \quad
        o = W \, \mathrm{ReLU}(W_q q + W_v v)

    alpha is a softmax over the cells of the picture, asked by q, or even.

    Args:
        V: Size of the questions' vocabulary.
        answers: How many answers there are.
        D: Size of the word vectors.
        H: Size of the state.
        cell: ``"RNN"``, ``"LSTM"``, ``"GRU"`` or ``"MUT3"``.
        attention: Look where the question points; else the mean over the picture.
        grid: G, cells on a side.
        cnn: Pictures to features ``(B, G * G, C)``, with the attribute ``size`` for C.

    Source:
        Antol et al. (2015); Yang et al. (2016) for the attention; book/13_attention.
    """

    def __init__(
        self,
        V: int,
        answers: int,
        D: int = 32,
        H: int = 128,
        cell: str = "LSTM",
        *,
        attention: bool = True,
        grid: int = 6,
        cnn: nn.Module | None = None,
    ) -> None:
        super().__init__()
        self.cnn, self.grid = cnn or SmallCNN(), grid
        C = self.cnn.size
        self.place = nn.Parameter(0.1 * torch.randn(grid * grid, C))
        self.embedding, self.cell = nn.Embedding(V, D), make_cell(cell, D, H)
        self.query = nn.Linear(H, H) if attention else None
        self.key = nn.Linear(C, H, bias=False) if attention else None
        self.score = nn.Linear(H, 1, bias=False) if attention else None
        self.from_question, self.from_picture = nn.Linear(H, H), nn.Linear(C, H)
        self.readout = nn.Linear(H, answers)

    def forward(
        self,
        images: Tensor,
        questions: Tensor,
        mask: Tensor | None = None,
        choices: Tensor | None = None,
    ) -> tuple[Tensor, Tensor]:
        r"""Return logits of the answers, and where the model looked.

        Args:
            images: From 0 to 1, shape ``(B, 3, side, side)``.
            questions: Ids, shape ``(T, B)``.
            mask: True for a real word, shape ``(T, B)``.
            choices: True for an answer that may be given, shape ``(B, answers)``; the
                logits of the others become -inf.

        Returns:
            Shapes ``(B, answers)`` and ``(B, G, G)``.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: Pictures not floating-point, or questions not integers.
        """
        check_ids("questions", questions, "T B", B=len(images))
        state = self.cell(self.embedding(questions), mask=mask)[1]
        q = (state[0] if self.cell.has_cell else state)[-1]
        features = self.cnn(images)
        check_shape("features", features, "B cells C", cells=self.grid**2)
        features = features + self.place
        alpha = self._look(q, features)
        v = (alpha[:, :, None] * features).sum(1)
        both = self.from_question(q) * torch.relu(self.from_picture(v))
        logits = self.readout(torch.relu(both))
        if choices is not None:
            check_shape(
                "choices", choices, "B answers", B=len(q), answers=logits.shape[1]
            )
            logits = logits.masked_fill(~choices, -torch.inf)
        return logits, alpha.unflatten(1, (self.grid, self.grid))

    def _look(self, q: Tensor, features: Tensor) -> Tensor:
        if self.query is None:
            return features.new_full(features.shape[:2], 1 / self.grid**2)
        alike = torch.tanh(self.query(q)[:, None] + self.key(features))
        return torch.softmax(self.score(alike)[..., 0], dim=1)
