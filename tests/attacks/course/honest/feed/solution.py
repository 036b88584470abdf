def feed(step, state, tokens):
    outputs = []
    for token in tokens:
        state, output = step(state, token)
        outputs.append(output)
    return outputs
