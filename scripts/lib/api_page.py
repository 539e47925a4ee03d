# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors
"""Makes the HTTP API's reference page from its OpenAPI description.

usage: api_page.py OPENAPI PAGE [--check]      --check: writes nothing, fails if it would
"""

from __future__ import annotations

import difflib
import json
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

import yaml

METHODS = ("get", "put", "post", "delete")
ACCESS = {"none": "-", "read": "read", "admin": "admin"}
WIDTH = 110

HEAD = """\
<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Copyright (c) 2026 The AkiraOS-in-Rust authors -->
<!-- Made by scripts/lib/api_page.py from docs/openapi.yaml: change that, then make this anew. -->
"""
TAIL = """\
Codes keep their names and statuses. New codes may be added.

HTTP that is malformed below this level (no valid request line, header bombs, false chunks) is
answered by the HTTP server with a status of its own, or by closing the connection.
"""


def wrapped(text: str) -> str:
    """Markdown with its lines cut to a width; lists keep their marks."""
    blocks = []
    for block in text.strip().split("\n\n"):
        items = re.split(r"\n(?=- )", block)
        lines = []
        for item in items:
            indent = "  " if item.startswith("- ") else ""
            one = " ".join(item.split())
            lines += textwrap.wrap(
                one,
                WIDTH,
                subsequent_indent=indent,
                break_long_words=False,
                break_on_hyphens=False,
            )
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def cell(text: str) -> str:
    """Text in a table's cell."""
    return " ".join(text.split()).replace("|", "\\|")


def table(head: list[str], rows: list[list[str]]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(row)} |".replace("|  |", "| |") for row in lines)


class Page:
    """The description, and how its parts look on the page."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.schemas: dict[str, Any] = document["components"]["schemas"]

    def resolve(self, part: dict[str, Any]) -> dict[str, Any]:
        """What a reference is to, or the part itself."""
        while "$ref" in part:
            found: Any = self.document
            for name in part["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            part = found
        return part

    def kind(self, schema: dict[str, Any]) -> str:
        """A schema in a few words."""
        name = schema.get("$ref", "").rpartition("/")[2]
        whole = self.resolve(schema)
        if name and (whole.get("type") == "object" or "oneOf" in whole):
            return f"[{name}](#{name.lower()})"
        if "const" in whole:
            return f"`{whole['const']}`"
        if "enum" in whole and name != "Capability" and len(whole["enum"]) <= 10:
            return ", ".join(f"`{value}`" for value in whole["enum"])
        if name in ("Name", "Capability"):
            return name.lower()
        types = whole.get("type", "text")
        words = [types] if isinstance(types, str) else list(types)
        if "array" in words:
            place = words.index("array")
            words[place] = f"list of {self.kind(whole['items'])}"
        text = " or ".join({"string": "text", "integer": "number"}.get(w, w) for w in words)
        low, high = whole.get("minimum"), whole.get("maximum")
        return f"{text}, {low} to {high}" if low is not None and high is not None else text

    def fields(self, schema: dict[str, Any], prefix: str = "") -> list[list[str]]:
        """A row for each field of an object; those of an object in it come behind it."""
        rows = []
        for name, field in schema["properties"].items():
            inner = self.resolve(field)
            opened = "$ref" not in field and "properties" in inner
            kind = "object" if opened else self.kind(field)
            if inner.get("description") is None:
                kind, text = kind, ""
            else:
                text = inner["description"]
            rows.append([f"`{prefix}{name}`", kind, cell(text)])
            if opened:
                rows += self.fields(inner, f"{prefix}{name}.")
        return rows

    def example(self, schema: dict[str, Any]) -> list[str]:
        """A schema's example."""
        if "example" not in schema:
            return []
        lines = ["{"]
        items = list(schema["example"].items())
        line = ""
        for place, (key, value) in enumerate(items):
            part = f"{json.dumps(key)}: {json.dumps(value)}" + (
                "," if place < len(items) - 1 else ""
            )
            if line and len(line) + len(part) + 3 > WIDTH - 10:
                lines.append(f"  {line}")
                line = part
            else:
                line = f"{line} {part}".strip()
        if len(lines) == 1:
            return [f"```json\n{{{line}}}\n```"]
        return ["```json\n" + "\n".join([*lines, f"  {line}", "}"]) + "\n```"]

    def shape(self, schema: dict[str, Any]) -> list[str]:
        """The fields of an object, or of each of the objects that it can be."""
        head = ["field", "type", "meaning"]
        if "oneOf" in schema:
            parts = []
            for one in schema["oneOf"]:
                parts.append(wrapped(one["description"]))
                parts.append(table(head, self.fields(one)))
            return parts
        return [table(head, self.fields(schema))]

    def content(self, part: dict[str, Any]) -> str:
        """What a body is."""
        kinds = []
        for media, content in part.get("content", {}).items():
            schema = content["schema"]
            name = schema.get("$ref", "").rpartition("/")[2]
            if name:
                kinds.append(f"[{name}](#{name.lower()})")
            elif media == "application/json":
                fields = [
                    f"`{field}`: {self.kind(inner)}"
                    for field, inner in schema.get("properties", {}).items()
                ]
                kinds.append(f"an object with {', '.join(fields)}" if fields else "`{}`")
            else:
                kinds.append(f"`{media}`")
        return " or ".join(kinds)

    def operation(self, path: str, method: str, item: dict[str, Any]) -> list[str]:
        """All about one request."""
        operation = item[method]
        access = {
            "none": "Needs no token.",
            "read": "Needs the read token or the admin token.",
            "admin": "Needs the admin token.",
        }[operation["x-access"]]
        parts = [f"### {method.upper()} {path}", wrapped(f"{operation['summary']} {access}")]
        if "description" in operation:
            parts.append(wrapped(operation["description"]))
        rows = []
        for parameter in [*item.get("parameters", []), *operation.get("parameters", [])]:
            parameter = self.resolve(parameter)
            where = f"`{parameter['name']}`"
            text = parameter.get("description", "")
            rows.append([where, parameter["in"], self.kind(parameter["schema"]), cell(text)])
        if rows:
            parts.append(table(["parameter", "where", "type", "meaning"], rows))
        if "requestBody" in operation:
            body = self.resolve(operation["requestBody"])
            text = f"The body is {self.content(body)}."
            for content in body["content"].values():
                schema = content["schema"]
                if "$ref" not in schema and "description" in schema:
                    text += f" {schema['description']}"
                for name, field in schema.get("properties", {}).items():
                    if "description" in field:
                        text += f" `{name}`: {field['description']}"
            parts.append(wrapped(text))
        answers = []
        for status, answer in operation["responses"].items():
            answer = self.resolve(answer)
            if status == "default":
                continue
            headers = "".join(f"; `{name}`" for name in answer.get("headers", {}))
            body = self.content(answer)
            answers.append(
                [status, body + headers if body else headers[2:], cell(answer["description"])]
            )
        if answers:
            parts.append(table(["status", "answer", "meaning"], answers))
        return parts

    def whole(self) -> str:
        """The page."""
        info = self.document["info"]
        parts = ["# HTTP API", wrapped(info["description"])]
        parts.append(
            "[openapi.yaml](../../openapi.yaml) says the same for programs (OpenAPI "
            f"{self.document['openapi'].rpartition('.')[0]})."
        )
        operations = [
            (path, method, item)
            for path, item in self.document["paths"].items()
            for method in METHODS
            if method in item
        ]
        rows = []
        for path, method, item in operations:
            anchor = re.sub(r"[^\w\- ]", "", f"{method} {path}".lower()).replace(" ", "-")
            operation = item[method]
            request = f"[`{method.upper()} {path}`](#{anchor})"
            rows.append([request, ACCESS[operation["x-access"]], cell(operation["summary"])])
        parts.append(table(["request", "token", "what it does"], rows))
        for tag in self.document["tags"]:
            parts += [f"## {tag['name'].capitalize()}", wrapped(tag["description"])]
            for path, method, item in operations:
                if item[method]["tags"] == [tag["name"]]:
                    parts += self.operation(path, method, item)
        parts.append("## Objects")
        for name, schema in self.schemas.items():
            if name != "Error" and ("properties" in schema or "oneOf" in schema):
                parts += [f"### {name}", wrapped(schema["description"])]
                parts += [*self.example(schema), *self.shape(schema)]
        parts += self.errors()
        return HEAD + "\n" + "\n\n".join(parts) + "\n\n" + TAIL

    def errors(self) -> list[str]:
        """All errors."""
        schema = self.schemas["Error"]
        meanings = schema["x-meanings"]
        codes = schema["properties"]["error"]["properties"]["code"]["enum"]
        if codes != list(meanings):
            raise SystemExit(
                "x-meanings and the codes of Error are not the same, in the same order"
            )
        rows = [[str(m["status"]), f"`{code}`", cell(m["meaning"])] for code, m in meanings.items()]
        # Where answers name it, they mean this.
        return [
            "## Errors",
            '<a id="error"></a>' + wrapped(schema["description"]),
            *self.example(schema),
            table(["status", "code", "meaning"], rows),
        ]


def main() -> int:
    """Writes the page, or says whether it is fresh."""
    arguments = [Path(argument) for argument in sys.argv[1:] if argument != "--check"]
    source, page = arguments
    text = Page(yaml.safe_load(source.read_text(encoding="utf-8"))).whole()
    if "--check" not in sys.argv:
        page.write_text(text, encoding="utf-8")
        return 0
    there = page.read_text(encoding="utf-8")
    if there == text:
        return 0
    lines = difflib.unified_diff(there.splitlines(), text.splitlines(), "is", "should be", n=1)
    print("\n".join(lines))
    print(f"make it anew: api_page.py {source} {page}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
