r"""The layers that torch has too: RNN, LSTM and GRU.

``**stack`` takes what :class:`throughtime.layers.recurrent.Recurrent` takes:
``bidirectional``, ``dropout``, ``recurrent_dropout``, ``device``, ``dtype`` and
``generator``.
"""

from typing import Any

from torch import Tensor, nn

from throughtime.bptt import functions
from throughtime.cells import ACTIVATIONS
from throughtime.errors import ThroughTimeError
from throughtime.gated import GRU_BLOCKS, lstm_blocks, lstm_peepholes
from throughtime.layers import convert
from throughtime.layers.recurrent import Recurrent, Sizes, State


class RNN(Recurrent):
    r"""Be the layer of Elman's cell: h_t = f(W_xh x_t + W_hh h_{t-1} + b_h).

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        activation: f: ``"tanh"``, ``"relu"`` or ``"identity"``.
        **stack: See :class:`Recurrent`.

    Raises:
        ThroughTimeError: No such activation, or as :class:`Recurrent`.

    >>> sum(weight.numel() for weight in RNN(5, 4).parameters())  # H (D + H + 1)
    40
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        activation: str = "tanh",
        **stack: Any,
    ) -> None:
        if activation not in ACTIVATIONS:
            raise ThroughTimeError(
                f"activation is {activation!r}; wanted one of "
                f"{', '.join(ACTIVATIONS)}. Try activation='tanh'."
            )
        options = {"activation": activation}
        super().__init__(input_size, hidden_size, num_layers, options=options, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_xh, W_hh and b_h."""
        return {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,)}

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        return functions.rnn(xs, state, *weights, **self.options, **masks)

    @classmethod
    def from_torch(cls, module: nn.RNN) -> "RNN":
        """Return a layer with a ``torch.nn.RNN``'s weights."""
        options = {"activation": module.nonlinearity}
        return convert.from_torch(cls, nn.RNN, module, options)

    def to_torch(self) -> nn.RNN:
        """Return a ``torch.nn.RNN`` with this layer's weights."""
        convert.check_same(self, {"activation": ("tanh", "relu")})
        return convert.to_torch(self, nn.RNN, nonlinearity=self.options["activation"])


class LSTM(Recurrent):
    r"""Be the layer of the LSTM; the state is the pair (h, c).

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        forget_gate: As in :func:`throughtime.gated.lstm_step`, like all that follow.
        input_gate: Whether there is one.
        output_gate: Whether there is one.
        coupled: i = 1 - f.
        peephole: None, ``"diagonal"`` or ``"full"``.
        sigma: Function of the gates.
        g: Cell input function.
        h: Cell output function.
        **stack: See :class:`Recurrent`.

    Raises:
        ThroughTimeError: No such option, or as :class:`Recurrent`.

    >>> sum(weight.numel() for weight in LSTM(5, 4).parameters())  # 4 H (D + H + 1)
    160
    """

    has_cell = True

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        forget_gate: bool = True,
        input_gate: bool = True,
        output_gate: bool = True,
        coupled: bool = False,
        peephole: str | None = None,
        sigma: str = "sigmoid",
        g: str = "tanh",
        h: str = "tanh",
        **stack: Any,
    ) -> None:
        gates = {"forget_gate": forget_gate, "input_gate": input_gate}
        gates |= {"output_gate": output_gate, "coupled": coupled}
        self.blocks = lstm_blocks(**gates)
        usual = dict.fromkeys(gates, True) | {"coupled": False, "peephole": None}
        usual |= {"sigma": "sigmoid", "g": "tanh", "h": "tanh"}
        given = gates | {"peephole": peephole, "sigma": sigma, "g": g, "h": h}
        options = {k: v for k, v in given.items() if v != usual[k]}
        super().__init__(input_size, hidden_size, num_layers, options=options, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_x, W_h and b, and of W_c if there are peepholes."""
        rows, gates = len(self.blocks) * H, len(lstm_peepholes(self.blocks))
        sizes = {"W_x": (rows, D), "W_h": (rows, H), "b": (rows,)}
        peephole = self.options.get("peephole")
        if peephole:
            full = peephole == "full"
            sizes["W_c"] = (gates * H, H) if full else (gates * H,)
        return sizes

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        return functions.lstm(xs, state, *weights, **self.options, **masks)

    @classmethod
    def from_torch(cls, module: nn.LSTM) -> "LSTM":
        """Return a layer with a ``torch.nn.LSTM``'s weights; both stack i, f, g, o."""
        return convert.from_torch(cls, nn.LSTM, module, {})

    def to_torch(self) -> nn.LSTM:
        """Return a ``torch.nn.LSTM`` with this layer's weights."""
        convert.check_same(self, {})
        return convert.to_torch(self, nn.LSTM)


class GRU(Recurrent):
    r"""Be the layer of the GRU.

    Args:
        input_size: D.
        hidden_size: H.
        num_layers: How many layers lie on each other.
        reset_after: As in :func:`throughtime.gated.gru_step`; True is torch's GRU, and
            has a second bias, ``b_hn``.
        z: ``"keeps"`` or ``"writes"``.
        sigma: Function of the gates.
        **stack: See :class:`Recurrent`.

    Raises:
        ThroughTimeError: No such option, or as :class:`Recurrent`.

    >>> sum(weight.numel() for weight in GRU(5, 4).parameters())  # 3 H (D + H + 1)
    120
    """

    blocks = GRU_BLOCKS.W_h

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        *,
        reset_after: bool = False,
        z: str = "keeps",
        sigma: str = "sigmoid",
        **stack: Any,
    ) -> None:
        usual = {"reset_after": False, "z": "keeps", "sigma": "sigmoid"}
        given = {"reset_after": reset_after, "z": z, "sigma": sigma}
        options = {k: v for k, v in given.items() if v != usual[k]}
        super().__init__(input_size, hidden_size, num_layers, options=options, **stack)

    def sizes(self, D: int, H: int) -> Sizes:
        """Return the shapes of W_x, W_h and b, and of b_hn if the reset is after."""
        sizes = {"W_x": (3 * H, D), "W_h": (3 * H, H), "b": (3 * H,)}
        return sizes | ({"b_hn": (H,)} if self.options.get("reset_after") else {})

    def run(
        self, xs: Tensor, state: State, weights: tuple[Tensor, ...], **masks: Any
    ) -> tuple[Tensor, State]:
        """Run one layer in one direction over a sequence."""
        return functions.gru(xs, state, *weights, **self.options, **masks)

    @classmethod
    def from_torch(cls, module: nn.GRU) -> "GRU":
        """Return a layer with a ``torch.nn.GRU``'s weights, and its reset after."""
        return convert.from_torch(cls, nn.GRU, module, {"reset_after": True})

    def to_torch(self) -> nn.GRU:
        """Return a ``torch.nn.GRU`` with this layer's weights."""
        convert.check_same(self, {"reset_after": (True,)})
        return convert.to_torch(self, nn.GRU)
