# SPDX-License-Identifier: Apache-2.0
# Copyright (c) 2026 The AkiraOS-in-Rust authors

"""Firmware updates over the HTTP API, with images that MCUboot's imgtool has signed.

Every device with slots is sent images; what follows a swap is tested where there is a bootloader.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Callable, Iterator

import pytest

from harness import device as devices
from harness import guest, multipart, shapes
from harness.api import Api, RawConnection, wait_for
from harness.device import OwnDevice
from harness.firmware import Firmware, Images, make_key, public_key

pytestmark = pytest.mark.no_device

BLOCK = 4096
# Long enough that no boot is judged before a test has looked at it.
LONG = "600"


@pytest.fixture(scope="session")
def images(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> Images:
    """Makes images that the device under test takes."""
    kind, image = pytestconfig.getoption("--device"), pytestconfig.getoption("--image")
    if kind.startswith("http://"):
        pytest.skip("nobody here has this device's key")
    return Images(kind, image, tmp_path_factory.mktemp("images"))


@pytest.fixture
def slotted(
    blank_device: Callable[..., OwnDevice], images: Images
) -> Iterator[Callable[..., Firmware]]:
    """Boots a device with slots, whose boots are judged after so many seconds, if that can be
    said. Where there is a bootloader it can be `updated` first: version 9.0.0 runs then."""

    def make(health_seconds: str = "1", *, updated: bool = False) -> Firmware:
        more = {"health_seconds": "1"} if images.options else {}
        device = blank_device(**images.options, **more)
        firmware = Firmware(Api(device))
        if firmware.api.request("GET", "/api/v1/firmware").status == 501:
            pytest.skip("this device has no slots")
        if device.swaps and updated:
            firmware.update(images.sign("9.0.0"))
            # Whether what is well confirms itself is tested; this is quicker on a board.
            firmware.must("confirm")
        if health_seconds != "1":
            device.set_option("health-seconds", health_seconds)
            device.switch_off()
            device.boot()
        return firmware

    yield make


@pytest.fixture
def swapped(slotted: Callable[..., Firmware]) -> Callable[..., Firmware]:
    """The same, and only where there is a bootloader."""

    def make(health_seconds: str = "1") -> Firmware:
        firmware = slotted(health_seconds, updated=True)
        if not firmware.api.device.swaps:
            pytest.skip("this device has no bootloader that would swap the slots")
        return firmware

    return make


def digest(image: bytes) -> str:
    return hashlib.sha256(image).hexdigest()


def is_running(firmware: Firmware, version: str) -> bool:
    return firmware.slots()[0] in (("running", version), ("trial", version))


# -- An update from end to end ------------------------------------------------


def test_an_update_is_tried_found_well_and_kept(swapped, images, pack):
    firmware = swapped()
    api = firmware.api
    api.must_install("ticker", pack(guest.ticker(), "ticker", autostart=True))
    assert api.request("PUT", "/api/v1/files/ticker/note", b"kept").status == 201
    stored = firmware.must_store(images.sign("9.1.0"))
    shapes.check(stored, shapes.FIRMWARE)
    assert firmware.slots() == (("running", "9.0.0"), ("ready", "9.1.0"))
    assert stored["swap"] == "none", "nothing is tried before somebody says so"
    assert firmware.must("test")["swap"] == "test"
    assert firmware.must("test")["swap"] == "test", "twice is no error"
    assert firmware.slots()[1] == ("pending", "9.1.0")
    firmware.reboot()
    state = firmware.judged()
    assert state["confirmed"] and state["health"]["state"] == "healthy", state
    assert firmware.slots() == (("running", "9.1.0"), ("previous", "9.0.0"))
    assert (state["last"]["version"], state["last"]["verdict"]) == ("9.1.0", "confirmed")
    assert api.wait_state("ticker", "running")
    assert api.request("GET", "/api/v1/files/ticker/note").body == b"kept"
    texts = [r["text"] for r in api.request("GET", "/api/v1/audit").json["records"]]
    assert any("9.1.0 is confirmed" in text for text in texts), texts
    api.device.restart()
    assert firmware.slots() == (("running", "9.1.0"), ("previous", "9.0.0")), "for good"


def test_what_is_cut_off_before_it_is_confirmed_is_taken_back(swapped, images):
    firmware = swapped(LONG)
    firmware.must_store(images.sign("9.1.0"))
    firmware.must("test")
    firmware.reboot()
    on_trial = firmware.state()
    assert firmware.slots()[0] == ("trial", "9.1.0")
    assert (on_trial["swap"], on_trial["confirmed"]) == ("revert", False)
    for refused in (firmware.put(images.sign("9.2.0")), firmware.do("test")):
        assert (refused.status, refused.code) == (409, "unconfirmed"), refused
    firmware.api.device.restart(kill=True)
    assert firmware.slots() == (("running", "9.0.0"), ("ready", "9.1.0"))
    last = firmware.state()["last"]
    assert (last["version"], last["verdict"]) == ("9.1.0", "reverted")
    assert "before it was confirmed" in last["reason"], last


def test_firmware_under_which_an_app_fails_is_left_by_itself(swapped, images, pack):
    firmware = swapped()
    api = firmware.api
    api.must_install("weak", pack(guest.trapper(), "weak", autostart=True))
    firmware.update(images.sign("9.1.0"))
    wait_for(
        lambda: quiet(firmware.state),
        lambda state: state and (state["last"] or {}).get("verdict") == "reverted",
        "the way back",
        240,
    )
    assert firmware.slots() == (("running", "9.0.0"), ("ready", "9.1.0"))
    assert "app weak failed" in firmware.state()["last"]["reason"]
    assert firmware.judged()["health"]["state"] == "healthy", "what is confirmed is not judged so"


def quiet(probe: Callable):
    """What a device tells, or nothing while it restarts."""
    try:
        return probe()
    except OSError:
        return None


def test_an_operator_decides(swapped, images):
    firmware = swapped(LONG)
    api = firmware.api
    firmware.update(images.sign("9.1.0"))
    with firmware.restarting():
        firmware.must("revert")
    assert firmware.slots() == (("running", "9.0.0"), ("ready", "9.1.0"))
    assert "an operator" in firmware.state()["last"]["reason"]
    firmware.must("test")
    firmware.reboot()
    kept = firmware.must("confirm")
    assert kept["confirmed"] and kept["last"]["verdict"] == "confirmed"
    assert firmware.must("confirm")["confirmed"], "twice is no error"
    api.device.restart()
    assert firmware.slots() == (("running", "9.1.0"), ("previous", "9.0.0"))
    refused = firmware.do("test")
    assert (refused.status, refused.code) == (409, "not_newer"), "going back is a revert"
    with firmware.restarting():
        firmware.must("revert")
    assert firmware.slots() == (("trial", "9.0.0"), ("ready", "9.1.0"))
    firmware.must("confirm")


def test_a_security_counter_never_goes_back(swapped, images):
    firmware = swapped()
    firmware.update(images.sign("9.1.0", security_counter="5"))
    assert firmware.judged()["confirmed"]
    assert firmware.state()["slots"][0]["image"]["security_counter"] == 5
    reply = firmware.do("revert")
    assert (reply.status, reply.code) == (409, "no_image"), reply
    for counter in ({}, {"security_counter": "4"}):
        reply = firmware.put(images.sign("9.2.0", **counter))
        assert (reply.status, reply.code) == (409, "not_newer"), reply
        assert "security counter" in reply.json["error"]["message"]
    firmware.must_store(images.sign("9.2.0", security_counter="5"))


def test_a_device_whose_boots_do_not_last_comes_to_rest(slotted, pack):
    firmware = slotted()
    api = firmware.api
    api.must_install("ticker", pack(guest.ticker(), "ticker", autostart=True))
    api.device.restart()
    assert firmware.judged()["boots"] == 0, "up for long enough"
    api.device.set_option("health-seconds", LONG)
    api.device.switch_off()
    for count in range(1, 4):
        api.device.boot()
        state = firmware.state()
        assert (state["boots"], state["safe_mode"]) == (count, False), state
        assert api.wait_state("ticker", "running")
        api.device.switch_off(kill=True)
    api.device.boot()
    assert api.status()["safe_mode"] and firmware.state()["safe_mode"]
    assert api.app("ticker")["state"] == "installed", "it does not start by itself"
    assert any("safe mode" in line for line in api.device.console)
    api.must_start("ticker")
    firmware.reboot()
    assert api.wait_state("ticker", "running"), "whoever restarts it has looked at it"
    assert not api.status()["safe_mode"]


# -- What is sent -------------------------------------------------------------


def test_an_image_is_stored_and_called_off(slotted, images):
    firmware = slotted()
    image = images.sign("9.1.0")
    slot = firmware.must_store(image)["slots"][1]
    assert (slot["state"], slot["image"]["size"]) == ("ready", len(image))
    firmware.must("test")
    called_off = firmware.must("revert")
    assert (called_off["swap"], called_off["slots"][1]["state"]) == ("none", "empty")
    reply = firmware.do("revert")
    assert (reply.status, reply.code) == (409, "no_image"), reply


def test_a_form_is_tried_at_the_next_boot(slotted, images):
    firmware = slotted()
    body = multipart.form(multipart.part(images.sign("9.1.0")))
    reply = firmware.api.request(
        "POST",
        "/ota/upload",
        body,
        headers={"Content-Type": multipart.kind()},
    )
    assert reply.status == 201, reply
    assert (reply.json["swap"], reply.json["slots"][1]["state"]) == ("test", "pending")


def test_ed25519_signs_as_well(blank_device, pytestconfig, tmp_path):
    kind = pytestconfig.getoption("--device")
    if kind not in ("virtual", "native_sim"):
        pytest.skip("a board knows the key of its build")
    images = Images(kind, None, tmp_path)
    key = make_key(tmp_path / "ed25519.pem", "ed25519")
    firmware = Firmware(Api(blank_device(firmware_key=str(public_key(key)))))
    assert [key["kind"] for key in firmware.state()["keys"]] == ["ed25519"]
    firmware.must_store(images.sign("1.0.0", key=key))
    reply = firmware.put(images.sign("1.1.0"))
    assert (reply.status, reply.code) == (403, "bad_signature"), reply


def test_what_is_no_good_is_refused_early(slotted, images):
    firmware = slotted(updated=True)
    good = images.sign("9.1.0")
    firmware.must_store(good)
    most = firmware.state()["slots"][1]["image_max"]
    encrypted = bytearray(good)
    encrypted[16] |= 4
    huge = bytearray(good)
    huge[12:16] = (most - 100).to_bytes(4, "little")
    cases = [
        (b"", 400, "bad_image"),
        (b"\x7fELF" + bytes(5000), 400, "bad_image"),
        (good[:31], 400, "bad_image"),
        (bytes(encrypted), 400, "bad_image"),
        (bytes(huge), 413, "too_large"),
        (good[: len(good) // 2], 400, "bad_image"),
        (bytes(most + 1), 413, "too_large"),
    ]
    if firmware.api.device.swaps:
        cases += [
            (images.sign("9.0.0"), 409, "not_newer"),
            (images.sign("8.9.9"), 409, "not_newer"),
        ]
    for body, status, code in cases[:5] + cases[6:]:
        reply = firmware.put(body)
        assert (reply.status, reply.code) == (status, code), (len(body), reply)
        assert firmware.slots()[1] == ("ready", "9.1.0"), "what was stored is not touched"
    reply = firmware.put(good[: len(good) // 2])
    assert (reply.status, reply.code) == (400, "bad_image"), reply


def test_what_turns_out_bad_is_erased(slotted, images, tmp_path):
    firmware = slotted()
    good = images.sign("9.1.0")
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 1
    stranger = make_key(tmp_path / "stranger.pem")
    for body, query, status, code in (
        (bytes(flipped), "", 400, "bad_image"),
        (good + b"\xff" * 100, "", 400, "bad_image"),
        (images.sign("9.1.0", key=stranger), "", 403, "bad_signature"),
        (good, f"?sha256={digest(b'other')}", 400, "digest_mismatch"),
    ):
        reply = firmware.put(body, query)
        assert (reply.status, reply.code) == (status, code), reply
        state = firmware.state()
        assert (state["slots"][1]["state"], state["upload"]) == ("empty", None), state
        refused = firmware.do("test")
        assert (refused.status, refused.code) == (409, "no_image"), refused


def test_an_image_in_pieces_of_any_size(slotted, images):
    firmware = slotted()
    rng = random.Random(5)
    for number in range(1, 4):
        image = images.sign(f"9.{number}.0", size=20_000 + number)

        def pieces(image: bytes = image) -> Iterator[bytes]:
            at = 0
            while at < len(image):
                size = rng.choice((1, 3, 31, 33, 500, 4096, 9000))
                yield image[at : at + size]
                at += size

        reply = firmware.api.request("PUT", "/api/v1/firmware", pieces())
        assert reply.status == 201, reply
        assert firmware.slots()[1] == ("ready", f"9.{number}.0")


def test_a_device_without_a_key_takes_nothing(blank_device, images):
    if not images.options:
        pytest.skip("a board has the key of its build")
    firmware = Firmware(Api(blank_device()))
    if firmware.state()["keys"]:
        pytest.skip("this image was built with a key")
    reply = firmware.put(images.sign("9.1.0"))
    assert (reply.status, reply.code) == (501, "not_supported"), reply
    assert "key" in reply.json["error"]["message"]


# -- Uploads that break off ---------------------------------------------------


def break_off(firmware: Firmware, image: bytes, count: int, query: str, offset: int = 0) -> None:
    """Sends an image up to `count` and hangs up."""
    with RawConnection(firmware.api.device) as raw:
        raw.send_head("PUT", f"/api/v1/firmware{query}", f"Content-Length: {len(image) - offset}")
        raw.send(image[offset:count])
        wait_for(
            lambda: (firmware.state()["upload"] or {"offset": 0})["offset"],
            lambda at: at > count - 8192,
            "the bytes to arrive",
        )
        assert firmware.slots()[1][0] == "receiving"
        for refused in (firmware.put(image), firmware.do("test"), firmware.do("revert")):
            assert (refused.status, refused.code) == (409, "busy"), refused
        raw.reset()
    wait_for(
        lambda: (firmware.state()["upload"] or {"active": False})["active"],
        lambda active: not active,
        "the upload to end",
        60,
    )


def test_an_upload_goes_on_where_it_broke_off(slotted, images):
    firmware = slotted()
    image = images.sign("9.1.0", size=150_000)
    query = f"?sha256={digest(image)}"
    break_off(firmware, image, 100_001, query)
    partial = firmware.state()
    upload = partial["upload"]
    assert partial["slots"][1]["state"] == "partial"
    assert (upload["sha256"], upload["size"]) == (digest(image), len(image))
    at = upload["offset"]
    assert at % BLOCK == 0 and 100_001 - 3 * BLOCK < at <= 100_001, upload
    for wrong in (BLOCK, at + BLOCK):
        reply = firmware.put(image[wrong:], f"{query}&offset={wrong}")
        assert (reply.status, reply.code) == (409, "wrong_offset"), reply
    reply = firmware.put(image[at:], f"?sha256={digest(b'x')}&offset={at}")
    assert (reply.status, reply.code) == (409, "wrong_offset"), reply
    reply = firmware.put(image[at:], f"?offset={at}")
    assert (reply.status, reply.code) == (400, "bad_request"), reply
    # It goes on after a restart, breaks off once more, and comes to its end.
    firmware.api.device.restart()
    assert firmware.state()["upload"]["offset"] == at
    break_off(firmware, image, 130_000, f"{query}&offset={at}", at)
    further = firmware.state()["upload"]["offset"]
    assert at < further <= 130_000
    reply = firmware.put(image[further:], f"{query}&offset={further}")
    assert reply.status == 201, reply
    assert firmware.slots()[1] == ("ready", "9.1.0")


def test_an_upload_goes_on_after_a_power_cut(slotted, images):
    firmware = slotted()
    image = images.sign("9.1.0", size=200_000)
    query = f"?sha256={digest(image)}"
    with RawConnection(firmware.api.device) as raw:
        raw.send_head("PUT", f"/api/v1/firmware{query}", f"Content-Length: {len(image)}")
        raw.send(image[:180_000])
        wait_for(
            lambda: (firmware.state()["upload"] or {"offset": 0})["offset"],
            lambda at: at > 170_000,
            "the bytes to arrive",
        )
        firmware.api.device.switch_off(kill=True)
    firmware.api.device.boot()
    at = firmware.state()["upload"]["offset"]
    assert at >= 65_536, "noted on the way"
    assert firmware.put(image[at:], f"{query}&offset={at}").status == 201
    assert firmware.slots()[1] == ("ready", "9.1.0")


def test_another_image_takes_the_place_of_what_broke_off(slotted, images):
    firmware = slotted()
    image = images.sign("9.1.0", size=90_000)
    break_off(firmware, image, 60_000, f"?sha256={digest(image)}")
    assert firmware.slots()[1][0] == "partial"
    refused = firmware.do("test")
    assert (refused.status, refused.code) == (409, "no_image"), refused
    firmware.must_store(images.sign("9.2.0"))
    state = firmware.state()
    assert (firmware.slots()[1], state["upload"]) == (("ready", "9.2.0"), None)
    # One that was not announced leaves nothing to go on with.
    break_off(firmware, image, 60_000, "")
    state = firmware.state()
    assert (state["slots"][1]["state"], state["upload"]) == ("empty", None)


def test_uploads_cut_anywhere_leave_a_device_that_takes_the_next(slotted, images):
    firmware = slotted()
    image = images.sign("9.1.0", size=40_000)
    rng = random.Random(11)
    for _ in range(12):
        cut = rng.randrange(len(image))
        with RawConnection(firmware.api.device) as raw:
            raw.send_head("PUT", "/api/v1/firmware", f"Content-Length: {len(image)}")
            raw.send(image[:cut])
            if rng.random() < 0.5:
                raw.reset()
    wait_for(firmware.api.status, lambda status: status["transfers"] == [], "the end of it", 60)
    assert firmware.do("test").status == 409
    firmware.must_store(image)


# -- One flash, two devices ---------------------------------------------------


def test_the_other_simulated_device_swaps_what_this_one_asked_for(
    slotted, images, akira, pytestconfig
):
    """Zephyr's own trailer, honoured by the virtual device."""
    if pytestconfig.getoption("--device") != "native_sim":
        pytest.skip("a test of native_sim's flash")
    firmware = slotted()
    firmware.must_store(images.sign("9.1.0"))
    firmware.must("test")
    native = firmware.api.device
    native.switch_off()
    other = devices.make(
        "virtual",
        native.flash,
        cli=akira,
        image=None,
        token=native.token,
        options={"firmware-key": images.options["firmware_key"], "health-seconds": "1"},
    )
    try:
        other.token = native.token
        there = Firmware(Api(other))
        assert is_running(there, "9.1.0")
        assert there.judged()["confirmed"]
    finally:
        other.close()
    native.boot()
    state = firmware.state()
    assert (firmware.slots()[0], state["confirmed"]) == (("running", "9.1.0"), True), state
