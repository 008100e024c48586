# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the seeds of verify_bag_fuzz from gateway/exports/FORMAT.md: a small bag of two letters, of one of them the
meta part by its digest alone, and one disposal, right in itself, and the same spoiled in many ways. Prints what
verify_bag_fuzz.cpp pins. Wants python3-cryptography."""
import base64
import hashlib
import hmac
import json
import struct
import sys
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

ORIGIN = "seed.example/records"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = b"\1" + KEY.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
KEY_ID = hashlib.sha256(ORIGIN.encode() + b"\n" + PUBLIC).digest()[:4]


def sha(octets):
    return hashlib.sha256(octets).digest()


def b64(octets):
    return base64.b64encode(octets).decode()


def note(text):
    return f"{text}\n\u2014 {ORIGIN} {b64(KEY_ID + KEY.sign(text.encode()))}\n"


def leaf(kind, sequence, record, meta, body):
    blinding = sha(b"blinding" + bytes([sequence]))
    commitment = hmac.digest(blinding, b"rec1" + sha(body) + sha(meta), "sha256")
    return (b"VTL1" + struct.pack("<IHHQQq", 2, kind, 1, sequence, record, 1_700_000_000_000_000) + commitment + sha(meta),
            blinding)


def node(left, right):
    return sha(b"\1" + left + right)


def tree(leaves):
    """Root, and the path of each leaf (RFC 9162 §2.1)."""
    if len(leaves) == 1:
        return leaves[0], [[]]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    left, left_paths = tree(leaves[:split])
    right, right_paths = tree(leaves[split:])
    return node(left, right), [path + [right] for path in left_paths] + [path + [left] for path in right_paths]


def proofs(frames):
    """Each frame's proof under the head over all of them."""
    made = [leaf(*frame) for frame in frames]
    root, paths = tree([sha(b"\0" + one) for one, _ in made])
    head = note(f"{ORIGIN}\n{len(frames)}\n{b64(root)}\n")
    return ["c2sp.org/tlog-proof@v1\nextra " + b64(one + blinding) + f"\nindex {i}\n" +
            "".join(b64(step) + "\n" for step in paths[i]) + "\n" + head for i, (one, blinding) in enumerate(made)]


def manifest(files, pick):
    return "".join(f"{sha(files[name]).hex()}  {name}\n" for name in sorted(files) if pick(name)).encode()


def bag():
    letters = [b"Subject: mot\r\n\r\nMot.\r\n", b"Subject: hai\r\n\r\nHai"]
    metas = [json.dumps({"sha256": sha(one).hex()}, separators=(",", ":")).encode() for one in letters]
    gone = b'{"events":[{"what":"record.disposed","record":3,"time":1}]}'
    scan = b"%PDF-1.4 a decision"
    decided = json.dumps({"events": [{"what": "disposal.decided", "time": 1, "details": {
        "disposal": 7, "decision_sha256": sha(scan).hex()}}]}, separators=(",", ":")).encode()
    frames = [(1, 1, 1, metas[0], letters[0]), (1, 2, 2, metas[1], letters[1]), (4, 3, 0, gone, b""), (4, 4, 0, decided, scan)]
    under = proofs(frames)
    files = {"data/list.tsv": ("number\tstate\toctets\tsha256\tremark\n" + "".join(
        f"{i + 1}\trecord\t{len(one)}\t{sha(one).hex()}\t\n" for i, one in enumerate(letters)) +
        "3\tdisposed\t-\t-\tby decision 12\n").encode()}
    for i, one in enumerate(letters):
        files[f"data/records/{i + 1}.eml"] = one
        files[f"data/proofs/{i + 1}.tlog-proof"] = under[i].encode()
    files["data/proofs/1.meta.json"] = metas[0]
    files["data/proofs/2.meta.sha256"] = f"{sha(metas[1]).hex()}\n".encode()
    files["data/proofs/3.disposed.meta.json"] = gone
    files["data/proofs/3.disposed.tlog-proof"] = under[2].encode()
    files |= {"data/disposals/7.decision.pdf": scan, "data/disposals/7.meta.json": decided,
              "data/disposals/7.tlog-proof": under[3].encode()}
    files["manifest-sha256.txt"] = manifest(files, lambda name: name.startswith("data/"))
    made = json.dumps({"events": [{"what": "export.made", "details": {
        "manifest_sha256": sha(files["manifest-sha256.txt"]).hex()}}]}, separators=(",", ":")).encode()
    files["export.meta.json"] = made
    files["export.tlog-proof"] = proofs([*frames, (4, 5, 0, made, b"")])[4].encode()
    payload = [files[name] for name in files if name.startswith("data/")]
    files["bag-info.txt"] = f"Payload-Oxum: {sum(map(len, payload))}.{len(payload)}\n".encode()
    files["vanthu-export.json"] = b'{"format":"vanthu export 1"}'
    files["bagit.txt"] = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    files["tagmanifest-sha256.txt"] = manifest(files, lambda name: not name.startswith("data/"))
    return files


def packed(files):
    return b"".join(f"{name} {len(octets)}\n".encode() + octets for name, octets in files.items())


def spoiled(files):
    yield "whole", files
    for name in files:
        yield "without-" + name.replace("/", "_"), {k: v for k, v in files.items() if k != name}
    sums = files["manifest-sha256.txt"]
    for what, line in (("traversal", f"{'0' * 64}  ../../etc/passwd\n"), ("absolute", f"{'0' * 64}  /etc/passwd\n"),
                       ("short", "0\n"), ("twice", sums.decode().split("\n")[0] + "\n"), ("folder", f"{'0' * 64}  data\n")):
        yield "manifest-" + what, {**files, "manifest-sha256.txt": sums + line.encode()}
    rows = files["data/list.tsv"]
    for what, line in (("cells", "7\trecord\n"), ("number", "x\trecord\t1\t1\t\n"), ("state", "7\tdamaged\t1\t1\tx\n"),
                       ("missing", "7\tdisposed\t-\t-\tsays he\n"), ("long", "9" * 4000 + "\trecord\t1\t1\t\n")):
        yield "list-" + what, {**files, "data/list.tsv": rows + line.encode()}
    proof = files["data/proofs/1.tlog-proof"].decode()
    for what, text in (("index", proof.replace("index 0", "index 18446744073709551615")), ("path", proof.replace(
            "\n\n", "\n" + (b64(bytes(32)) + "\n") * 70 + "\n", 1)), ("extra", proof.replace("extra ", "extra AAAA")),
            ("head", proof.replace("\n4\n", "\n9999999999999999999\n")), ("none", "")):
        yield "proof-" + what, {**files, "data/proofs/1.tlog-proof": text.encode()}
    digest = files["data/proofs/2.meta.sha256"]
    for what, octets in (("other", sha(b"").hex().encode() + b"\n"), ("short", digest[1:]), ("long", digest + b"\n"),
                         ("upper", digest.upper()), ("bare", digest[:-1]), ("none", b"")):
        yield "digest-" + what, {**files, "data/proofs/2.meta.sha256": octets}
    yield "digest-beside-it", {**files, "data/proofs/1.meta.sha256": sha(files["data/proofs/1.meta.json"]).hex().encode() + b"\n"}
    gone = "data/proofs/3.disposed.meta"
    by_digest = {**{name: octets for name, octets in files.items() if name != gone + ".json"},
                 gone + ".sha256": sha(files[gone + ".json"]).hex().encode() + b"\n"}
    yield "disposed-digest", by_digest
    yield "disposed-digest-other", {**by_digest, gone + ".sha256": digest}
    yield "decision-other", {**files, "data/disposals/7.decision.pdf": b"%PDF-1.4 another"}
    yield "decision-nameless", {**files, "data/disposals/7": b""}
    yield "link", {**files, "@data/records/9.eml": b"1.eml"}
    yield "link-in", {**files, "@data/more": b"list.tsv"}
    yield "link-out", {**files, "@data/out": b"/etc"}
    yield "link-round", {**files, "@data/loop": b"loop"}


def main():
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "corpus/verify_bag_fuzz")
    folder.mkdir(parents=True, exist_ok=True)
    files = bag()
    for name, one in spoiled(files):
        (folder / name).write_bytes(packed(one))
    fields = "book di/x/2026/tb\nvolume 1\nlines 2\npages 1\nfirst 1\nlast 2\nfrom 2026-01-01\nto 2026-01-02\n"
    (folder / "volume").write_text(note(f"vanthu-register-volume/v1\n{ORIGIN}\n3\n{b64(bytes(32))}\n{fields}sha256 {'0' * 64}\n"
                                        "closed 2026-01-03T00:00:00Z x\n"))
    print("pinned:", f"{ORIGIN}+{KEY_ID.hex()}+{b64(PUBLIC)}")
    print("logged:", sha(files["manifest-sha256.txt"]).hex())


if __name__ == "__main__":
    main()
