# SPDX-License-Identifier: GPL-3.0-or-later
"""The record log, its keys, its tree and exported bags, read by nothing but gateway/*/FORMAT.md: a second pair of eyes beside
vanthu-verify and the gateway. Wants python3-cryptography."""
import base64
import hashlib
import hmac
import json
import re
import struct
import zlib
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM


class Wrong(Exception):
    """What was checked and is wrong."""


CRC_TABLE = []
for _n in range(256):
    for _ in range(8):
        _n = _n >> 1 ^ 0x82F63B78 if _n & 1 else _n >> 1
    CRC_TABLE.append(_n)


def crc32c(octets):
    crc = 0xFFFFFFFF
    for octet in octets:
        crc = CRC_TABLE[(crc ^ octet) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def sha256(octets):
    return hashlib.sha256(octets).digest()


class Frame:
    def __init__(self, head, meta, body):
        self.head, self.stored_meta, self.stored_body = head, meta, body
        self.kind, self.log_id, self.flags = struct.unpack_from("<HII", head, 6)
        self.sequence, self.ordinal, self.durable = struct.unpack_from("<QQQ", head, 16)
        self.time = head[40:48]
        self.sealed = bool(self.flags & 2)
        self.key_file, self.key_slot = struct.unpack_from("<QI", head, 76)
        if crc32c(meta) != struct.unpack_from("<I", head, 52)[0] or crc32c(body) != struct.unpack_from("<I", head, 64)[0]:
            raise Wrong(f"frame {self.sequence}: a checksum does not fit")
        self.commitment = meta[:32] if self.sealed else bytes(32)
        self.digest = sha256((meta[64:] if self.sealed else meta) + body)
        if self.sealed and meta[32:64] != self.digest:
            raise Wrong(f"frame {self.sequence}: what is stored is not what was written")

    def leaf(self):
        return (b"VTL1" + self.head[8:12] + self.head[6:8] + struct.pack("<H", self.sealed) + self.head[16:32] + self.time +
                self.commitment + self.digest)

    def open(self, secret):
        """Meta part and body, with the 64 octets of key and blinding; the commitment is made again."""
        gcm, blinding = AESGCM(secret[:32]), secret[32:]
        manner = self.stored_meta[64:80]
        sealing, packing, zero, meta_octets, body_octets = struct.unpack("<BBHIQ", manner)
        if (sealing, zero) != (1, 0):
            raise Wrong(f"frame {self.sequence}: sealed in another way")

        def place(part, chunk):
            return (b"vanthu seal 2" + struct.pack("<I", self.log_id) + struct.pack("<QI", self.key_file, self.key_slot) +
                    struct.pack("<BQ", part, chunk) + manner)

        body, at, chunk = b"", 0, 0
        while len(body) < body_octets:
            head = self.stored_body[at:at + 4]
            end = at + 4 + int.from_bytes(head[:3], "little") + 16
            packed = gcm.decrypt(struct.pack("<IQ", 1, chunk), self.stored_body[at + 4:end], place(1, chunk) + head)
            body += self.unpacked(head[3], packed, min(65536, body_octets - len(body)))
            at, chunk = end, chunk + 1
        if at != len(self.stored_body):
            raise Wrong(f"frame {self.sequence}: octets behind the body")
        packed = gcm.decrypt(struct.pack("<IQ", 0, 0), self.stored_meta[80:], place(0, 0))
        meta = self.unpacked(packing, packed, meta_octets)
        if hmac.digest(blinding, b"rec1" + sha256(body) + sha256(meta), "sha256") != self.commitment:
            raise Wrong(f"frame {self.sequence}: the commitment is to something else")
        return meta, body

    def unpacked(self, packing, packed, octets):
        if packing != 0 and len(packed) >= octets:
            raise Wrong(f"frame {self.sequence}: packed, and not smaller")
        if packing == 0:
            plain = packed
        elif packing == 1:
            plain = self.inflated(packed, octets)
        elif packing == 2:
            before, lines, groups, flags, stored = struct.unpack_from("<HHBBH", packed)
            rest, files = packed[8:8 + stored], packed[8 + stored:]
            if flags & 1:
                rest = self.inflated(rest, octets - lines * (4 * groups + 2))
            if flags & 2:
                files = self.inflated(files, lines * groups * 3)
            step = groups * 3
            plain = rest[:before] + b"".join(
                base64.b64encode(files[at:at + step]) + b"\r\n" for at in range(0, lines * step, step)) + rest[before:]
            if len(files) != lines * step or flags > 3:
                raise Wrong(f"frame {self.sequence}: lines that are not there")
        else:
            raise Wrong(f"frame {self.sequence}: packed in another way")
        if len(plain) != octets:
            raise Wrong(f"frame {self.sequence}: another length than it says")
        return plain

    def inflated(self, packed, octets):
        stream = zlib.decompressobj(-15)
        plain = stream.decompress(packed, octets + 1)
        if not stream.eof or stream.unused_data or len(plain) != octets:
            raise Wrong(f"frame {self.sequence}: not packed as it says")
        return plain


def frames(folder):
    expected = 1
    for path in sorted(Path(folder).glob("*.seg")):
        octets = path.read_bytes()
        if octets[:8] != b"VTSEG004" or crc32c(octets[:60]) != struct.unpack_from("<I", octets, 60)[0]:
            raise Wrong(f"{path}: no head of a segment")
        salt = octets[32:40]
        at = 64
        while octets[at:at + 4] == b"VTF1":
            head = octets[at:at + 96]
            if crc32c(head[:92]) != struct.unpack_from("<I", head, 92)[0] or head[68:76] != salt:
                raise Wrong(f"{path}, offset {at}: a frame's head is damaged")
            meta = struct.unpack_from("<I", head, 48)[0]
            body = struct.unpack_from("<Q", head, 56)[0]
            frame = Frame(head, octets[at + 96:at + 96 + meta], octets[at + 96 + meta:at + 96 + meta + body])
            if frame.sequence != expected:
                raise Wrong(f"frames {expected} to {frame.sequence - 1} are missing")
            expected += 1
            yield frame
            at += (96 + meta + body + 7) // 8 * 8


class Vault:
    """The folder of keys, with the master key that the file holds."""

    def __init__(self, folder, master_file):
        self.folder = Path(folder)
        master = AESGCM(bytes.fromhex(Path(master_file).read_text().strip()))
        self.periods = {}
        for one in json.loads((self.folder / "periods.json").read_text())["periods"]:
            wrapped = bytes.fromhex(one["wrapped"])
            context = f"vanthu period {one['id']} {one['class']} {one['month']}".encode()
            self.periods[one["id"]] = master.decrypt(wrapped[:12], wrapped[12:], context)

    def secret(self, file, slot):
        octets = (self.folder / f"{file:020}.keys").read_bytes()
        number, period, slots, size, algorithm = struct.unpack_from("<QQIII", octets, 8)
        if octets[:8] != b"VTKEY001" or (number, size, algorithm) != (file, 96, 1) or slot >= slots:
            raise Wrong(f"file of keys {file}: another format")
        one = octets[64 + 96 * slot:64 + 96 * (slot + 1)]
        if crc32c(one[:92]) != struct.unpack_from("<I", one, 92)[0]:
            raise Wrong(f"file of keys {file}, slot {slot}: damaged")
        if struct.unpack_from("<I", one)[0] == 2:
            return None  # destroyed
        context = b"vanthu key 1" + struct.pack("<QIQ", file, slot, period)
        return AESGCM(self.periods[period]).decrypt(struct.pack("<QI", file, slot), one[8:88], context)


def node(left, right):
    return sha256(b"\1" + left + right)


def root(leaves):
    """RFC 9162 §2.1.1, of the leaves' hashes."""
    if not leaves:
        return sha256(b"")
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return node(root(leaves[:split]), root(leaves[split:]))


def signed_by(note, vkey):
    """The note's text if the key has signed it, with the time of a cosignature (0: none); else None."""
    text, _, signatures = note.rpartition("\n\n")
    text += "\n"
    name, ident, key = vkey.split("+", 2)
    key = base64.b64decode(key)
    if hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() != ident or key[0] not in (1, 4):
        raise Wrong("the key's id")
    for line in signatures.splitlines():
        dash, signer, octets = line.split(" ")
        octets = base64.b64decode(octets)
        if dash != "\u2014" or signer != name or octets[:4].hex() != ident:
            continue
        message, seconds, signature = text, 0, octets[4:]
        if key[0] == 4:
            seconds, signature = int.from_bytes(octets[4:12], "big"), octets[12:]
            message = f"cosignature/v1\ntime {seconds}\n{text}"
        try:
            Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature, message.encode())
        except InvalidSignature:
            raise Wrong("the signature is wrong") from None
        return text, seconds
    return None


def key_at(size, first_vkey, rotations):
    """The key that signs heads of a size: the pinned first one, or the one to which signed rotations lead."""
    head = "vanthu-key-rotation/v1\n"
    key = first_vkey
    last = 0
    for body in rotations.split(head)[1:] if rotations else ():
        note = head + body
        before, after = (note.splitlines()[i] for i in (3, 4))
        if before != key or not signed_by(note, before) or not signed_by(note, after):
            raise Wrong("a rotation that the key does not lead to")
        until = int(note.splitlines()[2])
        if until < last:
            raise Wrong("a rotation that goes back")
        if size <= until:
            return key
        key, last = after, until
    return key


def checkpoint(note, vkey, witnesses=(), quorum=0, rotations=""):
    """Origin, size and root of a signed head; the key is the log's first one as `vanthu log status` prints it."""
    origin, size, root_hash = note.splitlines()[:3]
    if not signed_by(note, key_at(int(size), vkey, rotations)):
        raise Wrong("the key has not signed it")
    if len({key.split("+")[0] for key in witnesses if signed_by(note, key)}) < quorum:
        raise Wrong("fewer witnesses than the quorum have cosigned it")
    return origin, int(size), base64.b64decode(root_hash)


def check_log(folder, note, vkey):
    """The frames of a log that has exactly the root that was signed."""
    origin, size, signed = checkpoint(note, vkey)
    all_frames = list(frames(folder))
    if len(all_frames) < size:
        raise Wrong(f"signed over {size} frames, and the log has {len(all_frames)}")
    if root([sha256(b"\0" + frame.leaf()) for frame in all_frames[:size]]) != signed:
        raise Wrong("the log does not have the root that was signed")
    return origin, all_frames


class TlogProof:
    """c2sp.org/tlog-proof with the leaf, and of a sealed frame the blinding, in its line `extra`."""

    def __init__(self, text):
        lines, _, self.checkpoint = text.partition("\n\n")
        lines = lines.split("\n")
        if lines[0] != "c2sp.org/tlog-proof@v1" or not lines[1].startswith("extra ") or not lines[2].startswith("index "):
            raise Wrong("no .tlog-proof")
        extra = base64.b64decode(lines[1][6:], validate=True)
        self.leaf, self.blinding = extra[:100], extra[100:]
        self.index = int(lines[2][6:])
        self.path = [base64.b64decode(line, validate=True) for line in lines[3:]]
        if self.leaf[:4] != b"VTL1" or len(self.leaf) != 100 or len(self.blinding) not in (0, 32):
            raise Wrong("the proof holds no leaf")
        self.log_id, self.kind, self.sealed = struct.unpack_from("<IHH", self.leaf, 4)
        self.sequence, self.ordinal = struct.unpack_from("<QQ", self.leaf, 12)

    def root(self, size):
        """RFC 9162 §2.1.3.2."""
        if self.index >= size:
            raise Wrong("there is no such leaf")
        at, last, value = self.index, size - 1, sha256(b"\0" + self.leaf)
        for step in self.path:
            if last == 0:
                raise Wrong("the path is too long")
            if at & 1 or at == last:
                value = node(step, value)
                while not at & 1 and at:
                    at, last = at >> 1, last >> 1
            else:
                value = node(value, step)
            at, last = at >> 1, last >> 1
        if last:
            raise Wrong("the path is too short")
        return value

    def check(self, body, meta, vkey, meta_digest=None):
        """With the digest of the meta part alone (`meta` is None) a sealed frame's content is proven as well."""
        origin, size, signed = checkpoint(self.checkpoint, vkey)
        if self.root(size) != signed:
            raise Wrong("the leaf is not in the signed tree")
        if not self.sealed:
            if meta is None or sha256(meta + body) != self.leaf[68:]:
                raise Wrong("the content is not the leaf's")
        elif hmac.digest(self.blinding, b"rec1" + sha256(body) + (meta_digest or sha256(meta)), "sha256") != self.leaf[36:68]:
            raise Wrong("the content is not what the leaf commits to")
        return origin


def check_volume(note, vkey, lines):
    """What was signed when a volume of a register was closed, held against its lines."""
    text, _, signatures = note.rpartition("\n\n")
    head, origin, _, _, *fields = text.splitlines()
    if head != "vanthu-register-volume/v1" or vkey.split("+")[0] != origin or signatures.count("\n") != 1:
        raise Wrong("no closing of that log")
    if not signed_by(note, vkey):
        raise Wrong("the key has not signed it")
    said = dict(field.split(" ", 1) for field in fields)
    said.pop("closed")
    if sha256(lines).hex() != said["sha256"] or str(lines.count(b"\n")) != said["lines"]:
        raise Wrong("the lines are not those that were bound")
    return said


def manifest(path):
    """Names and digests of a list as sha256sum(1) writes it."""
    found = {}
    *lines, last = path.read_text().split("\n")
    if last:
        raise Wrong(f"{path.name}: does not end in a line feed")
    for line in lines:
        digest, name = line[:64], line[66:]
        if line[64:66] != "  " or len(bytes.fromhex(digest)) != 32 or name in found or ".." in name or name[:1] == "/":
            raise Wrong(f"{path.name}: {line}")
        found[name] = digest
    return found


def meta_part(folder, name):
    """A meta part in an exported bag, or its digest where it is there by that alone."""
    whole, by_digest = (folder / f"data/proofs/{name}.meta.{ending}" for ending in ("json", "sha256"))
    if whole.exists() == by_digest.exists():
        raise Wrong(f"{name}: its meta part is there once, whole or by its digest")
    if whole.exists():
        return whole.read_bytes(), None
    digits = by_digest.read_text()
    if not re.fullmatch(r"[0-9a-f]{64}\n", digits):
        raise Wrong(f"{name}: no digest of its meta part")
    return None, bytes.fromhex(digits)


def check_bag(folder, vkey):
    """Numbers of the records in an exported bag, each proven, and of those that were disposed of, proven too."""
    folder = Path(folder)
    if (folder / "bagit.txt").read_text() != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
        raise Wrong("no bag")
    payload, tags = manifest(folder / "manifest-sha256.txt"), manifest(folder / "tagmanifest-sha256.txt")
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if not path.is_dir()}
    if there != set(payload) | set(tags) | {"tagmanifest-sha256.txt"}:
        raise Wrong(f"files: {sorted(there ^ (set(payload) | set(tags)))}")
    for name, digest in {**payload, **tags}.items():
        if (folder / name).is_symlink() or sha256((folder / name).read_bytes()).hex() != digest:
            raise Wrong(f"{name}: was changed")
    octets = sum((folder / name).stat().st_size for name in payload)
    if f"Payload-Oxum: {octets}.{len(payload)}\n" not in (folder / "bag-info.txt").read_text():
        raise Wrong("Payload-Oxum")
    records, disposed = [], []
    for line in (folder / "data/list.tsv").read_text().split("\n")[1:-1]:
        number, state, octets, digest = line.split("\t")[:4]
        if state == "disposed":
            proof = TlogProof((folder / f"data/proofs/{number}.disposed.tlog-proof").read_text())
            meta, meta_digest = meta_part(folder, f"{number}.disposed")
            proof.check(b"", meta, vkey, meta_digest)
            if meta is None:
                if (proof.log_id, proof.kind) != (2, 4):
                    raise Wrong(f"record {number}: what is shown is no event")
                continue
            told = [event.get("record") for event in json.loads(meta)["events"] if event["what"] == "record.disposed"]
            if (proof.log_id, proof.kind) != (2, 4) or int(number) not in told:
                raise Wrong(f"record {number}: what is shown is no disposal of it")
            disposed.append(int(number))
            continue
        if state != "record":
            raise Wrong(line)
        eml = (folder / f"data/records/{number}.eml").read_bytes()
        meta, meta_digest = meta_part(folder, number)
        delivered = folder / f"data/delivered/{number}.part"
        if (len(eml), sha256(eml).hex()) != (int(octets), digest) or meta is not None and json.loads(meta)["sha256"] != digest:
            raise Wrong(f"record {number}: not what the list says")
        proof = TlogProof((folder / f"data/proofs/{number}.tlog-proof").read_text())
        proof.check(eml + (delivered.read_bytes() if delivered.exists() else b""), meta, vkey, meta_digest)
        if (proof.log_id, proof.kind, proof.ordinal) != (2, 1, int(number)):
            raise Wrong(f"record {number}: the proof is of another one")
        records.append(int(number))
    if {f"data/records/{number}.eml" for number in records} != {name for name in payload if name.startswith("data/records/")}:
        raise Wrong("letters that are in no list")
    for path in (folder / "data/disposals").glob("*.tlog-proof"):
        disposal, proof = path.stem, TlogProof(path.read_text())
        scan, = (one.read_bytes() for one in path.parent.glob(f"{disposal}.decision*"))
        meta = (path.parent / f"{disposal}.meta.json").read_bytes()
        proof.check(scan, meta, vkey)
        told = [event["details"] for event in json.loads(meta)["events"] if event["what"] == "disposal.decided"]
        if (proof.log_id, proof.kind, [one["decision_sha256"] for one in told if one["disposal"] == int(disposal)]) != \
                (2, 4, [sha256(scan).hex()]):
            raise Wrong(f"disposal {disposal}: what is shown is no decision of it")
    proof, meta = TlogProof((folder / "export.tlog-proof").read_text()), (folder / "export.meta.json").read_bytes()
    proof.check(b"", meta, vkey)
    event = json.loads(meta)["events"][0]
    if (proof.log_id, proof.kind, event["what"]) != (2, 4, "export.made") or \
            event["details"]["manifest_sha256"] != sha256((folder / "manifest-sha256.txt").read_bytes()).hex():
        raise Wrong("the manifest is not the one that was logged")
    return records, disposed
