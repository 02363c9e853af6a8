"""Where connectors may go: public addresses by https, and the networks that the operator allows."""

from __future__ import annotations

import functools
from ipaddress import IPv4Network, IPv6Network, ip_network

import httpx
from django.conf import settings
from ssrfguard import DEFAULT_DENIED, AddressTable, Block, BlockedAddressError, Policy, Reach, SSRFGuardError

from integrations.kit import outbound_failures as failures

PORTS = frozenset({443, 8443})
# Of a name's addresses that do not answer, so many are tried within the time of one call.
ATTEMPTS = 3
ANYWHERE = AddressTable(())
NOWHERE = AddressTable(
    tuple(
        Block(ip_network(every), "outside OUTBOUND_ALLOWED_NETWORKS", "", Reach.DENIED)
        for every in ("0.0.0.0/0", "::/0")
    )
)
# Of IPv6 the addresses beneath 2000::/3 are given out, and no others (RFC 4291 2.4). What the table knows
# better, such as 64:ff9b::/96, has a longer prefix; what it does not know leads inside, as ::ffff:0:127.0.0.1
# does behind a translator (RFC 2765 2.1).
PUBLIC = AddressTable(
    (
        *DEFAULT_DENIED.blocks,
        *(
            Block(ip_network(every), "Not given out", "RFC4291", Reach.DENIED)
            for every in ("::/3", "4000::/2", "8000::/1")
        ),
    )
)
Networks = tuple[IPv4Network | IPv6Network, ...]


def of(url: httpx.URL) -> Policy:
    """What this address may lead to. Raises Refused."""
    if url.scheme not in {"http", "https"}:
        raise failures.only_https()
    if url.userinfo:
        raise failures.with_a_password()
    if url.scheme == "https" and port_of(url) in PORTS:
        return _public(_networks())
    if not settings.OUTBOUND_ALLOWED_NETWORKS:
        raise failures.only_https()
    return _inside(_networks(), port_of(url))


def of_port(port: int) -> Policy:
    """For what speaks no HTTP. Raises ValueError where this is no port."""
    return Policy(
        allowed_schemes=frozenset({"https"}),
        allowed_ports=frozenset({port}),
        allowed_networks=_networks(),
        denied_networks=PUBLIC,
    )


def of_proxy(url: httpx.URL) -> Policy:
    """The operator names it, so it may be anywhere."""
    ports = frozenset({port_of(url)})
    return Policy(allowed_ports=ports, denied_networks=ANYWHERE, max_connection_attempts=ATTEMPTS)


def is_inside(policy: Policy) -> bool:
    """Whether it reaches the operator's networks and nothing else."""
    return policy.denied_networks is NOWHERE


def check(policy: Policy, *urls: str) -> None:
    """Refuses what is wrong with an address before any look-up. Raises Refused."""
    for url in urls:
        try:
            policy.check_url(url)
        except SSRFGuardError as error:
            raise refusal(error, httpx.URL(url).host, policy) from None


def refusal(error: SSRFGuardError, host: str, policy: Policy) -> failures.Refused:
    """The guard's words name private addresses and whole URLs: an admin reads ours."""
    if not isinstance(error, BlockedAddressError) and not isinstance(error.__cause__, BlockedAddressError):
        return failures.unclear()
    return failures.only_https() if is_inside(policy) else failures.not_public(host)


def port_of(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


@functools.lru_cache
def _public(networks: Networks) -> Policy:
    return Policy(
        allowed_schemes=frozenset({"https"}),
        allowed_ports=PORTS,
        allowed_networks=networks,
        denied_networks=PUBLIC,
        max_connection_attempts=ATTEMPTS,
    )


@functools.lru_cache
def _inside(networks: Networks, port: int) -> Policy:
    return Policy(
        allowed_ports=frozenset({port}),
        allowed_networks=networks,
        denied_networks=NOWHERE,
        max_connection_attempts=ATTEMPTS,
    )


def _networks() -> Networks:
    return tuple(settings.OUTBOUND_ALLOWED_NETWORKS)
