"""The fast functions equal the plain loop and torch.nn, in values and gradients."""

import itertools
from functools import partial

import pytest
import torch

from throughtime.bptt import functions
from throughtime.cells import rnn_step
from throughtime.errors import KindError, ShapeError, ThroughTimeError
from throughtime.gated import (
    MUT1_BLOCKS,
    MUT2_BLOCKS,
    MUT3_BLOCKS,
    gru_step,
    lstm_blocks,
    lstm_peepholes,
    lstm_step,
    mut1_step,
    mut2_step,
    mut3_step,
    residual_step,
)
from throughtime.testing import assert_close
from throughtime.unroll import unroll

LSTMS = [
    {},
    {"forget_gate": False},
    {"input_gate": False},
    {"output_gate": False},
    {"coupled": True},
    {"peephole": "diagonal"},
    {"peephole": "full"},
    {"peephole": "diagonal", "coupled": True},
    {"peephole": "full", "forget_gate": False},
    {"peephole": "full", "output_gate": False},
    {"sigma": "hard_sigmoid", "g": "sigmoid", "h": "identity"},
    {"sigma": "hard_sigmoid_02", "g": "identity", "h": "sigmoid"},
    {"coupled": True, "sigma": "hard_sigmoid", "h": "identity"},
]
GRUS = [
    {"reset_after": after, "z": z, "sigma": sigma}
    for after, z, sigma in itertools.product(
        (False, True), ("keeps", "writes"), ("sigmoid", "hard_sigmoid")
    )
]


class Cell:
    """One cell: its fast function, its step, and tensors to try them on."""

    def __init__(self, name, T=7, B=3, D=5, H=4, seed=0, **options):
        generator = torch.Generator().manual_seed(seed)

        def draw(*shape):
            tensor = torch.randn(shape, generator=generator, dtype=torch.float64)
            return tensor.requires_grad_()

        self.options, self.draw = options, draw
        D = H if name in ("mut1", "mut2") else D
        self.sizes = T, B, D, H
        self.fast = getattr(functions, name)
        states = 2 if name in ("lstm", "residual") else 1
        self.xs, self.state = draw(T, B, D), [draw(B, H) for _ in range(states)]
        self.step, shapes = getattr(self, f"_{name}")(D, H)
        self.weights = [draw(*shape) for shape in shapes]

    def _rnn(self, D, H):
        return rnn_step, [(H, D), (H, H), (H,)]

    def _residual(self, D, H):
        return residual_step, [(H, D), (H, H), (H,)]

    def _lstm(self, D, H):
        there = ("forget_gate", "input_gate", "output_gate", "coupled")
        blocks = lstm_blocks(**{k: v for k, v in self.options.items() if k in there})
        n, m = len(blocks), len(lstm_peepholes(blocks))
        peep = {"diagonal": [(m * H,)], "full": [(m * H, H)]}
        peep = peep.get(self.options.get("peephole"), [])
        return lstm_step, [(n * H, D), (n * H, H), (n * H,), *peep]

    def _gru(self, D, H):
        second = [(H,)] if self.options.get("reset_after") else []
        return gru_step, [(3 * H, D), (3 * H, H), (3 * H,), *second]

    def _mut(self, step, blocks, D, H):
        return step, [
            (len(blocks.W_x) * H, D),
            (len(blocks.W_h) * H, H),
            (len(blocks.b) * H,),
        ]

    def _mut1(self, D, H):
        return self._mut(mut1_step, MUT1_BLOCKS, D, H)

    def _mut2(self, D, H):
        return self._mut(mut2_step, MUT2_BLOCKS, D, H)

    def _mut3(self, D, H):
        return self._mut(mut3_step, MUT3_BLOCKS, D, H)

    @property
    def tensors(self):
        return [self.xs, *self.state, *self.weights]

    def _state(self, parts):
        return parts[0] if len(parts) == 1 else tuple(parts)

    def run(self, *tensors, **more):
        """Run the fast function; return hs and the parts of the last state."""
        parts, weights = self._split(tensors or self.tensors)
        state = self._state(parts)
        xs = (tensors or self.tensors)[0]
        hs, last = self.fast(xs, state, *weights, **self.options, **more)
        return [hs, *(last if isinstance(last, tuple) else (last,))]

    def loop(self, mask=None, weights=None, xs=None, state=None):
        """Run the plain loop under autograd."""
        weights = weights or self.weights

        def step(x_t, h):
            return self.step(x_t, h, *weights, **self.options)

        xs = self.xs if xs is None else xs
        state = self._state(self.state) if state is None else state
        hs, last = unroll(step, xs, state, mask)
        return [hs, *(last if isinstance(last, tuple) else (last,))]

    def _split(self, tensors):
        n = 1 + len(self.state)
        return list(tensors[1:n]), list(tensors[n:])


CELLS = [
    *(("rnn", {"activation": f}) for f in ("tanh", "relu", "identity")),
    *(("lstm", options) for options in LSTMS),
    *(("gru", options) for options in GRUS),
    ("residual", {}),
    ("residual", {"g": "identity", "h": "sigmoid"}),
    *((f"mut{k}", {}) for k in (1, 2, 3)),
]
EACH = pytest.mark.parametrize(
    ("name", "options"),
    CELLS,
    ids=["-".join([n, *map(str, o.values())]) for n, o in CELLS],
)
ONE_OF_EACH = pytest.mark.parametrize(
    ("name", "options"),
    [
        ("rnn", {}),
        ("lstm", {"peephole": "full"}),
        ("gru", {}),
        ("gru", {"reset_after": True}),
        ("mut1", {}),
        ("mut2", {}),
        ("mut3", {}),
    ],
)


def grads(cell, outputs, only=slice(None)):
    """Gradients of everything for a loss in which each output counts differently."""
    loss = sum(
        (torch.linspace(-1, 1, o.numel(), dtype=o.dtype).view_as(o) * o.sin()).sum()
        for o in outputs[only]
    )
    return torch.autograd.grad(loss, cell.tensors, allow_unused=True)


def compare(cell, got, want, only=slice(None)):
    for k, (a, b) in enumerate(zip(got, want, strict=True)):
        assert_close(a, b, name=f"output {k}")
    pairs = zip(grads(cell, got, only), grads(cell, want, only), strict=True)
    for k, (a, b) in enumerate(pairs):
        zero = torch.zeros(())
        b = zero.expand_as(cell.tensors[k]) if b is None else b
        a = zero.expand_as(cell.tensors[k]) if a is None else a
        assert_close(a, b, rtol=1e-10, atol=1e-11, name=f"gradient {k}")


def ragged(cell):
    T, B, _, _ = cell.sizes
    generator = torch.Generator().manual_seed(3)
    mask = torch.rand(T, B, generator=generator) < 0.6
    mask[0, 1] = mask[-1, 0] = False
    return mask


@EACH
def test_values_and_gradients_equal_the_plain_loops(name, options):
    cell = Cell(name, **options)
    compare(cell, cell.run(), cell.loop())


@EACH
def test_they_equal_the_plain_loops_with_a_mask_with_holes(name, options):
    cell = Cell(name, **options)
    mask = ragged(cell)
    compare(cell, cell.run(mask=mask), cell.loop(mask))


@EACH
def test_only_the_last_state_may_count(name, options):
    cell = Cell(name, **options)
    compare(cell, cell.run(), cell.loop(), only=slice(1, None))


@EACH
@pytest.mark.parametrize("masked", [False, True])
def test_recurrent_dropout_equals_a_network_of_its_own_for_each_row(
    name, options, masked
):
    cell = Cell(name, **options)
    _, B, _, H = cell.sizes
    mask = ragged(cell) if masked else None
    drop = torch.rand(B, H, generator=torch.Generator().manual_seed(4)).double() * 2
    rows = []
    for k in range(B):
        W_x, W_h, *others = cell.weights
        state = [s[k : k + 1] for s in cell.state]
        rows.append(
            cell.loop(
                None if mask is None else mask[:, k : k + 1],
                [W_x, W_h * drop[k], *others],
                cell.xs[:, k : k + 1],
                cell._state(state),
            )
        )
    want = [torch.cat(parts, dim=-2) for parts in zip(*rows, strict=True)]
    compare(cell, cell.run(drop=drop, mask=mask), want)


@EACH
def test_gradients_agree_with_central_differences(name, options):
    cell = Cell(name, T=3, B=2, D=3, H=2, **options)
    assert torch.autograd.gradcheck(cell.run, cell.tensors)


@ONE_OF_EACH
def test_the_second_derivative_is_there(name, options):
    cell = Cell(name, T=2, B=2, D=2, H=2, **options)
    mask = torch.tensor([[True, True], [True, False]])
    run = partial(cell.run, mask=mask)
    assert torch.autograd.gradgradcheck(run, cell.tensors)


@ONE_OF_EACH
def test_with_recurrent_dropout_the_second_derivative_is_refused(name, options):
    cell = Cell(name, **options)
    _, B, _, H = cell.sizes
    hs = cell.run(drop=torch.ones(B, H, dtype=torch.float64))[0]
    with pytest.raises(ThroughTimeError, match="second derivative"):
        torch.autograd.grad(hs.sum(), cell.xs, create_graph=True)


@ONE_OF_EACH
def test_chunks_of_the_way_back_change_nothing(name, options, monkeypatch):
    from throughtime.bptt.functions import shared

    cell = Cell(name, T=11, **options)
    want = grads(cell, cell.run())
    monkeypatch.setattr(shared, "CHUNK", 36)  # three steps of (3, 4)
    assert [len(steps) for steps in shared.chunks(11, 3, 4)] == [2, 3, 3, 3]
    for a, b in zip(grads(cell, cell.run()), want, strict=True):
        assert_close(a, b)


@ONE_OF_EACH
@pytest.mark.parametrize("T", [1, 50])
def test_one_step_and_fifty(name, options, T):
    cell = Cell(name, T=T, H=3, **options)
    for weight in cell.weights:
        weight.data *= 0.5
    compare(cell, cell.run(), cell.loop())


@ONE_OF_EACH
def test_each_tensor_alone_may_need_a_gradient(name, options):
    cell = Cell(name, **options)
    want = grads(cell, cell.run())
    for k, alone in enumerate(cell.tensors):
        tensors = [t.detach() for t in cell.tensors]
        tensors[k] = tensors[k].requires_grad_()
        outputs = cell.run(*tensors)
        loss = sum(
            (torch.linspace(-1, 1, o.numel(), dtype=o.dtype).view_as(o) * o.sin()).sum()
            for o in outputs
        )
        (got,) = torch.autograd.grad(loss, tensors[k])
        assert got.shape == alone.shape
        assert_close(got, want[k], name=f"tensor {k}")


@ONE_OF_EACH
def test_one_graph_serves_two_backward_passes(name, options):
    cell = Cell(name, **options)
    hs = cell.run()[0]
    first = torch.autograd.grad(hs.sum(), cell.tensors, retain_graph=True)
    second = torch.autograd.grad(hs.sum(), cell.tensors)
    for a, b in zip(first, second, strict=True):
        assert_close(a, b, rtol=0, atol=0)


@ONE_OF_EACH
def test_after_the_backward_pass_the_gates_are_freed(name, options, monkeypatch):
    from torch.multiprocessing.reductions import StorageWeakRef

    from throughtime.bptt.functions import shared

    taken, take = [], shared.Inputs.take

    def watch(self):
        values = take(self)
        taken.append(StorageWeakRef(values.untyped_storage()))
        return values

    monkeypatch.setattr(shared.Inputs, "take", watch)
    cell = Cell(name, **options)
    hs = cell.run()[-1]  # the last state alone, and its graph
    assert not taken[0].expired()
    hs.sum().backward()
    assert taken[0].expired() or name == "rnn"  # Elman's become the states


@ONE_OF_EACH
def test_what_is_not_contiguous_is_taken_too(name, options):
    cell = Cell(name, **options)
    turned = [t.detach().mT.contiguous().mT if t.dim() > 1 else t for t in cell.tensors]
    assert not turned[0].is_contiguous()
    for a, b in zip(cell.run(*turned), cell.run(), strict=True):
        assert_close(a, b)


@ONE_OF_EACH
def test_states_changed_in_place_are_noticed(name, options):
    cell = Cell(name, **options)
    hs = cell.run()[0]
    loss = hs.sum()
    with torch.no_grad():
        hs.mul_(2)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


@ONE_OF_EACH
def test_without_gradients_nothing_is_kept(name, options):
    cell = Cell(name, **options)
    with torch.no_grad():
        assert all(output.grad_fn is None for output in cell.run())
    with torch.inference_mode():
        values = cell.run()
    for a, b in zip(values, cell.run(), strict=True):
        assert_close(a, b)


@ONE_OF_EACH
def test_bad_input_is_refused(name, options):
    cell = Cell(name, **options)
    T, B, D, H = cell.sizes
    others = cell.tensors[1:]
    with pytest.raises(ShapeError, match=r"Is the batch first\?"):
        cell.run(cell.xs.transpose(0, 1), *others)
    with pytest.raises(ShapeError, match="T is 0"):
        cell.run(cell.xs[:0], *others)
    with pytest.raises(KindError, match=r"xs holds torch.int64"):
        cell.run(torch.ones(T, B, D, dtype=torch.int64), *others)
    with pytest.raises(ShapeError, match="W_h"):
        cell.run(*cell.tensors[: -len(cell.weights) + 1], cell.draw(1, H), *others[-1:])
    with pytest.raises(KindError, match="mask"):
        cell.run(mask=torch.ones(T, B))
    with pytest.raises(ShapeError, match="drop"):
        cell.run(drop=torch.ones(B + 1, H, dtype=torch.float64))


@ONE_OF_EACH
def test_large_float32_sequences_agree_with_float64_ones(name, options):
    cell = Cell(name, T=6, B=40, D=128, H=128, **options)
    for weight in cell.weights:
        weight.data /= 11
    want = grads(cell, cell.run())
    single = [t.detach().float().requires_grad_() for t in cell.tensors]
    loss = sum(
        (torch.linspace(-1, 1, o.numel()).view_as(o) * o.sin()).sum()
        for o in cell.run(*single)
    )
    found = torch.autograd.grad(loss, single)
    for k, (a, b) in enumerate(zip(found, want, strict=True)):
        limit = 1e-4 * float(b.abs().max())
        assert_close(a, b, rtol=1e-3, atol=limit, name=f"gradient {k}")
