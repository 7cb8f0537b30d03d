"""Answers to question 2."""

import numpy as np
import torch
from torch.nn import functional

from examiner.answers import right, wrong


@wrong("tied_embedding_gradient", "copied_from_chapter")
def tied_embedding_gradient_copied(ids, dxs, hs, dos, frozen):
    """This is the chapter's embedding, which is only read.

    Here E makes the logits, too: add what it receives from them, and mind the frozen
    rows.
    """
    dE = np.zeros((dos.shape[1], dxs.shape[1]))
    np.add.at(dE, ids, dxs)
    return dE


@wrong("tied_embedding_gradient")
def logits_forgotten(ids, dxs, hs, dos, frozen):
    """What E receives from the logits is missing.

    E makes them, o_t = E h_t: add the outer product of do_t and h_t for each step.
    """
    return tied_embedding_gradient_numpy(ids, dxs, hs, 0 * dos, frozen)


@wrong("tied_embedding_gradient")
def inputs_forgotten(ids, dxs, hs, dos, frozen):
    """What E receives from the inputs is missing.

    Row ids[t] is x_t: add dxs[t] to it.
    """
    return tied_embedding_gradient_numpy(ids, 0 * dxs, hs, dos, frozen)


@wrong("tied_embedding_gradient")
def repeated_words_lost(ids, dxs, hs, dos, frozen):
    """A word that comes again gets only the gradient of its last place.

    dE[ids] += dxs adds once a row; np.add.at(dE, ids, dxs), or a loop, adds each time.
    """
    dE = dos.T @ hs
    dE[ids] += dxs
    dE[frozen] = 0
    return dE


@wrong("tied_embedding_gradient")
def repeated_words_averaged(ids, dxs, hs, dos, frozen):
    """A word that comes again gets the mean of its gradients.

    A shared row receives their sum.
    """
    times = np.bincount(ids, minlength=dos.shape[1])[ids]
    return tied_embedding_gradient_numpy(ids, dxs / times[:, None], hs, dos, frozen)


@wrong("tied_embedding_gradient")
def only_words_that_are_read(ids, dxs, hs, dos, frozen):
    """A row gets something from the logits only if its word is read.

    Each logit is made from its own row at every step, so every row learns.
    """
    dE = tied_embedding_gradient_numpy(ids, dxs, hs, dos, frozen)
    return dE * np.isin(np.arange(len(dE)), ids)[:, None]


@wrong("tied_embedding_gradient")
def last_logits_only(ids, dxs, hs, dos, frozen):
    """Only the last step's logits count.

    Every step makes logits with the same E: sum over all of them.
    """
    late = np.zeros_like(dos)
    late[-1] = dos[-1]
    return tied_embedding_gradient_numpy(ids, dxs, hs, late, frozen)


@wrong("tied_embedding_gradient")
def states_one_step_late(ids, dxs, hs, dos, frozen):
    """The logits are paired with the state before them.

    o_t = E h_t, and hs[t] and dos[t] belong to one step.
    """
    before = np.vstack([np.zeros_like(hs[:1]), hs[:-1]])
    return tied_embedding_gradient_numpy(ids, dxs, before, dos, frozen)


@wrong("tied_embedding_gradient")
def frozen_rows_learn(ids, dxs, hs, dos, frozen):
    """The frozen rows have a gradient, too.

    Set their rows to 0 after everything is added.
    """
    return tied_embedding_gradient_numpy(ids, dxs, hs, dos, [])


@wrong("tied_embedding_gradient")
def frozen_for_the_inputs_only(ids, dxs, hs, dos, frozen):
    """A frozen row still receives something from the logits.

    Set it to 0 after both parts are added.
    """
    learns = ~np.isin(ids, frozen)
    return tied_embedding_gradient_numpy(ids, dxs * learns[:, None], hs, dos, [])


@wrong("tied_embedding_gradient")
def frozen_steps_skipped(ids, dxs, hs, dos, frozen):
    """Whole steps are left out where a frozen word is read.

    Their logits teach the other rows; only the frozen rows themselves stay.
    """
    keep = ~np.isin(ids, frozen)
    parts = (part[keep] for part in (ids, dxs, hs, dos))
    return tied_embedding_gradient_numpy(*parts, frozen)


@wrong("tied_embedding_gradient")
def words_are_columns(ids, dxs, hs, dos, frozen):
    """Your result has a column for each word.

    Here a word is a row of E, as x_t = E[id] says: return its transpose.
    """
    return tied_embedding_gradient_numpy(ids, dxs, hs, dos, frozen).T


@right("tied_embedding_gradient", "numpy")
def tied_embedding_gradient_numpy(ids, dxs, hs, dos, frozen):
    """Add at the rows."""
    dE = dos.T @ hs
    np.add.at(dE, ids, dxs)
    dE[frozen] = 0
    return dE


@right("tied_embedding_gradient", "one_hot")
def tied_embedding_gradient_one_hot(ids, dxs, hs, dos, frozen):
    """Multiply by one-hot rows: a look-up is a product."""
    V = dos.shape[1]
    dE = np.einsum("tv,td->vd", np.eye(V)[ids], dxs) + np.einsum("tv,td->vd", dos, hs)
    return np.where(np.isin(np.arange(V), frozen)[:, None], 0, dE)


@right("tied_embedding_gradient", "loop")
def tied_embedding_gradient_loop(ids, dxs, hs, dos, frozen):
    """Loop over steps and rows."""
    T, V = dos.shape
    dE = np.zeros((V, hs.shape[1]))
    for t in range(T):
        dE[ids[t]] += dxs[t]
        for v in range(V):
            dE[v] += dos[t, v] * hs[t]
    for v in frozen:
        dE[v] = 0
    return dE.tolist()


@wrong("tied_embedding_gradient", "by_autograd")
def tied_embedding_gradient_torch(ids, dxs, hs, dos, frozen):
    """Your function lets autograd do the work.

    Autograd is the judge of your functions, in the tests; inside them you write the
    gradient yourself.
    """
    E = torch.zeros(dos.shape[1], dxs.shape[1], dtype=torch.float64, requires_grad=True)
    total = (functional.embedding(torch.tensor(ids), E) * torch.tensor(dxs)).sum()
    (total + (torch.tensor(hs) @ E.T * torch.tensor(dos)).sum()).backward()
    E.grad[frozen] = 0
    return E.grad
