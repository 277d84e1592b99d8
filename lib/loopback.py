"""Whether an address is this machine's own."""

from ipaddress import ip_address


def is_loopback(host: str | None) -> bool:
    """Whether the name or IP address is one of this machine alone; none, a wildcard and other names are not."""
    if host and host.lower() == "localhost":
        return True
    try:
        found = ip_address((host or "").removeprefix("[").removesuffix("]"))
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback
