# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""The metrics, read by the parser of Prometheus' own client library."""

from __future__ import annotations

from prometheus_client.openmetrics.parser import text_string_to_metric_families

from harness import guest
from harness.api import Api, Reply
from harness.guest import READ, Guest

KIND = "application/openmetrics-text; version=1.0.0; charset=utf-8"


def read(api: Api) -> dict[tuple[str, tuple], float]:
    reply: Reply = api.request("GET", "/api/v1/metrics")
    assert (reply.status, reply.headers["content-type"]) == (200, KIND)
    text = reply.body.decode()
    assert text.endswith("# EOF\n")
    families = list(text_string_to_metric_families(text))
    assert all(family.name.startswith("akira") for family in families)
    assert all(family.documentation for family in families), "each says what it is"
    samples = [sample for family in families for sample in family.samples]
    found = {(s.name, tuple(sorted(s.labels.items()))): s.value for s in samples}
    assert len(found) == len(samples), "a sample came twice"
    return found


def one(found: dict, name: str, **labels: str) -> float:
    """The one sample whose name begins so and that has these labels."""
    wanted = set(labels.items())
    matches = [
        value
        for (sample, has), value in found.items()
        if sample.startswith(name) and wanted <= set(has)
    ]
    assert len(matches) == 1, (name, labels, [key for key in found if key[0].startswith(name)])
    return matches[0]


def test_the_figures_are_those_of_the_status(api, pack):
    api.must_install("hello", pack(guest.sleeper(), "hello"))
    api.must_install("still", pack(guest.sleeper(), "still"))
    api.must_start("hello")
    api.wait_log("hello", "up")
    found, status = read(api), api.status()
    info = [dict(labels) for (name, labels) in found if name == "akira_info"]
    assert len(info) == 1 and info[0]["version"] == status["version"]
    assert one(found, "akira_apps", state="running") == 1
    assert one(found, "akira_apps", state="installed") == 1
    app = api.app("hello")
    figures = {
        value
        for (name, labels), value in found.items()
        if ("app", "hello") in labels and "memory" in name
    }
    assert {app["memory_used"], app["memory_peak"], app["memory_quota"]} <= figures
    values = set(found.values())
    assert {status["memory"]["total"], status["storage"]["total"]} <= values
    assert status["storage"]["free"] in values


def test_counters_count(blank_device, pack):
    api = Api(blank_device())

    def total(text: str) -> float:
        return sum(
            value
            for (name, _), value in read(api).items()
            if text in name and name.endswith("_total")
        )

    requests, failures, denied = (total(text) for text in ("http_requests", "auth", "denied"))
    for _ in range(3):
        assert api.request("GET", "/api/v1/nothing").status == 404
    assert total("http_requests") >= requests + 3
    assert api.request("GET", "/api/v1/status", token="wrong").status == 401
    assert total("auth") == failures + 1
    nosy = Guest("fs_open")
    nosy.show("open", "fs_open", *nosy.place("file"), READ)
    api.run_to_end("nosy", pack(nosy.build(), "nosy"))
    assert total("denied") == denied + 1


def test_names_and_texts_are_escaped(api, pack):
    api.must_install("hello", pack(guest.hello(), "hello", description='a "b" \\ # EOF'))
    assert any(("app", "hello") in labels for _, labels in read(api))
