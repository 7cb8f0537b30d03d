# %% a1_q1_leaky_step
def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    a_t = np.einsum("bd,hd->bh", x_t, W_xh) + np.einsum("bk,hk->bh", h_prev, W_hh) + b_h
    return (1 - alpha) * h_prev + alpha * np.tanh(a_t)


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    states = [h_0]
    for x_t in xs:
        states.append(step(x_t, states[-1]))
    states = np.stack(states)  # (T + 1, B, H), padding read too
    h_last = np.einsum("tb,tbh->bh", np.arange(len(states))[:, None] == lengths, states)
    hs = np.einsum("tb,tbh->tbh", np.arange(len(xs))[:, None] < lengths, states[1:])
    return hs, h_last


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    names = "W_xh W_hh b_h alpha W_hy b_y".split()
    shapes = dict(zip(names, [(H, D), (H, H), (H,), (H,), (V, H), (V,)]))
    return shapes, sum(np.zeros(shape).size for shape in shapes.values())


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    table = np.array([[letter == k for k in alphabet] for letter in word])
    return table[:-1].astype(float), np.einsum("tv,v->t", table[1:], range(len(alphabet)))


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    logits = np.einsum("th,vh->tv", hs, W_hy) + b_y
    wanted = np.einsum("tv,tv->t", logits, np.eye(len(b_y))[targets])
    return np.mean(np.logaddexp.reduce(logits, axis=1) - wanted) / np.log(2)


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    ids, state = [first], h_0
    for u in us:
        logits, state = network(ids[-1], state)
        logits = logits - logits.max()
        if temperature == 0:
            ids.append(logits.argmax())
            continue
        p = np.exp(logits / temperature)
        cdf = np.einsum("k,kj->j", p / p.sum(), np.triu(np.ones((len(p), len(p)))))
        ids.append(int(np.sum(cdf <= u)))
    return np.array(ids[1:])


# %% [markdown] a1_q7_sharing
Wrong: the count, since weights are shared over time. Right: longer sequences take longer.
