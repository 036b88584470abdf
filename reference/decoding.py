"""Feeding a decoder: its own outputs, the true tokens, or a mixture (Bengio, Vinyals, Jaitly and Shazeer 2015,
"Scheduled sampling for sequence prediction with recurrent neural networks", arXiv 1506.03099).

The decoder is any function `step(state, token) -> (state, token)`: `s_t, y_t = step(s_(t-1), u_t)`.
What differs is u_t.
"""


def free_run(step, state, token, length):
    """The `length` outputs with `u_1 = token` and `u_t = y_(t-1)`: generation, in which errors build up."""
    outputs = []
    while len(outputs) < length:
        state, token = step(state, token)
        outputs.append(token)
    return outputs


def teacher_forcing(step, state, tokens):
    """The outputs with `u_t = tokens[t - 1]`: every step sees the truth, whatever the step before has put out."""
    outputs = []
    for truth in tokens:
        state, output = step(state, truth)
        outputs.append(output)
    return outputs


def scheduled_sampling(step, state, tokens, eps, rng):
    """The outputs with `u_1 = tokens[0]`; later u_t is the truth with probability `eps`, else `y_(t-1)`.

    `rng` is a `numpy.random.Generator`; one coin is tossed for each step after the first.
    """
    truths = rng.random(len(tokens) - 1) < eps
    state, output = step(state, tokens[0])
    outputs = [output]
    for truth, token in zip(truths, tokens[1:], strict=True):
        state, output = step(state, token if truth else output)
        outputs.append(output)
    return outputs


def free_run_on(step, state, tokens, eps, rng):
    """What scheduled sampling must do at eps = 0, by the other function: as many steps as there are tokens."""
    return free_run(step, state, tokens[0], len(tokens))


def teacher_forcing_on(step, state, tokens, eps, rng):
    """What scheduled sampling must do at eps = 1, by the other function."""
    return teacher_forcing(step, state, tokens)


def fed_late(step, state, token, length):
    """A mistake: each output comes back one step late, `u_1 = u_2 = token` and `u_t = y_(t-2)`."""
    fed, outputs = [token, token], []
    for t in range(length):
        state, output = step(state, fed[t])
        fed.append(output)
        outputs.append(output)
    return outputs
