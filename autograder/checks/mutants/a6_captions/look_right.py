"""Right answers to question 5, and what the wrong ones share with them."""

import numpy as np
import torch

from examiner.answers import right


def softmax(scores, mask):
    """Return weights that sum to 1 over the open places, or zeros if there are none."""
    e = np.where(mask, scores, -np.inf)
    most = np.where(mask.any(axis=1), e.max(axis=1), 0)
    weights = np.exp(e - most[:, None])
    return weights / np.maximum(weights.sum(axis=1), 1e-300)[:, None]


def three(q, f, mask, W, dz, **changed):
    """Do everything right but what is changed: ``keys``, ``alpha``, ``de``..."""
    asks = changed.get("asks", q @ W)
    scores = changed.get("scores", np.einsum("bc,bnc->bn", asks, f))
    alpha = changed.get("alpha", softmax(scores, mask))
    z = np.einsum("bn,bnc->bc", alpha, f)
    dalpha = np.einsum("bc,bnc->bn", dz, f)
    de = changed.get("de", alpha * (dalpha - np.sum(alpha * dalpha, 1, keepdims=True)))
    as_seen = changed.get("as_seen", alpha[:, :, None] * dz[:, None])
    return z, alpha, as_seen + de[:, :, None] * changed.get("heard", asks)[:, None]


@right("look", "einsum")
def look_einsum(q, f, mask, W, dz):
    """Follow the page."""
    return three(q, f, mask, W, dz)


@right("look", "loop")
def look_loop(q, f, mask, W, dz):
    """Look for each row, at its open places only."""
    z, alpha, df = np.zeros(dz.shape), np.zeros(mask.shape), np.zeros(f.shape)
    for b in np.flatnonzero(mask.any(axis=1)):
        places = np.flatnonzero(mask[b])
        key = W.T @ q[b]
        e = [key @ f[b, j] for j in places]
        weights = np.exp(e - np.logaddexp.reduce(e))
        z[b] = weights @ f[b, places]
        alpha[b, places] = weights
        for j, weight in zip(places, weights, strict=True):
            de = weight * (dz[b] @ (f[b, j] - z[b]))
            df[b, j] = weight * dz[b] + de * key
    return z, alpha, df


@right("look", "torch")
def look_torch(q, f, mask, W, dz):
    """Compute with torch; the Jacobian of the softmax as a matrix."""
    q, f, mask, W, dz = map(torch.tensor, (q, f, mask, W, dz))
    key = q @ W
    e = (f @ key[:, :, None])[..., 0].masked_fill(~mask, -torch.inf)
    alpha = torch.nan_to_num(e.softmax(1), 0.0)
    z = (alpha[:, None] @ f)[:, 0]
    slope = torch.diag_embed(alpha) - alpha[:, :, None] * alpha[:, None]
    de = slope @ (f @ dz[:, :, None])
    return z, alpha, alpha[:, :, None] * dz[:, None] + de * key[:, None]
