# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    a_t = x_t @ W_xh.T + h_prev @ W_hh.T + b_h
    return (1 - alpha) * h_prev + alpha * np.tanh(a_t)


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    hs = np.zeros((len(xs), *h_0.shape)
    h_last = h_0
    for t in range(len(xs)):
        real = (t < lengths)[:, None]
        h_last = np.where(real, step(xs[t], h_last), h_last)
        hs[t] = np.where(real, h_last, 0)
    return hs, h_last


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {"W_xh": (H, D), "W_hh": (H, H), "b_h": (H,), "alpha": (1,)}
    shapes.update({"W_hy": (V, H), "b_y": (V,)})
    return shapes, H * (D + H + 1) + 1 + V * (H + 1)


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    ids = [alphabet.index(letter) for letter in word]
    return np.eye(len(alphabet))[ids[:-1]], np.array(ids[1:])


# %% [markdown] a1_q7_sharing
The number of weights does not depend on T, because every step uses the same ones, and 30 steps are fine.
