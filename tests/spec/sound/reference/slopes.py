"""The slope of a product, at random points."""


def slope(generator):
    a, b = generator.normal(), generator.normal()
    return {"a": a, "b": b}, 2 * a * b
