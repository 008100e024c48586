# SPDX-License-Identifier: GPL-3.0-or-later
"""The box's own certificate authority and the gateway's certificate, made with the openssl program."""
import subprocess

from layout import DOMAIN, HOST, HOSTNAME
from say import say

_RENEW_SECONDS = 7 * 86400


def _openssl(*words):
    return subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, check=False)


def _make(*words):
    done = _openssl(*words)
    if done.returncode:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr.strip()}")


def _valid(certificate):
    return certificate.exists() and _openssl("x509", "-in", certificate, "-noout", "-checkend",
                                             _RENEW_SECONDS).returncode == 0


def _leaf(box, name, subject, extensions):
    """NAME.key and NAME.pem (with the authority's behind it), by our own authority."""
    tls = box.dir / "tls"
    request, words, leaf = tls / f"{name}.csr", tls / f"{name}.ext", tls / f"{name}.leaf"
    words.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n" + extensions)
    _make("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject,
          "-keyout", tls / f"{name}.key", "-out", request)
    _make("x509", "-req", "-in", request, "-CA", box.ca_file, "-CAkey", tls / "ca.key", "-CAcreateserial",
          "-days", "397", "-sha256", "-extfile", words, "-out", leaf)
    (tls / f"{name}.pem").write_text(leaf.read_text() + box.ca_file.read_text())
    for draft in (request, words, leaf):
        draft.unlink()


def ensure(box):
    """Keeps what is still valid for a week; makes the rest."""
    tls = box.dir / "tls"
    ca_key, key, certificate = tls / "ca.key", tls / "gateway.key", tls / "gateway.pem"
    fresh_ca = not (_valid(box.ca_file) and ca_key.exists())
    if fresh_ca:
        say("Tạo cơ quan chứng thực (CA) riêng …", "Making a certificate authority of our own …")
        _make("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3650",
              "-subj", "/O=Vanthu demo/CN=Vanthu demo CA", "-addext", "basicConstraints=critical,CA:TRUE,pathlen:0",
              "-addext", "keyUsage=critical,keyCertSign,cRLSign", "-keyout", ca_key, "-out", box.ca_file)
    if fresh_ca or not (_valid(certificate) and key.exists()):
        say("Tạo chứng thư cho cổng thư …", "Making the gateway's certificate …")
        _leaf(box, "gateway", f"/CN={HOSTNAME}",
              f"extendedKeyUsage=serverAuth\nsubjectAltName=DNS:{HOSTNAME},DNS:localhost,IP:{HOST}\n")
    if fresh_ca or not (_valid(tls / "receipts.pem") and (tls / "receipts.key").exists()):
        say("Tạo chứng thư ký giấy báo …", "Making the certificate that signs receipts …")
        _leaf(box, "receipts", "/O=Vanthu demo/CN=Van thu dien tu",
              f"extendedKeyUsage=emailProtection\nsubjectAltName=email:xac-nhan@{DOMAIN}\n")
