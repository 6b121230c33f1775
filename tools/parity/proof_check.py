"""Compares the engine's seals and proofs with programs of others: pymerkle (the tree), cryptography (Ed25519), hashlib (paths and key hashes).

    proof_check.py ENGINE JOURNAL

JOURNAL must be small: every one of its events is proved. Ends with 1 and says what differs.
"""

import base64
import hashlib
import pathlib
import subprocess
import sys
import tempfile

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from pymerkle import InmemoryTree


def require(holds, text):
    if not holds:
        sys.exit(f"proof_check.py: {text}")


def run(*words, code=0):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    require(done.returncode == code, f"{' '.join(map(str, words))} ended with {done.returncode}: {done.stderr}")
    return done.stdout


def key_hash(name, public):
    return hashlib.sha256(name.encode() + b"\n\x01" + public).digest()[:4]


def read_note(note, name, public):
    """The signed text's lines, once the signature holds."""
    text, signatures = note.split("\n\n")
    text += "\n"
    dash, signer, encoded = signatures.rstrip("\n").split(" ")
    signature = base64.b64decode(encoded, validate=True)
    require(dash == "\u2014" and signer == name, "the note names another key")
    require(signature[:4] == key_hash(name, public.public_bytes(Encoding.Raw, PublicFormat.Raw)), "key hash")
    try:
        public.verify(signature[4:], text.encode())
    except InvalidSignature:
        require(False, "cryptography refuses the signature")
    return text.splitlines()


def climb(leaf, index, size, path):
    """RFC 9162, 2.1.3.2."""
    place, last, node = index, size - 1, hashlib.sha256(b"\0" + leaf).digest()
    for other in path:
        require(last != 0, "the path is too long")
        if place & 1 or place == last:
            node = hashlib.sha256(b"\1" + other + node).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = hashlib.sha256(b"\1" + node + other).digest()
        place, last = place >> 1, last >> 1
    require(last == 0, "the path is too short")
    return node


def main(engine, journal, folder):
    key = folder / "key"
    copy = folder / "journal.zst"
    copy.write_bytes(pathlib.Path(journal).read_bytes())
    run(engine, "key", "new", key, "--name", "parity")
    _, _, name, hash_text, encoded = key.read_text().rstrip("\n").split("+", 4)
    raw = base64.b64decode(encoded, validate=True)
    private = Ed25519PrivateKey.from_private_bytes(raw[1:])
    public = private.public_key()
    public_bytes = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    require(raw[0] == 1 and name == "parity" and key_hash(name, public_bytes).hex() == hash_text, "private key file")
    expected = f"parity+{hash_text}+{base64.b64encode(bytes([1]) + public_bytes).decode()}\n"
    require(pathlib.Path(f"{key}.pub").read_text() == expected, "public key file")

    run(engine, "seal", copy, "--key", key)
    note = pathlib.Path(f"{copy}.seal").read_text()
    origin, size, root, head, first = read_note(note, name, public)
    require(origin.startswith("engine/") and head.startswith("head ") and first.startswith("first "), "checkpoint lines")
    first = int(first.removeprefix("first "))
    size, root = int(size), base64.b64decode(root, validate=True)

    tree = InmemoryTree(algorithm="sha256")
    for index in range(size):
        proof = run(engine, "prove", copy, str(first + index))
        body, rest = proof.split("\n\n", 1)
        require(rest == note, f"proof {index} holds another note")
        header, extra, place, *hashes = body.split("\n")
        require(header == "c2sp.org/tlog-proof@v1" and place == f"index {index}", f"proof {index}")
        leaf = base64.b64decode(extra.removeprefix("extra "), validate=True)
        path = [base64.b64decode(line, validate=True) for line in hashes]
        require(int.from_bytes(leaf[:8], "little") == first + index, f"leaf {index} is of another event")
        require(climb(leaf, index, size, path) == root, f"the path of event {index} leads elsewhere")
        tree.append_entry(leaf)
    require(tree.get_root() == root, "pymerkle finds another root")

    # A note that cryptography signed is one to the engine, and one that it didn't is none.
    text = note.split("\n\n")[0] + "\n"
    own = base64.b64encode(key_hash(name, public_bytes) + private.sign(text.encode())).decode()
    pathlib.Path(f"{copy}.seal").write_text(f"{text}\n\u2014 {name} {own}\n")
    run(engine, "verify", copy, "--key", f"{key}.pub")
    forged = base64.b64encode(key_hash(name, public_bytes) + Ed25519PrivateKey.generate().sign(text.encode())).decode()
    pathlib.Path(f"{copy}.seal").write_text(f"{text}\n\u2014 {name} {forged}\n")
    run(engine, "verify", copy, "--key", f"{key}.pub", code=1)
    print(f"{size} events of {pathlib.Path(journal).name}: every path, the root and the signature agree")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        main(*sys.argv[1:3], pathlib.Path(place))
