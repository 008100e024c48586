# SPDX-License-Identifier: GPL-3.0-or-later
"""The box's own certificate authority and the gateway's certificate, made with the openssl program."""
import subprocess

from layout import HOST, HOSTNAME
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
        request, extensions, leaf = tls / "gateway.csr", tls / "gateway.ext", tls / "gateway.leaf"
        extensions.write_text("basicConstraints=critical,CA:FALSE\nkeyUsage=critical,digitalSignature\n"
                              "extendedKeyUsage=serverAuth\n"
                              f"subjectAltName=DNS:{HOSTNAME},DNS:localhost,IP:{HOST}\n")
        _make("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
              "-subj", f"/CN={HOSTNAME}", "-keyout", key, "-out", request)
        _make("x509", "-req", "-in", request, "-CA", box.ca_file, "-CAkey", ca_key, "-CAcreateserial",
              "-days", "397", "-sha256", "-extfile", extensions, "-out", leaf)
        certificate.write_text(leaf.read_text() + box.ca_file.read_text())
        for draft in (request, extensions, leaf):
            draft.unlink()
