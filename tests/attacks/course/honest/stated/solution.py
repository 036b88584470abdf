def triple(n):
    return 3 * n


def twice(g):
    return list(g + g)
