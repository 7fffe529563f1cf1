"""What DNS says of the office's mail domains: who takes their mail, who may send for them, and who signs.

SPF is RFC 7208, DKIM RFC 6376 and 8463, DMARC RFC 7489.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import partial

from office.model import FilesTransport, Office
from pipeline.doctor.dkim_record import record_fits
from pipeline.doctor.names import NULL_MX, Names, NoDnsError, UnansweredError
from pipeline.doctor.results import Result, Results, Visit, error, good, note, skipped, warning

_SPF = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_SPF_ALL = re.compile(r"(?:^| )([+?~-]?)all(?: |$)|(?:^| )redirect=", re.IGNORECASE)
_DMARC = re.compile(r"v=DMARC1\s*(?:;|$)", re.IGNORECASE)
_TAG = re.compile(r"\s*([a-z]+)\s*=\s*([^;]*)")


def look_at_domains(office: Office, visit: Visit) -> Results:
    """Look at the domains of sender, answers and bounces; a machine without DNS is no fault."""
    if isinstance(office.transports[office.mail.transport], FilesTransport):
        yield skipped("no-domains", "DNS was not asked: letters are written as files, and nothing leaves.")
        return
    sender, reply, bounce = (_domain(box) for box in (office.mail.sender, office.mail.reply, office.mail.bounce))
    try:
        names = Names(visit.nameserver, seconds=visit.seconds)
        yield from _guarded("takes-mail", reply, partial(_takes_mail, names, reply, "answers"))
        if bounce != reply:
            yield from _guarded("takes-mail", bounce, partial(_takes_mail, names, bounce, "delivery reports"))
        yield from _guarded("spf", bounce, partial(_spf, names, bounce))
        yield from _guarded("dkim", sender, partial(_dkim, names, office))
        yield from _guarded("dmarc", sender, partial(_dmarc, names, sender, bounce))
    except NoDnsError as fault:
        where = f"the DNS server {visit.nameserver.address}" if visit.nameserver else "a DNS server"
        yield skipped(
            "no-dns",
            f"No DNS here: {where} does not answer ({fault}); MX, SPF, DKIM and DMARC were not looked at.",
            "Run doctor where DNS can be asked, or name a server: --nameserver ADDRESS",
        )


def _domain(mailbox: str) -> str:
    return mailbox.rpartition("@")[2].lower()


def _guarded(code: str, domain: str, look: Callable[[], Results]) -> Results:
    """Go on with the next question where the servers of a domain fail at this one."""
    try:
        yield from look()
    except UnansweredError as fault:
        yield warning(
            f"{code}-unanswered", f"DNS does not answer for {domain}: {fault}.", "Ask who runs that domain's DNS."
        )


def _takes_mail(names: Names, domain: str, what: str) -> Results:
    hosts = names.mail_servers(domain)
    if NULL_MX in hosts:
        yield error(
            "null-mx", f"{domain} says that it takes no mail (RFC 7505), and {what} go there.",
            "Give it an MX record that names your mail server, or write another domain into office.toml.",
        )  # fmt: skip
    elif hosts:
        lost = [host for host in hosts if not names.exists(host)]
        if lost:
            yield error("mx-lost", f"The MX of {domain} names {lost[0]}, which has no address.", "Correct the record.")
        else:
            yield good("mx", f"Mail for {domain} ({what}) goes to {', '.join(hosts)}.")
    elif names.exists(domain):
        yield note(
            "no-mx", f"{domain} has no MX record; {what} go to its own address.", "An MX record would be clearer."
        )
    else:
        yield error(
            "no-mail-domain", f"{domain} is not in DNS: {what} would not arrive.",
            "Give it an MX record that names your mail server. In a house that has two views of DNS, ask the public "
            "one: --nameserver ADDRESS",
        )  # fmt: skip


def _spf(names: Names, bounce: str) -> Results:
    """The domain of the envelope's sender is the one that is looked at (RFC 7208 section 2.4)."""
    found = [text for text in names.texts(bounce) if _SPF.match(text)]
    hint = (
        f'In DNS: {bounce} TXT "v=spf1 … -all", naming the machines through which the relay sends (ask its operator).'
    )
    if not found:
        yield warning("no-spf", f"{bounce}, the domain of bounce, has no SPF record.", hint)
    elif len(found) > 1:
        yield error("two-spf", f"{bounce} has {len(found)} SPF records: with more than one, all are void.", hint)
    else:
        ending = _SPF_ALL.search(found[0])
        if ending is None or ending[1] == "?":
            yield note(
                "spf-open", f"The SPF record of {bounce} rules nobody out: {found[0]}", "End it with -all or ~all."
            )
        elif ending[0].strip() in {"all", "+all"}:
            yield warning("spf-all", f"The SPF record of {bounce} lets everybody send: {found[0]}", "End it with -all.")
        else:
            yield good("spf", f"{bounce} has an SPF record: {found[0]}")


def _dkim(names: Names, office: Office) -> Results:
    """Our own signatures; those of the relay cannot be seen from here."""
    signatures = office.mail.dkim
    if not signatures:
        yield note(
            "dkim-elsewhere",
            "circulars does not sign (no [[mail.dkim]]); whether the relay does is not to be seen from here.",
            "A test mail shows it: circulars doctor --mail",
        )
    for each in signatures:
        name = f"{each.selector}._domainkey.{each.domain}"
        found = [_tags(text) for text in names.texts(name)]
        yield record_fits(name, [tags for tags in found if "p" in tags], office.folder / each.key_file)


def _dmarc(names: Names, sender: str, bounce: str) -> Results:
    """The policy of the From domain, or of the domain above it, and whether the bounce domain counts as the same."""
    for domain in _upward(sender):
        found = [text for text in names.texts(f"_dmarc.{domain}") if _DMARC.match(text)]
        if not found:
            continue
        if len(found) > 1:
            yield error("two-dmarc", f"_dmarc.{domain} has {len(found)} records: all are void.", "Leave one.")
            return
        tags = _tags(found[0])
        yield good("dmarc", f"{domain} has a DMARC record: policy {tags.get('p', 'none')}.")
        yield _alignment(sender, bounce, domain, strict=tags.get("aspf", "r").lower() == "s")
        return
    yield warning(
        "no-dmarc",
        f"{sender}, the domain of sender, has no DMARC record; large providers want one of who writes to many.",
        f'In DNS: _dmarc.{sender} TXT "v=DMARC1; p=none; rua=mailto:…", and a stricter p once the reports are clean.',
    )


def _alignment(sender: str, bounce: str, at: str, *, strict: bool) -> Result:
    """Say whether SPF counts for DMARC (RFC 7489 section 3.1.2): bounce and sender must be of one domain."""
    aligned = bounce == sender if strict else bounce == at or bounce.endswith(f".{at}") or sender.endswith(f".{bounce}")
    if aligned:
        return good("aligned", f"SPF of {bounce} counts for {sender} (DMARC alignment).")
    return note(
        "not-aligned",
        f"SPF of {bounce} does not count for {sender}: DMARC then rests on a DKIM signature of {sender} alone.",
        f"Let the relay, or [[mail.dkim]], sign as {sender}; or take a bounce address below {at}.",
    )


def _upward(domain: str) -> Iterator[str]:
    """Yield a domain and those above it, as far as two labels: what stands higher is nobody's own."""
    labels = domain.split(".")
    for start in range(max(1, len(labels) - 1)):
        yield ".".join(labels[start:])


def _tags(text: str) -> dict[str, str]:
    """Read «v=DKIM1; k=rsa; p=…» (RFC 6376 section 3.2)."""
    return {match[1]: match[2].strip() for part in text.split(";") if (match := _TAG.match(part))}
