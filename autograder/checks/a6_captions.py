"""Checks of assignment a6, *Captions*.

Captions and places come from the generated world. Losses and looks are held against
torch's own, gradients against autograd, steps against ``torch.nn``'s cell, searches
against arrays with the log-probability of every caption.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

import checks.worlds as worlds
from checks.oracles import tensors, torchs
from examiner.ask import call, call_by_hand
from examiner.check import Case, check
from throughtime import images

NULL, START, _, UNK = range(4)
WORDS = images.caption_vocabulary().symbols


def only(asked: str, **results: Any) -> dict[str, Any]:
    """Want some of the results, and name all of them."""
    want = tuple(r if key in asked.split() else ... for key, r in results.items())
    return {"want": want, "parts": tuple(results)}


@check(points=5)
def caption_loss(rng: np.random.Generator) -> Iterator[Case]:
    """`caption_loss` asks for the next symbol, unless it is NULL or UNK.

    The loss is in nats for each symbol that is asked for, END included; its gradient is
    p less 1 at the right symbol, divided by their number, and 0 elsewhere.
    """
    colours = [WORDS.index(colour) for colour in images.COLOURS]
    V = len(WORDS) + int(rng.integers(1, 4))  # some symbols may never come
    # A slip with NULL costs no points where all captions have one length.
    # One with UNK costs none where its logit is so low that p is nearly 0.
    for name, points, part, ragged in (
        ("the loss, different lengths", 1, "loss", True),
        ("the loss where some words are unknown", 1, "loss", False),
        ("the gradient, captions of one length", 1, "dlogits", False),
        ("the gradient, some words unknown", 0.5, "dlogits", True),
        ("the loss with logits of a thousand", 0.5, "loss", False),
        ("the loss, nan wherever nothing is asked for", 0.5, "loss", True),
        ("the gradient, nan wherever nothing is asked for", 0.5, "dlogits", True),
    ):
        ids = worlds.told(rng, int(rng.integers(3, 6)), ragged)
        if "unknown" in name:
            ids[np.isin(ids, colours)] = UNK
        logits = rng.normal(size=(*ids.shape, V)) * (1000 if "thousand" in name else 1)
        logits[..., UNK] -= 0 if "unknown" in name else np.abs(logits).max() + 20
        asked = np.zeros(ids.shape, dtype=bool)
        asked[:-1] = (ids[1:] != NULL) & (ids[1:] != UNK)
        if "nan" in name:
            logits[~asked] = np.nan
        z = torch.tensor(logits, requires_grad=True)
        targets = torch.tensor(np.roll(ids, -1, axis=0)[asked])
        loss = functional.cross_entropy(z[torch.tensor(asked)], targets)
        loss.backward()
        yield Case(
            name=name,
            args={"logits": logits, "ids": ids},
            **only(part, loss=loss.item(), dlogits=z.grad.numpy()),
            points=points,
            verb=call_by_hand if part == "dlogits" else call,
            may_change="different" not in name,
        )


@check(points=4)
def caption_step(rng: np.random.Generator) -> Iterator[Case]:
    """`caption_step` adds the picture to the sum of a row that reads START.

    Then come tanh, and the log-probabilities of what may be said: of NULL and START
    minus infinity, and the others share 1.
    """
    D, C, H, V = 3, 3, 5, len(WORDS) + int(rng.integers(1, 4))
    B = H  # so that no wrong axis betrays itself by an error
    for name, part, starts, size in (
        ("rows that all read START", "h_t", 5, 1.0),
        ("START in some rows", "h_t", 2, 1.0),
        ("what may be said, with a W_hy of zeros", "log_p", 2, 0.0),
        ("logits of a thousand after a word", "log_p", 0, 1000.0),
    ):
        shapes = {"E": (V, D), "W_xh": (H, D), "W_hh": (H, H), "W_I": (H, C)}
        shapes |= {"b_h": H, "W_hy": (V, H), "b_y": V}
        w = {key: rng.normal(size=shape) for key, shape in shapes.items()}
        w["W_hy"] *= size
        ids = np.where(
            rng.permutation(B) < starts, START, worlds.told(rng, B, ragged=False)[3]
        )
        # A slip with the picture costs no points where only words are read.
        h_prev, f = rng.normal(size=(B, H)), (starts > 0) * rng.normal(size=(B, C))
        h_prev[np.argmax(ids != START)] = 0  # which tells nobody that START is read
        E, W_xh, W_hh, W_I, b_h, W_hy, b_y = tensors(*w.values())
        word = nn.Embedding.from_pretrained(E)(torch.tensor(ids))
        picture = torch.tensor(f * (ids == START)[:, None])
        x, W_x = torch.cat([word, picture], 1), torch.cat([W_xh, W_I], 1)
        h_t = torchs(nn.RNNCell, x, torch.tensor(h_prev), W_x, W_hh, b_h)
        logits = functional.linear(h_t, W_hy, b_y)
        logits[:, [NULL, START]] = -torch.inf
        log_p = functional.log_softmax(logits, dim=1)
        yield Case(
            name=name,
            args={"ids": ids, "h_prev": h_prev, "f": f, "weights": w},
            **only(part, log_p=log_p.numpy(), h_t=h_t.numpy()),
            points=1,
            may_change="thousand" not in name,
        )


@check(points=4)
def best_caption(rng: np.random.Generator) -> Iterator[Case]:
    """`best_caption` ranks all captions of at most `steps` symbols, END included.

    The rank is log p, divided by ((5 + n) / 6) to the power alpha; `share` is the
    probability of all of them together.
    """
    for name, asked, steps, alpha in (
        ("alpha = 0", "ids rank", 5, 0.0),
        ("alpha = 3, the rank", "rank", 5, 3.0),
        ("the share", "share", 4, 1.0),
        ("a table counted in captions", "ids", 4, 0.0),
    ):
        make = worlds.counted if "counted" in name else worlds.misleading
        log_p = make(rng)
        captions, ranks = worlds.searched(log_p, steps, worlds.EVERYTHING, alpha)
        share = worlds.share_that_ends(log_p, steps)
        yield Case(
            name=name,
            args={"log_p": log_p, "steps": steps, "alpha": alpha},
            **only(asked, ids=captions[0], rank=ranks[0], share=share),
            points=1,
            may_change=name != "the share",
        )


@check(points=5)
def beam(rng: np.random.Generator) -> Iterator[Case]:
    """`beam` takes the `width` most probable of all extensions, step by step.

    Those that end are set aside; what has not ended after `steps` symbols is dropped.
    The rank is log p, divided by ((5 + n) / 6) to the power alpha.
    """
    late, ended = worlds.greedy_ends_late, worlds.three_ended_last
    for name, points, asked, steps, width, alpha, good in (
        ("a width of 1", 1, "captions ranks", 5, 1, 0.0, late),
        ("a width of 3", 1, "captions", 5, 3, 0.0, worlds.six_ended),
        ("alpha = 2, the ranks", 1, "ranks", 5, 3, 2.0, ended),
        ("all of a table counted", 1.5, "ranks", 4, worlds.EVERYTHING, 0.0, None),
        ("a beam in which nothing ends", 0.5, "captions", 4, 2, 0.0, worlds.nothing),
    ):
        options = steps, width, alpha
        log_p = worlds.fitting(rng, *options, good)
        captions, ranks = worlds.searched(log_p, *options)
        yield Case(
            name=name,
            args={"log_p": log_p, "steps": steps, "width": width, "alpha": alpha},
            **only(asked, captions=tuple(captions), ranks=ranks),
            points=points,
            may_change=name != "a width of 1",
        )


@check(points=5)
def look(rng: np.random.Generator) -> Iterator[Case]:
    """`look` sees the mean of the open places by their weights, softmax of q W f.

    Closed places have the weight 0; with no open place z is 0. A feature hears of the
    loss as what is seen, and through its score.
    """
    B, Q = 5, 4
    C = Q  # so that a turned W betrays itself by no error
    for name, points, asked, size in (
        ("all places open", 1, "z alpha", 1.0),
        ("some places closed", 0.5, "alpha", 1.0),
        ("some places closed, scores of a thousand", 0.5, "alpha", 1000.0),
        ("scores of a thousand", 0.5, "z alpha", 1000.0),
        ("a row without an open place, dz = 0", 0.5, "z alpha df", 1.0),
        ("the gradient, with a W of zeros", 1, "df", 0.0),
        ("the gradient, both ways", 1, "df", 1.0),
    ):
        G = int(rng.choice([4, 6, 8]))
        mask = np.ones((B, G * G), dtype=bool)
        if "closed" in name:  # but where the thing is
            things = [images.object_cells(scene, G) for scene in worlds.scenes(rng, B)]
            mask = torch.cat(things).flatten(1).numpy()
        if "without" in name:
            mask[rng.integers(B)] = False
        q, dz = rng.normal(size=(B, Q)), rng.normal(size=(B, C))
        dz *= "dz = 0" not in name  # A slip with the gradient costs no points there.
        f, W = rng.normal(size=(B, G * G, C)), size * rng.normal(size=(Q, C))
        if "place" in name and "all" not in name:  # nor does one with W
            W = size * np.eye(Q)
        features = torch.tensor(f, requires_grad=True)
        query, places, weights, arrived = tensors(q, mask, W, dz)
        z, alpha = worlds.seen(query, features, places, weights)
        (df,) = torch.autograd.grad(z, features, arrived, retain_graph=True)
        results = {"z": z.detach(), "alpha": alpha.detach(), "df": df}
        yield Case(
            name=name,
            args={"q": q, "f": f, "mask": mask, "W": W, "dz": dz},
            **only(asked, **{key: r.numpy() for key, r in results.items()}),
            points=points,
            verb=call_by_hand if asked == "df" else call,
            may_change=name != "all places open",
        )


@check(points=3)
def perplexities(rng: np.random.Generator) -> Iterator[Case]:
    """`perplexities` weighs each caption's perplexity by its own number of tokens.

    The mean is one of logarithms. For each word, all nats are shared among the words
    alone; the cost is in bits a token, with lam times the sum of all squares.
    """
    for name, points, asked, S in (
        ("the perplexity of three captions", 0.5, "perplexity", 3),
        ("the perplexity of three hundred captions", 0.5, "perplexity", 300),
        ("the perplexity for each word", 1, "by_word", 5),
        ("the cost, captions of different lengths", 0.5, "cost", 4),
        ("the cost, captions of one length", 0.5, "cost", 4),
    ):
        n = np.append([2, 5, 11], rng.integers(2, 9, size=S - 3))
        n[:] = 6 if "one" in name else n
        # Of each token, how probable it was.
        rows = [torch.tensor(rng.uniform(0.01, 0.9, size=k)).log() for k in n]
        ppl = np.array([row.mean().neg().exp() for row in rows])
        nats = -torch.cat(rows)
        theta = {"b": rng.normal(size=3)}
        theta |= {"W": rng.normal(size=(3, 4)), "E": rng.normal(size=(4, 2))}
        lam = float(rng.uniform(0.1, 0.5))
        length = nn.utils.parameters_to_vector(tensors(*theta.values())).norm()
        yield Case(
            name=name,
            args={"ppl": ppl, "n": n, "theta": theta, "lam": lam},
            **only(
                asked,
                perplexity=nats.mean().exp().item(),
                by_word=(nats.sum() / (len(nats) - S)).exp().item(),
                cost=(nats.mean() / np.log(2) + lam * length**2).item(),
            ),
            points=points,
            may_change="different" not in name,
        )
