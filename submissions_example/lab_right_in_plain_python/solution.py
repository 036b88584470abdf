from itertools import accumulate
from math import exp, hypot, tanh


def one_hot(index, size):
    if index not in range(size):
        raise ValueError(f"there is no word {index} in a vocabulary of {size} words")
    return [int(i == index) for i in range(size)]


def clip_by_value(g, c):
    if g.ndim > 1:
        return [clip_by_value(row, c) for row in g]
    return [sorted((-c, entry, c))[1] for entry in g.tolist()]


def clip_by_norm(g, c):
    scale = min(1, c / (hypot(*g) + 1e-6))
    return tuple(scale * entry for entry in g)


def clip_average(grads, c):
    return clip_by_norm([sum(column) / len(grads) for column in grads.T], c)


def free_run(step, state, token, length):
    if length == 0:
        return []
    state, token = step(state, token)
    return [token, *free_run(step, state, token, length - 1)]


def teacher_forcing(step, state, tokens):
    runs = accumulate(tokens, lambda run, token: step(run[0], token), initial=(state, None))
    return [output for _, output in runs][1:]


def scheduled_sampling(step, state, tokens, eps, rng):
    truths = (rng.random(len(tokens)) < eps).tolist()
    output, outputs = tokens[0], []
    for t, (truth, token) in enumerate(zip(truths, tokens)):
        state, output = step(state, token if truth or t == 0 else output)
        outputs.append(output)
    return tuple(outputs)


def linear_decay(i, k, c, e):
    return k - c * i if k - c * i > e else e


def exponential_decay(i, k):
    product = 1.0
    for _ in range(i):
        product *= k
    return product


def inverse_sigmoid_decay(i, k):
    return k * exp(-i / k) / (k * exp(-i / k) + 1)


def bptt_gradient(W, U, h0, x):
    # forwards: the derivatives of h by W, U and h0, carried along
    h, by_W, by_U, by_h0 = h0, 0.0, 0.0, 1.0
    for x_t in x:
        new = (1 + tanh((W * h + U * x_t) / 2)) / 2
        slope = new * (1 - new)
        by_W, by_U, by_h0 = slope * (h + W * by_W), slope * (x_t + W * by_U), slope * W * by_h0
        h = new
    return [by_W, by_U, by_h0]
