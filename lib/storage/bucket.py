"""An S3 bucket: how it is opened, and what its errors mean to a person.

Their own text is never shown: it may hold keys and signed addresses.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from obstore.exceptions import BaseError
from obstore.store import S3Store

from lib.errors import StorageUnavailable
from lib.settings import Settings

if TYPE_CHECKING:
    from obstore.store import ClientConfig

# How long a bucket is waited for: its time limits (of one request: to connect, between two pieces, in all), how often
# a failed request is repeated, and after how many seconds it is not any more.
#   look: a page waits. A stalled store costs it ten seconds, one that refuses or fails at once about one.
#   keep: whole photos go up, over a line of 4 Mbit/s too. Half a minute.
#   file: what is large goes in pieces, however many. Forty seconds without one.
Patience = Literal["look", "keep", "file"]
PATIENCE: dict[Patience, tuple[ClientConfig, int, int]] = {
    "look": ({"connect_timeout": "3s", "read_timeout": "5s", "timeout": "20s"}, 3, 8),
    "keep": ({"connect_timeout": "3s", "timeout": "30s"}, 3, 20),
    "file": ({"connect_timeout": "3s", "read_timeout": "20s", "timeout": "1h"}, 3, 30),
}
# Where a machine of a cloud gets its keys from, without any being set (the names are Amazon's).
ROLES = (
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
)
NO_KEYS = (
    "No keys for the image store are set.",
    "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY. On a machine of Amazon's with a role of its own, set "
    "AWS_EC2_METADATA_DISABLED=false instead.",
)

# The store's own name of an error: in the body of an answer, or of one deletion among several.
CODE = re.compile(r'<Code>(\w+)</Code>|\(code: (\w+)\)|code: "(\w+)"')
STATUS = re.compile(r"status: (\d{3})|returned non-2xx status code: (\d{3})")

KEYS = "Check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
LATER = "Try it again in a minute. If it stays so, look at the store's own status page or log."
ENDPOINT = "Check AWS_ENDPOINT_URL"
REGION = ("The bucket is in another region.", "Set AWS_REGION to the bucket's.")
RUN_OUT = ("The keys of the image store have run out.", f"Give new ones. {KEYS}")
TOO_LARGE = ("The image store takes no file of this size.", "Raise the limit of the bucket.")
FULL = ("The image store has no room left.", "Make room in it, or raise its quota.")
BUSY = ("The image store is overloaded, or down for a moment.", LATER)

# By the codes of Amazon S3 (API reference, "Error responses"), which the compatible ones use as well.
BY_CODE = {
    "SignatureDoesNotMatch": ("The image store refused the secret key.", "Check AWS_SECRET_ACCESS_KEY."),
    "InvalidAccessKeyId": ("The image store does not know the access key.", "Check AWS_ACCESS_KEY_ID."),
    "RequestTimeTooSkewed": (
        "This machine's clock and the image store's differ by too much.",
        "Have the clock set by the network (NTP): the store refuses what is signed 15 minutes off.",
    ),
    "NoSuchBucket": ("The bucket is not there.", "Make it, or check STORAGE_URL, AWS_ENDPOINT_URL and AWS_REGION."),
    "AccessDenied": (
        "The keys have no right to this.",
        "Let them read, write and delete in the bucket of STORAGE_URL, and check its name: a store may not tell a "
        "missing bucket from a forbidden one.",
    ),
    "AuthorizationHeaderMalformed": REGION,
    "PermanentRedirect": REGION,
    "TemporaryRedirect": REGION,
    "IllegalLocationConstraintException": REGION,
    "ExpiredToken": RUN_OUT,
    "InvalidToken": RUN_OUT,
    "TokenRefreshRequired": RUN_OUT,
    "EntityTooLarge": TOO_LARGE,
    "QuotaExceeded": FULL,
    "InsufficientStorage": FULL,
    "XMinioStorageFull": FULL,
    "SlowDown": BUSY,
    "ServiceUnavailable": BUSY,
    "InternalError": BUSY,
}
BY_STATUS = {
    "401": BY_CODE["AccessDenied"],
    "403": BY_CODE["AccessDenied"],
    "413": TOO_LARGE,
    "429": BUSY,
    "507": FULL,
}
# By what the client says of a connection, from the most telling on.
BY_TEXT = (
    (r"169\.254\.169\.254", ("No keys for the image store were found.", KEYS)),
    (r"dns error", ("The image store's name is not known.", f"{ENDPOINT}, and this machine's network.")),
    (
        r"InvalidCertificate|UnknownIssuer|certificate",
        (
            "The image store's certificate is not trusted.",
            f"{ENDPOINT}. For an authority of your own, set SSL_CERT_FILE to its certificate.",
        ),
    ),
    (
        r"InvalidContentType|CorruptMessage|record overflow",
        ("The image store does not speak TLS at its address.", f"{ENDPOINT}: http:// or https://, and the port."),
    ),
    (r"BareRedirect|redirect", REGION),
    (
        r"MissingEtag|Missing(LastModified|ContentLength)|ETag Header missing",
        ("What answers at the image store's address is no S3 server.", f"{ENDPOINT}."),
    ),
    (r"ConnectionRefused", ("Nothing answers at the image store's address.", f"{ENDPOINT}; is the store running?")),
    (r"TimedOut|kind: Timeout", ("The image store did not answer in time.", LATER)),
    (r"kind: Connect", ("The image store cannot be reached.", f"{ENDPOINT}, and this machine's network.")),
    (
        r"IncompleteMessage|IncompleteBody|kind: (Interrupted|Request)|ConnectionReset|BrokenPipe",
        ("The connection to the image store broke off.", LATER),
    ),
)


def open_bucket(settings: Settings, patience: Patience) -> S3Store:
    """Return the bucket of the settings. Raises StorageUnavailable; nobody is asked yet."""
    address, endpoint = urlsplit(settings.storage), settings.aws_endpoint_url
    limits, retries, retry_s = PATIENCE[patience]
    # What is set to nothing is not set, here as in our settings; obstore would take it for a value.
    for name in [name for name, value in os.environ.items() if name.startswith("AWS_") and not value]:
        del os.environ[name]
    # A name with dots fits no certificate of *.s3.amazonaws.com; other servers seldom have buckets in their names.
    in_host = endpoint is None and "." not in address.netloc
    options: dict[str, Any] = {"endpoint": endpoint} if endpoint else {"virtual_hosted_style_request": in_host}
    try:
        _ = urlsplit(endpoint or "").port  # obstore panics at a number that is none, with the first request
        return S3Store(
            address.netloc,
            prefix=address.path.strip("/") or None,
            region=settings.aws_region,
            **options,
            **_keys(settings),
            client_options={
                **limits,
                # Whoever writes http:// means it.
                "allow_http": (endpoint or "").startswith("http://"),
                "allow_invalid_certificates": False,
            },
            retry_config={
                "max_retries": retries,
                "retry_timeout": dt.timedelta(seconds=retry_s),
                "backoff": {"init_backoff": dt.timedelta(milliseconds=200), "max_backoff": dt.timedelta(seconds=2)},
            },
        )
    except (BaseError, ValueError) as error:
        raise explain("opened", error) from None


def _keys(settings: Settings) -> dict[str, Any]:
    """Return the keys that are set; none where a role is to give them. Raises StorageUnavailable where neither is.

    Without this a laptop would ask Amazon's metadata service, which is not there, for a minute and more.
    """
    key, secret = settings.aws_access_key_id, settings.aws_secret_access_key
    if key and secret:
        return {"access_key_id": key, "secret_access_key": secret}
    is_told = os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "false"
    if key or secret or not (is_told or any(os.environ.get(name) for name in ROLES)):
        raise StorageUnavailable(*NO_KEYS)
    return {}


def explain(what: str, error: Exception) -> StorageUnavailable:
    """Return the error of a bucket in words; `what` was wanted of it, such as "written"."""
    message, remedy = _meaning(str(error)) or (
        f"The image store could not be {what} ({type(error).__name__}).",
        "Check STORAGE_URL, AWS_ENDPOINT_URL and the keys.",
    )
    return StorageUnavailable(message, remedy)


def _meaning(text: str) -> tuple[str, str] | None:
    code = next(filter(None, (found for match in CODE.finditer(text) for found in match.groups())), None)
    if code in BY_CODE:
        return BY_CODE[code]
    status = next(filter(None, (found for match in STATUS.finditer(text) for found in match.groups())), None)
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status and status.startswith("5"):
        return BUSY
    return next((meaning for pattern, meaning in BY_TEXT if re.search(pattern, text)), None)
