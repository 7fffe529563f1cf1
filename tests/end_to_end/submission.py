"""Relays that one logs in to, for tests: Debian's Postfix and Dovecot's submission service, with TLS.

Postfix asks Dovecot who may log in. Dovecot's submission service hands on what it takes to Postfix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from tests.end_to_end.dovecot import Dovecot, free_port, running_dovecot
from tests.end_to_end.postfix import Postfix, running_postfix

USER = "office"


@dataclass(frozen=True)
class Relays:
    """The ports of three relays: Postfix with STARTTLS and with TLS from the start, Dovecot with STARTTLS."""

    dovecot: Dovecot
    postfix: Postfix
    starttls: int
    tls: int
    submission: int


@contextmanager
def running_relays(answers: Mapping[str, str], *, settings: str = "") -> Iterator[Relays]:
    """Run them; ``answers`` and ``settings`` as for `running_postfix`."""
    logins, starttls, tls, submission, plain = (free_port() for _ in range(5))
    with running_dovecot(settings=_dovecot(logins, submission, plain)) as dovecot:
        services = _postfix(logins, starttls, tls, plain)
        certificate = f"smtpd_tls_cert_file = {dovecot.certificate}\nsmtpd_tls_key_file = {dovecot.folder}/relay.key\n"
        with running_postfix(dovecot, answers, services=services, settings=certificate + settings) as postfix:
            yield Relays(dovecot, postfix, starttls, tls, submission)


def _dovecot(logins: int, submission: int, plain: int) -> str:
    auth = f"service auth {{\n  inet_listener {{\n    address = 127.0.0.1\n    port = {logins}\n  }}\n}}\n"
    return f"""{auth}protocols = imap submission
hostname = submission.example.int
submission_relay_host = 127.0.0.1
submission_relay_port = {plain}
submission_relay_trusted = yes
service submission-login {{
  chroot =
  inet_listener submission {{
    port = {submission}
  }}
}}
"""


def _postfix(logins: int, starttls: int, tls: int, plain: int) -> str:
    sasl = (
        f" -o smtpd_sasl_auth_enable=yes -o smtpd_sasl_type=dovecot -o smtpd_sasl_path=inet:127.0.0.1:{logins}"
        " -o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
        " -o smtpd_recipient_restrictions= -o smtpd_tls_auth_only=yes"
    )
    return (
        f"127.0.0.1:{starttls} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt{sasl}\n"
        f"127.0.0.1:{tls} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes{sasl}\n"
        f"127.0.0.1:{plain} inet n - n - - smtpd -o smtpd_authorized_xclient_hosts=127.0.0.1\n"
    )
