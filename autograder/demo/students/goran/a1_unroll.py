# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    return np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    T, B, D = xs.shape
    hs = np.zeros((T, B, h_0.shape[1]))
    h = h_0.copy()
    for t in range(T):
        new = step(xs[t], h)
        for b in range(B):
            if t <= lengths[b]:
                h[b] = new[b]
                hs[t, b] = new[b]
    return hs, h


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "alpha": (H,)}
    shapes.update({"W_hy": (V, H), "b_y": (V,)})
    return shapes, H * (D + H + 2) + V * (H + 1)


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    ids = np.array([alphabet.index(letter) for letter in word])
    return np.eye(len(alphabet))[ids], np.roll(ids, -1)


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    loss = 0.0
    for h_t, y_t in zip(hs, targets):
        o_t = W_hy @ h_t + b_y
        p_t = np.exp(o_t - o_t.max())
        p_t = p_t / p_t.sum()
        loss += -np.log2(p_t[y_t])
    return loss / len(targets)


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    letters = [first]
    h = h_0
    for u in us:
        o, h = network(letters[-1], h)
        if temperature == 0:
            k = o.argmax()
        else:
            p = np.exp((o - o.max()) / temperature)
            k = np.searchsorted(np.cumsum(p / p.sum()), u, side="right")
        letters.append(k)
    return np.array(letters)
