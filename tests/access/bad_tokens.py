"""Every way in which a token can be wrong, each with the reason that the audit log must give."""

from __future__ import annotations

from tests.access.tokens import (
    BASE,
    ISSUER,
    JKU,
    NOW_SECONDS,
    OTHER_ISSUER,
    URL,
    claims,
    elliptic,
    encoded,
    header,
    rsa,
    signed,
)

GOOD = signed(header(), claims())
PUBLIC_KEY = rsa("rsa-1").as_pem(private=False)


def bearer(token: str) -> str:
    return f"Bearer {token}"


def changed_signature() -> str:
    head, body, signature = GOOD.split(".")
    return f"{head}.{body}.{'B' if signature[0] != 'B' else 'C'}{signature[1:]}"


BAD: dict[str, tuple[str | None, str]] = {
    "no header": (None, "no token"),
    "empty header": ("", "no token"),
    "another scheme": (f"Basic {GOOD}", "no token"),
    "two tokens": (f"Bearer {GOOD} {GOOD}", "not one signed token"),
    "not a token": (bearer("abc"), "not one signed token"),
    "four parts": (bearer(f"{GOOD}.e30"), "not one signed token"),
    "encrypted, five parts": (bearer("e30.e30.e30.e30.e30"), "not one signed token"),
    "two signatures": (
        bearer(encoded({"payload": "e30", "signatures": [{}, {}]})),
        "not one signed token",
    ),
    "no signature": (bearer(GOOD.rpartition(".")[0] + "."), "not one signed token"),
    "header no JSON": (bearer(signed(b"{", claims())), "not a token"),
    "header a list": (bearer(signed(b"[]", claims())), "not a token"),
    "claims no object": (bearer(signed(header(), b"7")), "not a token"),
    "claims too deep": (bearer(signed(header(), b"[" * 2500)), "not a token"),
    "claims with NaN": (bearer(signed(header(), b'{"iss":NaN}')), "a number that JSON has not"),
    "claim twice": (bearer(signed(header(), b'{"iss":"a","iss":"b"}')), "a name stands twice"),
    "not base64": (bearer("@@.@@.@@"), "not a token"),
    "not ascii": (bearer("æøå.æøå.æøå"), "token too large or not text"),
    "oversized": (bearer(signed(header(), claims(x="x" * 9000))), "token too large or not text"),
    "alg none": (
        bearer(f"{encoded(header(alg='none'))}.{encoded(claims())}.AA"),
        "algorithm not allowed",
    ),
    "alg None": (
        bearer(f"{encoded(header(alg='None'))}.{encoded(claims())}.AA"),
        "algorithm not allowed",
    ),
    "HS256 signed with the public key": (
        bearer(signed(header(alg="HS256", kid="rsa-1"), claims(), PUBLIC_KEY)),
        "algorithm not allowed",
    ),
    "PS256, not on the list": (
        bearer(signed(header(alg="PS256", kid="rsa-1"), claims(), rsa("rsa-1"))),
        "algorithm not allowed",
    ),
    "alg missing": (bearer(signed(header(alg=None), claims())), "algorithm not allowed"),
    "alg a list": (
        bearer(signed(header(alg=["ES384"]), claims(), alg="ES384")),
        "algorithm not allowed",
    ),
    "typ missing": (bearer(signed(header(typ=None), claims())), "not of type JWT"),
    "typ of another kind": (bearer(signed(header(typ="at+jwt"), claims())), "not of type JWT"),
    "kid missing": (bearer(signed(header(kid=None), claims())), "kid missing or not a text"),
    "kid unknown": (bearer(signed(header(kid="ec-9"), claims())), "key not known"),
    "kid with path characters": (
        bearer(signed(header(kid="../../other"), claims())),
        "key not known",
    ),
    "kid a number": (bearer(signed(header(kid=1), claims())), "kid missing or not a text"),
    "kid of another issuer": (
        bearer(signed(header(kid="other-1"), claims(), elliptic("other-1"))),
        "key not known",
    ),
    "key too small": (
        bearer(signed(header(alg="RS256", kid="rsa-small"), claims(), rsa("rsa-small", 1024))),
        "key not known",
    ),
    "jku not configured": (bearer(signed(header(jku=JKU), claims())), "jku is not the configured"),
    "key brought along": (
        bearer(signed(header(jwk=elliptic("ec-1").as_dict(private=False)), claims())),
        "header field not allowed",
    ),
    "x5u brought along": (
        bearer(signed(header(x5u="https://evil.example.org/c"), claims())),
        "header field not allowed",
    ),
    "crit": (
        bearer(signed(header(crit=["exp"], exp=1), claims())),
        "header field not allowed",
    ),
    "unencoded payload": (
        bearer(signed(header(b64=False, crit=["b64"]), claims())),
        "header field not allowed",
    ),
    "signed by another key": (
        bearer(signed(header(), claims(), elliptic("ec-2"))),
        "signature does not fit",
    ),
    "signature changed": (bearer(changed_signature()), "signature does not fit"),
    "signature of another curve": (
        bearer(signed(header(alg="ES256"), claims(), elliptic("ec-256", "P-256"))),
        "signature does not fit",
    ),
    "elliptic key, RSA algorithm": (
        bearer(signed(header(alg="RS384"), claims(), rsa("rsa-1"))),
        "signature does not fit",
    ),
    "issuer missing": (bearer(signed(header(), claims(iss=None))), "iss missing or not a text"),
    "issuer unknown": (
        bearer(signed(header(), claims(iss="https://evil.example.org"))),
        "issuer not known",
    ),
    "issuer with a slash more": (bearer(signed(header(), claims(iss=f"{ISSUER}/"))), "issuer not"),
    "issuer a list": (bearer(signed(header(), claims(iss=[ISSUER]))), "iss missing or not a text"),
    "issuer of another client": (
        bearer(signed(header(), claims(iss=OTHER_ISSUER))),
        "key not known",
    ),
    "audience missing": (bearer(signed(header(), claims(aud=None))), "audience is not"),
    "audience of a sibling": (
        bearer(signed(header(), claims(aud=f"{BASE}/cds-services/livedo-order-sign"))),
        "audience is not",
    ),
    "audience of the base": (bearer(signed(header(), claims(aud=BASE))), "audience is not"),
    "audience with a slash": (bearer(signed(header(), claims(aud=f"{URL}/"))), "audience is not"),
    "audience by http": (
        bearer(signed(header(), claims(aud=URL.replace("https", "http")))),
        "audience is not",
    ),
    "audience of several": (
        bearer(signed(header(), claims(aud=[URL, BASE]))),
        "audience is not",
    ),
    "expired by one second": (
        bearer(signed(header(), claims(exp=NOW_SECONDS - 1, iat=NOW_SECONDS - 300))),
        "expired",
    ),
    "expires this second": (bearer(signed(header(), claims(exp=NOW_SECONDS))), "expired"),
    "expiry missing": (bearer(signed(header(), claims(exp=None))), "exp missing"),
    "expiry a text": (bearer(signed(header(), claims(exp=str(NOW_SECONDS + 9)))), "exp missing"),
    "expiry true": (bearer(signed(header(), claims(exp=True))), "exp missing"),
    "expiry far away": (bearer(signed(header(), claims(exp=10**30))), "exp missing"),
    "valid for a day": (
        bearer(signed(header(), claims(exp=NOW_SECONDS + 86_400))),
        "valid for too long",
    ),
    "issue missing": (bearer(signed(header(), claims(iat=None))), "iat missing"),
    "issued in the future": (
        bearer(signed(header(), claims(iat=NOW_SECONDS + 1))),
        "issued in the future",
    ),
    "not valid yet": (bearer(signed(header(), claims(nbf=NOW_SECONDS + 1))), "not valid yet"),
    "jti missing": (bearer(signed(header(), claims(jti=None))), "jti missing"),
    "jti empty": (bearer(signed(header(), claims(jti=""))), "jti missing"),
    "jti too long": (bearer(signed(header(), claims(jti="x" * 256))), "jti missing"),
    "tenant a number": (bearer(signed(header(), claims(tenant=7))), "tenant missing"),
}
