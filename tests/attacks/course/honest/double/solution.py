def double(g, names):
    return [2 * entry for entry in g]
