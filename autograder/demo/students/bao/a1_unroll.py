# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    B, H = h_prev.shape
    h_t = np.zeros((B, H))
    for b in range(B):
        for i in range(H):
            a = b_h[i]
            for d in range(x_t.shape[1]):
                a = a + W_xh[i, d] * x_t[b, d]
            for j in range(H):
                a = a + W_hh[i, j] * h_prev[b, j]
            h_t[b, i] = (1 - alpha) * h_prev[b, i] + alpha * np.tanh(a)
    return h_t


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    T, B, D = xs.shape
    hs = np.zeros((T, B, h_0.shape[1]))
    h_last = np.zeros(h_0.shape)
    for b in range(B):
        h = h_0[[b]]  # one row
        for t in range(lengths[b]):
            h = step(xs[t, [b]], h)
            hs[t, b] = h[0]
        h_last[b] = h[0]
    return hs, h_last


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    shapes = {}
    shapes["W_xh"] = (H, D)
    shapes["W_hh"] = (H, H)
    shapes["b_h"] = (H,)
    shapes["alpha"] = (H,)
    shapes["W_hy"] = (V, H)
    shapes["b_y"] = (V,)
    count = 0
    for name in shapes:
        product = 1
        for size in shapes[name]:
            product = product * size
        count = count + product
    return shapes, count


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    T = len(word) - 1
    xs = np.zeros((T, len(alphabet)))
    targets = np.zeros(T, dtype=int)
    for t in range(T):
        for k in range(len(alphabet)):
            if word[t] == alphabet[k]:
                xs[t, k] = 1.0
            if word[t + 1] == alphabet[k]:
                targets[t] = k
    return xs, targets


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    total = 0.0
    for t in range(len(targets)):
        o = []
        for k in range(len(b_y)):
            o.append(float(np.dot(W_hy[k], hs[t]) + b_y[k]))
        m = max(o)
        powers = 0.0
        for k in range(len(o)):
            powers = powers + np.exp(o[k] - m)
        total = total - (o[targets[t]] - m - np.log(powers)) / np.log(2)
    return total / len(targets)


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    result = []
    letter = first
    h = h_0
    for u in us:
        o, h = network(letter, h)
        best = 0
        for k in range(len(o)):
            if o[k] > o[best]:
                best = k
        if temperature == 0:
            letter = best
        else:
            p = [np.exp((x - o[best]) / temperature) for x in o]
            letter = 0
            below = p[0]
            while u * sum(p) >= below:
                letter = letter + 1
                below = below + p[letter]
        result.append(letter)
    return np.array(result)


# %% [markdown] a1_q7_sharing
All cells have the same weights, so the number of parameters is $H(D+H+1)$ and does not depend on $T$.
Therefore the same network can also read 30 steps.
My friend is right that a long graph is slow, because each step needs its own computation and its state must be stored for the gradient.
Separate weights are good when each position means something different, for example the twelve months in a table of sales.
