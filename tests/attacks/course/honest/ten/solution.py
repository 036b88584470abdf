def ten(n):
    return 10 * n
