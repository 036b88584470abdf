import math

import numpy as np


def one_hot(index, size):
    if not 0 <= index < size:
        raise ValueError(f"index {index} is outside 0..{size - 1}")
    v = np.zeros(size)
    v[index] = 1
    return v


def clip_by_value(g, c):
    return np.clip(g, -c, c)


def clip_by_norm(g, c):
    norm = np.linalg.norm(g)
    if norm > c:
        return g * (c / norm)
    return g.copy()


def clip_average(grads, c):
    return clip_by_norm(grads.mean(axis=0), c)


def free_run(step, state, token, length):
    outputs = []
    for _ in range(length):
        state, token = step(state, token)
        outputs.append(token)
    return outputs


def teacher_forcing(step, state, tokens):
    outputs = []
    for token in tokens:
        state, output = step(state, token)
        outputs.append(output)
    return outputs


def scheduled_sampling(step, state, tokens, eps, rng):
    outputs = []
    fed = tokens[0]
    for t in range(len(tokens)):
        if t > 0:
            fed = tokens[t] if np.random.rand() < eps else outputs[-1]
        state, output = step(state, fed)
        outputs.append(output)
    return outputs


def linear_decay(i, k, c, e):
    return max(e, k - c * i)


def exponential_decay(i, k):
    return k**i


def inverse_sigmoid_decay(i, k):
    if i / k > 700:
        return 0.0
    return k / (k + math.exp(i / k))


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def bptt_gradient(W, U, h0, x):
    h = [h0]
    for x_t in x:
        h.append(sigmoid(W * h[-1] + U * x_t))
    dW = dU = 0.0
    dh = 1.0
    for t in range(len(x), 0, -1):
        dz = dh * h[t] * (1 - h[t])
        dW += dz * h[t - 1]
        dU += dz * x[t - 1]
        dh = dz * W
    return dW, dU, dh
