# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    h_neu = np.tanh(np.dot(x_t, W_xh.T) + np.dot(h_prev, W_hh.T))
    return (1 - alpha) * h_prev + alpha * h_neu


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    hs = []
    h = h_0
    for t in range(xs.shape[0]):
        mask = (t < lengths).reshape(-1, 1)
        h = mask * step(xs[t], h)
        hs.append(h)
    return np.array(hs), hs[-1]


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "alpha": (H,)}
    shapes["W_hy"] = (V, H)
    shapes["b_y"] = (V,)
    return shapes, sum(np.prod(s) for s in shapes.values())


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    ids = [alphabet.index(c) for c in word]
    return np.eye(len(alphabet))[ids[:-1]], np.array(ids[1:])


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    o = hs @ W_hy.T + b_y
    o = o - np.max(o, axis=1)[:, None]
    log_p = o - np.log(np.sum(np.exp(o), axis=1))[:, None]
    loss = 0
    for t in range(len(targets)):
        loss -= log_p[t, targets[t]]
    return loss / len(targets)


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    h = h_0
    x = first
    out = []
    for u in us:
        o, h = network(x, h)
        p = np.exp((o - max(o)) / temperature)
        p = p / p.sum()
        x = np.searchsorted(np.cumsum(p), u)
        out.append(x)
    return np.array(out)


# %% [markdown] a1_q7_sharing
The weights are shared so it is not 20 times. For longer sequences you can use the same network.
