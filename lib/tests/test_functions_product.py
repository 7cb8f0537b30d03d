"""Products through oneDNN and through MKL agree with those in float64."""

from functools import partial

import pytest
import torch

from throughtime.bptt.functions import product
from throughtime.testing import assert_close


@pytest.mark.parametrize("seed", range(5))
def test_large_float32_products_go_through_onednn_and_agree(seed):
    generator = torch.Generator().manual_seed(seed)
    sizes = torch.randint(60, 200, (3,), generator=generator).tolist()
    N, K, M = [10 * sizes[0], *sizes[1:]]
    x, W, b = (torch.randn(s, generator=generator) for s in [(N, K), (M, K), (M,)])
    assert N * K * M >= product.ENOUGH
    close = partial(assert_close, rtol=1e-4, atol=1e-4)
    want = x.double() @ W.double().T
    close(product.product(x, W, b), want + b)
    da = torch.randn(N, M, generator=generator)
    close(product.product(da, W.T), da.double() @ W.double(), atol=2e-3)
    close(product.weight_gradient(da, x), da.double().T @ x.double(), atol=2e-3)
    times, a = product.Recurrent(W, N), torch.randn(N, M, generator=generator)
    close(times.plus(a, x), a + want)
    close(times.plus(None, x), want)
    close(times.add_to(a.clone(), x), a + want)


@pytest.mark.parametrize("cut", ["rows", "columns", "one row for all"])
def test_parts_of_wider_matrices_are_copied_first(cut, monkeypatch):
    # oneDNN takes 300 times as long over some of them, and fails at others.
    N, K, M = 400, 128, 96
    generator = torch.Generator().manual_seed(0)
    x, da = (torch.randn(N, n, generator=generator) for n in (K, M))
    wide = torch.randn(2 * M, 2 * K, generator=generator)
    W = {
        "rows": wide[::2, :K],
        "columns": wide[:M, K:],
        "one row for all": wide[0, :K].expand(M, K),
    }[cut]
    seen = []
    onednn = product._onednn
    monkeypatch.setattr(
        product, "_onednn", lambda x, W, b: seen.append(W) or onednn(x, W, b)
    )
    close = partial(assert_close, rtol=1e-4, atol=2e-3)
    close(product.product(x, W), x.double() @ W.double().T)
    close(product.product(da, W.T), da.double() @ W.double())
    wide_da = torch.randn(N, 3 * M, generator=generator)[:, M : 2 * M]
    close(product.weight_gradient(wide_da, x), wide_da.double().T @ x.double())
    assert [w.is_contiguous() or w.T.is_contiguous() for w in seen] == [True] * 3
