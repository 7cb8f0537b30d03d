# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    elman = np.tanh(x_t @ W_xh.T + h_prev @ W_hh.T + b_h)
    return h_prev + alpha * (elman - h_prev)


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    T = len(xs)
    hs = np.zeros((T, *h_0.shape))
    h_last = h_0
    for t in range(T):
        real = (lengths > t)[:, None]
        h_last = np.where(real, step(xs[t], h_last), h_last)
        hs[t] = real * h_last
    return hs, h_last


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {
        "W_xh": (H, D),
        "W_hh": (H, H),
        "b_h": (H,),
        "alpha": (H,),
        "W_hy": (V, H),
        "b_y": (V,),
    }
    return shapes, H * D + H * H + H + H + V * H + V


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    ids = np.array([alphabet.index(letter) for letter in word])
    xs = np.zeros((len(ids) - 1, len(alphabet)))
    xs[np.arange(len(xs)), ids[:-1]] = 1
    return xs, ids[1:]


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    os = hs @ W_hy.T + b_y
    os = os - os.max(axis=1, keepdims=True)
    nats = np.log(np.exp(os).sum(axis=1)) - os[np.arange(len(targets)), targets]
    return nats.mean() / np.log(2)


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    letters = []
    letter, h = first, h_0
    for u in us:
        o, h = network(letter, h)
        if temperature == 0:
            letter = np.argmax(o)
        else:
            p = np.exp((o - o.max()) / temperature)
            letter = np.argmax(u < np.cumsum(p / p.sum()))
        letters.append(letter)
    return np.array(letters)


# %% [markdown] a1_q7_sharing
The count is wrong: the twenty cells are one cell, drawn twenty times.
They share $W_{xh}$, $W_{hh}$ and $b_h$, so there are $H(D + H + 1)$ numbers for any $T$.
For 30 steps we go round the same loop ten more times, and nothing is built or trained anew.
What does grow with $T$ is the work and the number of states to keep for the backward pass; fewer units would not change that rule.
Weights of their own for each step suit a form with ten fields in a fixed order, where what is learned about one field says nothing about the next.
