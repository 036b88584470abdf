"""A class as an answer, as a question says in YAML what is done with an object of it."""

from __future__ import annotations

from pydantic import Field

from grader.spec.fields import Label, Strict, Words


class ClassModel(Strict):
    """A class as an answer: an object of it is made for each input, gets attributes, and is called step by step."""

    name: Label = Field(description="The name of the class.")
    init: list[Words] = Field(
        default_factory=list, description="What its constructor is given: inputs by name, or lr=rate."
    )
    set: dict[Words, Words] = Field(
        default_factory=dict, description="Attributes that the grader sets, each with an input: W: params['W']."
    )
    calls: list[Words] = Field(
        min_length=1, description="What is done with the object, step by step: y = forward(x), dW = self.dW."
    )
