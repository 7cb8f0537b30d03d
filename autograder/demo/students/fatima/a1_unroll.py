# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    new = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    h_prev *= 1 - alpha
    h_prev += alpha * new
    return h_prev


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    T, B, D = xs.shape
    hs = np.zeros((T, B, h_0.shape[1]))
    h = h_0
    for t in range(T):
        h = step(xs[t], h)
        for b in range(B):
            if t < lengths[b]:
                hs[t, b] = h[b]
    return hs, hs[lengths - 1, np.arange(B)]


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {
        "W_xh": (H, D),
        "W_hh": (H, H),
        "b_h": (H),
        "alpha": (H),
        "W_hy": (V, H),
        "b_y": (V),
    }
    return shapes, H * D + H * H + 2 * H + V * H + V


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    T, V = len(word) - 1, len(alphabet)
    xs = np.zeros((T, V))
    for t in range(T):
        xs[t][alphabet.find(word[t])] = 1
    return xs, np.array([alphabet.find(letter) for letter in word[1:]])


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    o = hs @ W_hy.T + b_y
    p = np.exp(o) / np.exp(o).sum(axis=1, keepdims=True)
    return np.mean([-np.log2(p[t, k]) for t, k in enumerate(targets)])


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    letters = [first]
    h = h_0
    for u in us:
        o, h = network(letters[-1], h)
        z = (o - o.max()) * temperature
        p = np.exp(z) / np.exp(z).sum()
        letters.append(np.searchsorted(p.cumsum(), u, side="right"))
    return np.array(letters[1:])


# %% [markdown] a1_q7_sharing
I think my friend is right because each cell in the picture has its own arrow with a weight.
