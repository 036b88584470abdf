"""Models of files as JSON Schema, for editors: what pydantic makes of them, in the form that every editor reads.

The draft is 7, which editors know best: a `$ref` there hides what stands beside it, and so it stands in an `allOf`.
A field that may be left out may not stand there with nothing behind it, unless its own schema says so.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from grader.documents.scalar_schemas import DEFINED_SCHEMA
from grader.spec import field_schemas
from grader.spec.fields import Strict

JSON_SCHEMA_DRAFT = "http://json-schema.org/draft-07/schema#"

JsonSchema = dict[str, Any]

_NAMED_SCHEMAS = ("properties", "$defs")
"""Keywords whose values are mappings of names to schemas."""


def reference(name: str) -> JsonSchema:
    """The schema that is defined under a name."""
    return {"$ref": f"#/$defs/{name}"}


def definitions_of(models: Sequence[type[BaseModel]]) -> dict[str, JsonSchema]:
    """The schemas of the models and of all that they refer to, by the names of their classes."""
    _, schema = models_json_schema([(model, "validation") for model in models])
    found = dict(field_schemas.SHARED_SCHEMAS)
    for model in models:
        found |= model.shared_schemas() if issubclass(model, Strict) else {}
    found |= schema.get("$defs", {})
    return {name: tidied(definition) for name, definition in found.items()}


def tidied(schema: Any) -> Any:
    """A schema of pydantic's without titles made of names, without null for what is left out, with bare references."""
    if isinstance(schema, list):
        return [tidied(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found: JsonSchema = {}
    for keyword, value in schema.items():
        if keyword in _NAMED_SCHEMAS:
            found[keyword] = {name: tidied(part) for name, part in value.items()}
        elif keyword == "propertyNames" and not {"pattern", "enum"} & set(value):
            continue  # a key is text, whatever it looks like
        elif keyword != "title" and not (keyword == "default" and value is None):
            found[keyword] = value if keyword == "default" else tidied(value)
    if found.get("anyOf", [])[1:] == [{"type": "null"}]:
        found = {**found.pop("anyOf")[0], **found}
    if DEFINED_SCHEMA in found:
        found = {**reference(found.pop(DEFINED_SCHEMA)), **found}
    if "$ref" in found and len(found) > 1:
        found = {"allOf": [{"$ref": found.pop("$ref")}], **found}
    return found


def used_definitions(root: JsonSchema, definitions: Mapping[str, JsonSchema]) -> dict[str, JsonSchema]:
    """The definitions that a schema refers to, and those that these refer to, in the order of their names."""
    used: set[str] = set()
    waiting: list[Any] = [root]
    while waiting:
        part = waiting.pop()
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            name = str(part.get("$ref", "")).removeprefix("#/$defs/").partition("/")[0]
            if name in definitions and name not in used:
                used.add(name)
                waiting.append(definitions[name])
            waiting += part.values()
    return {name: definitions[name] for name in sorted(used)}


def schema_text(title: str, root: JsonSchema, definitions: Mapping[str, JsonSchema]) -> str:
    """A schema and the definitions that it uses, as indented JSON."""
    alone = {"allOf": [root]} if "$ref" in root else root
    whole = {"$schema": JSON_SCHEMA_DRAFT, "title": title, **alone, "$defs": used_definitions(root, definitions)}
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"
