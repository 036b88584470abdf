"""The linear network `h_t = -h_(t-1) + x_t`, `y_t = sigmoid(10 h_t)`, `h_0 = 0`, at its last step.

Unrolled, `h_T = sum_(i=1..T) (-1)^(T-i) x_i`. For an even T: the entries at even places minus those at odd places.
"""

import numpy as np


def q1(x):
    """`y_T` for integers x_1..x_T with T even: near 1 or 0 as the even or the odd places weigh more, 1/2 on a tie."""
    h = sum(x[1::2]) - sum(x[0::2])
    return float(np.exp(-np.logaddexp(0.0, -10.0 * h)))
