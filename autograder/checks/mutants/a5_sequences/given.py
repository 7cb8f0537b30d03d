"""The functions that a locked cell of a5 gives to students, for the answers to use."""


def halving(x_t, h_prev):
    """Keep half of the state, and add the input."""
    return x_t + h_prev / 2


def flipping(x_t, h_prev):
    """Turn the sign of the state, and add the input."""
    return x_t - h_prev
