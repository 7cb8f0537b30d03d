r"""Describe a picture from one vector."""

from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from throughtime.models.generator import (
    check_choice,
    check_ids,
    make_layer,
    select_rows,
)
from throughtime.models.picture import SmallCNN

WAYS = ("init", "first", "every", "late")


class CaptionState(NamedTuple):
    """Hold what a captioner knows before a word."""

    hidden: Any
    """The layer's state, ``(layers, B, H)`` or a pair of such."""
    image: Tensor | None
    """The picture's vector, a row each, where every step needs it."""


class Captioner(nn.Module):
    r"""Be a convolutional network whose result starts a language model.

    Args:
        V: Number of words.
        H: Number of hidden units.
        cell: Name of a layer.
        way: How the picture comes in. ``"init"``: it makes the first state,
            h_0 = tanh(W f + b). ``"first"``: it is the input of a step before the
            first word. ``"every"``: it is part of the input of every step. ``"late"``:
            no step reads it; word, state and picture meet before the output,
            m_t = tanh(W_w x_t + W_r h_t + W_I f + b).
        cnn: Makes the features; a :class:`SmallCNN` without it.
        embedding_size: Size D of the words' vectors, and of the picture's where it is
            an input; H without it.
        num_layers: How many layers lie on each other.
        dropout: Between layers and before the output.

    Raises:
        ThroughTimeError: No such way, or the layer refuses its arguments.

    Source:
        ``"init"``: Karpathy's lectures (CS231n); ``"first"``: Vinyals et al. (2015);
        ``"every"``: Donahue et al. (2015); ``"late"``: Mao et al. (2015);
        book/12_captioning.
    """

    def __init__(
        self,
        V: int,
        H: int,
        cell: str = "LSTM",
        *,
        way: str = "init",
        cnn: SmallCNN | None = None,
        embedding_size: int | None = None,
        num_layers: int = 1,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        check_choice("way", way, WAYS)
        self.V, self.H, self.way = V, H, way
        self.cnn = cnn if cnn is not None else SmallCNN()
        D = embedding_size or H
        self.embed = nn.Embedding(V, D)
        self.layer = make_layer(
            cell,
            2 * D if way == "every" else D,
            H,
            num_layers=num_layers,
            dropout=dropout if num_layers > 1 else 0.0,
        )
        features = self.cnn.G**2 * self.cnn.C
        size = {"init": num_layers * H, "late": H}.get(way, D)
        self.image = nn.Linear(features, size)
        self.merge = nn.Linear(D + H, H) if way == "late" else None
        self.drop = nn.Dropout(dropout)
        self.output = nn.Linear(H, V)

    def forward(self, images: Tensor, captions: Tensor) -> Tensor:
        r"""Return logits ``(T, B, V)`` with the right words fed back.

        Args:
            images: Shape ``(B, 3, side, side)``.
            captions: ``<START>`` and the words, int64, ``(T, B)``. The logits at t are
                those of the word after it.

        Raises:
            ShapeError: The sizes do not agree.
            KindError: The ids are not int64, or the images not floating-point.
            VocabularyError: An id is not from 0 to V - 1.
        """
        state = self.start(images)
        check_ids("captions", captions, "T B", self.V, B=len(images))
        xs = self._inputs(captions, state.image)
        return self._logits(xs, self.layer(xs, state.hidden)[0], state.image)

    def start(self, images: Tensor) -> CaptionState:
        r"""Look at pictures; return the state before ``<START>``."""
        image = self.image(self.cnn(images).flatten(1))
        if self.way in ("every", "late"):
            return CaptionState(self._zeros(image), image)
        if self.way == "first":
            return CaptionState(self.layer(image[None])[1], None)
        h_0 = torch.tanh(image).unflatten(1, (-1, self.H)).transpose(0, 1)
        hidden = (h_0, torch.zeros_like(h_0)) if self.layer.has_cell else h_0
        return CaptionState(hidden, None)

    def step(self, ids: Tensor, state: CaptionState) -> tuple[Tensor, CaptionState]:
        r"""Read one word a row, ``(B,)``; return logits ``(B, V)`` and the state."""
        check_ids("ids", ids, "B", self.V)
        xs = self._inputs(ids[None], state.image)
        hs, hidden = self.layer(xs, state.hidden)
        logits = self._logits(xs, hs, state.image)
        return logits[0], CaptionState(hidden, state.image)

    def select(self, state: CaptionState, rows: Tensor) -> CaptionState:
        r"""Return the state of some rows."""
        hidden = select_rows(state.hidden, rows, axis=1)
        return CaptionState(hidden, select_rows(state.image, rows))

    def _inputs(self, ids: Tensor, image: Tensor | None) -> Tensor:
        words = self.embed(ids)
        if self.way != "every":
            return words
        return torch.cat([words, image.expand(len(ids), -1, -1)], dim=-1)

    def _logits(self, xs: Tensor, hs: Tensor, image: Tensor | None) -> Tensor:
        """Return the words' logits; with ``"late"``, this is where the picture is."""
        if self.merge is not None:
            hs = torch.tanh(self.merge(torch.cat([xs, hs], dim=-1)) + image)
        return self.output(self.drop(hs))

    def _zeros(self, image: Tensor) -> Any:
        h_0 = image.new_zeros(self.layer.num_layers, len(image), self.H)
        return (h_0, h_0) if self.layer.has_cell else h_0
