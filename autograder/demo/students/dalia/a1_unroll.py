# %% a1_q1_leaky_step
import torch


def leaky_step(x_t, h_prev, W_xh, W_hh, b_h, alpha):
    x_t, h_prev, b_h = torch.as_tensor(x_t), torch.as_tensor(h_prev), torch.as_tensor(b_h)
    new = torch.nn.functional.linear(x_t, torch.as_tensor(W_xh), b_h)
    new = new + torch.nn.functional.linear(h_prev, torch.as_tensor(W_hh))
    return (1 - alpha) * h_prev + alpha * torch.tanh(new)


# %% a1_q2_unroll_ragged
def unroll_ragged(step, xs, lengths, h_0):
    h = torch.tensor(h_0)
    hs = torch.zeros(len(xs), *h.shape, dtype=torch.float64)
    for t in range(len(xs)):
        real = torch.as_tensor(lengths > t).unsqueeze(1)
        new = torch.as_tensor(step(xs[t], h.numpy()))
        h = torch.where(real, new, h)
        hs[t] = h.masked_fill(~real, 0.0)
    return hs, h


# %% a1_q3_count_parameters
def count_parameters(D, H, V):
    parameters = {
        "W_xh": torch.empty(H, D),
        "W_hh": torch.empty(H, H),
        "b_h": torch.empty(H),
        "alpha": torch.empty(H),
        "W_hy": torch.empty(V, H),
        "b_y": torch.empty(V),
    }
    shapes = {name: tuple(p.shape) for name, p in parameters.items()}
    return shapes, sum(p.numel() for p in parameters.values())


# %% a1_q4_inputs_and_targets
def inputs_and_targets(word, alphabet):
    ids = torch.tensor([alphabet.index(letter) for letter in word])
    xs = torch.nn.functional.one_hot(ids[:-1], num_classes=len(alphabet))
    return xs.double().numpy(), ids[1:].numpy()


# %% a1_q5_bits_per_letter
def bits_per_letter(hs, W_hy, b_y, targets):
    logits = torch.tensor(hs) @ torch.tensor(W_hy).T + torch.tensor(b_y)
    nats = torch.nn.functional.cross_entropy(logits, torch.tensor(targets))
    return nats / torch.log(torch.tensor(2.0, dtype=torch.float64))


# %% a1_q6_sample
def sample(network, first, h_0, us, temperature):
    letter, h, letters = first, h_0, []
    for u in us:
        logits, h = network(letter, h)
        logits = torch.tensor(logits)
        if temperature > 0:
            p = torch.softmax(logits / temperature, dim=0)
            letter = int(torch.searchsorted(p.cumsum(0), torch.tensor(u), right=True))
        else:
            letter = int(logits.argmax())
        letters.append(letter)
    return np.array(letters)


# %% [markdown] a1_q7_sharing
There is one set of weights, $H(D+H+1)$ numbers, and the graph uses it 20 times, or 30 times; nothing has to be trained again.
The worry about cost is justified in another way: time and memory of backpropagation through time grow with $T$.
If each step is a different thing, for example the moves of a fixed dance, one could give each step its own weights.
