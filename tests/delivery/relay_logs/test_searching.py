"""Relays' logs: of Postfix and of Exchange, in every form in which they are kept."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from delivery.relay_logs.lines import LONGEST_LINE
from delivery.relay_logs.moments import exact_moment, listed_moments, syslog_moment
from delivery.relay_logs.searching import LogKind, LogSearch, search_logs
from delivery.relay_logs.traces import Fate

ZONE = ZoneInfo("Europe/Zurich")
NOW = datetime(2022, 3, 25, 12, 0, tzinfo=UTC)
OURS = "cabc@example.int"
VERP = "bounce+cxyz@replies.example.int"
Search = Callable[..., LogSearch]


@pytest.fixture
def search(tmp_path: Path) -> Search:
    def run(*texts: str | bytes) -> LogSearch:
        paths = []
        for number, text in enumerate(texts):
            path = tmp_path / f"log.{number}"
            path.write_bytes(text.encode() if isinstance(text, str) else text)
            paths.append(str(path))
        return search_logs(paths, {OURS, "other@example.int"}, senders={VERP: OURS}, zone=ZONE, now=NOW)

    return run


# Postfix


def syslog(*lines: str, time: str = "Mar 21 10:30:00", host: str = "relay") -> str:
    return "".join(f"{time} {host} postfix/{line}\n" for line in lines)


NAMED = f"cleanup[11]: 4XyZ1a2b3C: message-id=<{OURS}>"
ACTIVE = "qmgr[12]: 4XyZ1a2b3C: from=<bounce+c@x>, size=28000, nrcpt=1 (queue active)"
SENT = (
    "smtp[13]: 4XyZ1a2b3C: to=<a@b.example>, relay=mx.b.example[192.0.2.1]:25, delay=0.2, delays=0/0/0/0, dsn=2.0.0,"
    " status=sent (250 2.0.0 Ok: queued as 77)"
)
BOUNCED = SENT.replace("dsn=2.0.0", "dsn=5.1.1").replace("sent (250 2.0.0 Ok: queued as 77)", "bounced (550 5.1.1 no)")
DEFERRED = SENT.replace("dsn=2.0.0", "dsn=4.2.2").replace("sent (250 2.0.0 Ok: queued as 77)", "deferred (452 full)")
REJECTED = f"smtpd[1]: NOQUEUE: reject: RCPT from a[1]: {{}} <y>: no; from=<{VERP}> to=<y> proto=ESMTP"
REMOVED = "qmgr[12]: 4XyZ1a2b3C: removed"


@pytest.mark.parametrize(
    ("lines", "fate"),
    [
        ((NAMED,), Fate.UNFINISHED),
        ((NAMED, ACTIVE), Fate.ACCEPTED),
        ((NAMED, ACTIVE, SENT, REMOVED), Fate.ACCEPTED),
        ((NAMED, REMOVED), Fate.ACCEPTED),
        ((NAMED, ACTIVE, BOUNCED, REMOVED), Fate.BOUNCED),
        ((NAMED, ACTIVE, DEFERRED), Fate.ACCEPTED),
        ((NAMED, ACTIVE, DEFERRED, SENT), Fate.ACCEPTED),
        ((NAMED, ACTIVE, BOUNCED, SENT.replace("a@b", "c@b")), Fate.ACCEPTED),  # an alias: one of them got it
        (
            (NAMED, ACTIVE, DEFERRED, "qmgr[12]: 4XyZ1a2b3C: from=<x@y>, status=expired, returned to sender", REMOVED),
            Fate.BOUNCED,
        ),
        ((NAMED, "cleanup[11]: 4XyZ1a2b3C: hold: header X: y from unknown; from=<x> to=<y>"), Fate.ACCEPTED),
        (
            (NAMED, "cleanup[11]: 4XyZ1a2b3C: milter-reject: END-OF-MESSAGE from a[1]: 5.7.1 no; from=<x> to=<y>"),
            Fate.REFUSED,
        ),
        (
            (NAMED, "cleanup[11]: 4XyZ1a2b3C: milter-reject: END-OF-MESSAGE from a[1]: 4.7.1 later; from=<x> to=<y>"),
            Fate.PUT_OFF,
        ),
        ((REJECTED.format("550 5.1.1"),), Fate.REFUSED),
        ((REJECTED.format("450 4.7.1"),), Fate.PUT_OFF),
    ],
)
def test_what_postfix_did(search: Search, lines: tuple[str, ...], fate: Fate) -> None:
    found = search(syslog(*lines))
    assert found.traces[OURS].fate is fate
    assert found.files[0].kind is LogKind.POSTFIX
    assert found.files[0].lines == len(lines)


@pytest.mark.parametrize(
    "line",
    [
        NAMED.replace(OURS, "c" + OURS),
        f"smtpd[1]: 4XyZ1a2b3C: message-id=<{OURS}>",  # not the program that says so
        f"cleanup[1]: 4XyZ1a2b3C: warning: header Subject: message-id=<{OURS}>",
        f"smtpd[1]: NOQUEUE: reject: RCPT from a[1]: 550 no; from=<x@y> to=<y> proto=SMTP helo=<; from=<{VERP}> to=<>",
        f"cleanup[1]: message-id=<{OURS}>",
    ],
)
def test_what_only_looks_like_ours_says_nothing(search: Search, line: str) -> None:
    assert OURS not in search(syslog(line, ACTIVE, SENT)).traces


def test_a_queue_id_that_is_used_again_is_another_message(search: Search) -> None:
    other = NAMED.replace(OURS, "somebody@else.example")
    assert search(syslog(NAMED, other, ACTIVE, SENT, REMOVED)).traces[OURS].fate is Fate.UNFINISHED
    found = search(syslog(NAMED, ACTIVE, SENT, REMOVED, other, ACTIVE, BOUNCED, REMOVED))
    assert found.traces[OURS].fate is Fate.ACCEPTED


def test_a_filter_gives_the_message_back_under_another_queue_id(search: Search) -> None:
    again = [line.replace("4XyZ1a2b3C", "9AbCdEfGhI") for line in (NAMED, ACTIVE, BOUNCED, REMOVED)]
    passed_on = SENT.replace("queued as 77", "queued as 9AbCdEfGhI")
    found = search(syslog(NAMED, ACTIVE, *again[:2], passed_on, REMOVED, *again[2:]))
    assert (found.traces[OURS].fate, found.traces[OURS].status) == (Fate.BOUNCED, "5.1.1")


@pytest.mark.parametrize("queue_id", ["A1B2C", "0123456789AB", "4XyZ1a2b3CzzQ"])
@pytest.mark.parametrize(
    ("time", "zoned"),
    [
        ("Mar 21 10:30:00", False), ("2022-03-21T10:30:00.123456+01:00", True), ("2022-03-21T09:30:00Z", True),
        ("2022-03-21T10:30:00+0100", True), ("<22>Mar 21 10:30:00", False),
    ],
)  # fmt: skip
def test_times_and_queue_ids(search: Search, queue_id: str, time: str, zoned: bool) -> None:
    text = syslog(NAMED, ACTIVE, SENT, time=time).replace("4XyZ1a2b3C", queue_id)
    trace = search(text).traces[OURS]
    assert trace.fate is Fate.ACCEPTED
    assert trace.at is not None
    assert (trace.at.replace(microsecond=0), trace.zoned) == (datetime(2022, 3, 21, 9, 30, tzinfo=UTC), zoned)


def test_rotated_files_are_read_in_the_order_of_time_however_they_are_packed(search: Search) -> None:
    newer = syslog(ACTIVE, BOUNCED, REMOVED, time="Mar 21 10:31:00")
    for pack in (gzip.compress, bz2.compress, lzma.compress):
        assert search(newer, pack(syslog(NAMED).encode())).traces[OURS].fate is Fate.BOUNCED


# Exchange

TRACKING = """\
\ufeff#Software: Microsoft Exchange Server\r
#Version: 15.02.0986.042\r
#Log-type: Message Tracking Log\r
#Date: 2022-03-21T09:00:00.000Z\r
#Fields: date-time,client-ip,source-context,source,event-id,internal-message-id,message-id,recipient-address,\
recipient-status,message-subject\r
2022-03-21T09:30:00.123Z,192.0.2.7,08D;x,SMTP,{event},77,<cabc@example.int>,a@b.example,{status},"Réunion, forum"\r
2022-03-21T11:30:00.123Z,192.0.2.7,08D;x,SMTP,RECEIVE,78,<else@example.int>,a@b.example,,x\r
"""


@pytest.mark.parametrize(
    ("event", "status", "fate"),
    [
        ("RECEIVE", "", Fate.ACCEPTED),
        ("SEND", "250 2.1.5 Recipient OK", Fate.ACCEPTED),
        ("DEFER", "451 4.4.0 delivery failed for now", Fate.ACCEPTED),
        ("FAIL", "550 5.1.1 RESOLVER.ADR.RecipNotFound", Fate.BOUNCED),
        ("HARECEIVE", "", Fate.UNFINISHED),
    ],
)
def test_the_tracking_log_of_a_server(search: Search, event: str, status: str, fate: Fate) -> None:
    found = search(TRACKING.format(event=event, status=status))
    trace = found.traces[OURS]
    assert (trace.fate, trace.at, trace.zoned) == (fate, datetime(2022, 3, 21, 9, 30, 0, 123000, tzinfo=UTC), True)
    assert trace.status == ("5.1.1" if fate is Fate.BOUNCED else "")
    (file,) = found.files
    assert (file.kind, file.problem) == (LogKind.EXCHANGE, "")
    assert found.covers(datetime(2022, 3, 21, 10, tzinfo=UTC), datetime(2022, 3, 21, 11, tzinfo=UTC))


TRACES = {
    "cmdlet": "#TYPE Deserialized.Microsoft\n"
    '"MessageId","Received","SenderAddress","RecipientAddress","Subject","Status"\n'
    '"<cabc@example.int>","3/21/2022 9:30:00 AM","c@example.int","a@b.example","Forum","{0}"\n',
    "ISO": "Received,MessageId,Status\n2022-03-21T09:30:00.1234567,<cabc@example.int>,{0}\n",
    "downloaded": "origin_timestamp_utc,sender_address,recipient_status,message_subject,message_id\n"
    "2022-03-21T09:30:00.1234567Z,c@example.int,a@b.example##Receive, {0},Forum,<cabc@example.int>\n",
    "semicolons": "Message ID;Received (UTC);Status\n<cabc@example.int>;21.03.2022 09:30:00;{0}\n",
    "tabs": "date_time_utc\tevent_id\tInternet Message ID\n2022-03-21 09:30:00\t{0}\t<cabc@example.int>\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize(
    ("status", "fate"),
    [("Delivered", Fate.ACCEPTED), ("Failed", Fate.BOUNCED), ("Quarantined", Fate.ACCEPTED)],
)
@pytest.mark.parametrize("form", TRACES)
def test_message_traces(search: Search, form: str, status: str, fate: Fate, encoding: str) -> None:
    text = TRACES[form].format(status)
    if form == "downloaded":
        text = text.replace(f"a@b.example##Receive, {status}", f'"a@b.example##Receive, {status}"')
    found = search(text.encode(encoding))
    assert found.traces[OURS].fate is fate
    (file,) = found.files
    assert file.begin is not None
    assert file.begin.replace(microsecond=0) == datetime(2022, 3, 21, 9, 30, tzinfo=UTC)


def test_days_and_months_that_may_be_exchanged_cover_nothing(search: Search) -> None:
    head = "MessageId,Received,Status\n"
    both = search(head + "<cabc@example.int>,3/4/2022 09:30,Delivered\n<x@y>,5/4/2022 09:30,Delivered\n")
    assert (both.files[0].begin, both.traces[OURS].fate) == (None, Fate.ACCEPTED)
    assert "cannot be read" in both.files[0].problem
    sure = search(head + "<cabc@example.int>,3/4/2022 09:30,Delivered\n<x@y>,25/4/2022 09:30,Delivered\n")
    assert sure.files[0].begin == datetime(2022, 4, 3, 9, 30, tzinfo=UTC)


# What a log covers


def hours(search: Search, *spans: tuple[str, str]) -> LogSearch:
    return search(*(syslog("x[1]: y", time=begin) + syslog("x[1]: y", time=end) for begin, end in spans))


def moment(day: int, hour: int) -> datetime:
    return datetime(2022, 3, day, hour, tzinfo=ZONE)


def test_what_files_cover_together(search: Search) -> None:
    found = hours(search, ("Mar 21 00:00:00", "Mar 21 23:50:00"), ("Mar 22 00:10:00", "Mar 22 23:00:00"))
    assert found.covers(moment(21, 1), moment(22, 22))
    assert not found.covers(moment(20, 23), moment(21, 1))
    assert not found.covers(moment(22, 22), moment(23, 1))
    apart = hours(search, ("Mar 21 00:00:00", "Mar 21 12:00:00"), ("Mar 21 14:00:00", "Mar 21 23:00:00"))
    assert apart.covers(moment(21, 1), moment(21, 2))
    assert apart.covers(moment(21, 15), moment(21, 16))
    assert not apart.covers(moment(21, 11), moment(21, 15))
    assert not search(b"").covers(moment(21, 1), moment(21, 2))


def test_a_clock_in_another_zone(search: Search) -> None:
    found = hours(search, ("Mar 21 00:00:00", "Mar 21 10:00:00")).shifted(timedelta(hours=-5))
    assert found.covers(moment(21, 14), moment(21, 15))
    assert not found.covers(moment(21, 1), moment(21, 2))
    exact = hours(search, ("2022-03-21T00:00:00+01:00", "2022-03-21T10:00:00+01:00"))
    assert exact.shifted(timedelta(hours=-5)).covers(moment(21, 1), moment(21, 2))


@pytest.mark.parametrize(
    ("text", "now", "year"),
    [
        ("Dec 31 23:59:59", datetime(2022, 1, 1, 0, 30, tzinfo=UTC), 2021),
        ("Jan  1 00:10:00", datetime(2022, 1, 1, 0, 30, tzinfo=UTC), 2022),
        ("Feb 29 12:00:00", datetime(2023, 1, 1, tzinfo=UTC), 2020),
    ],
)
def test_the_year_that_syslog_leaves_out(text: str, now: datetime, year: int) -> None:
    found = syslog_moment(text, zone=UTC, now=now)
    assert found is not None
    assert found.year == year


def test_moments_that_are_none() -> None:
    for text in ("", "Foo 12 10:00:00", "Feb 30 10:00:00", "2022-13-01T00:00:00Z", "32/32/2022 10:00", "1/1/2022 25:0"):
        assert syslog_moment(text, zone=UTC, now=NOW) is None
        assert exact_moment(text, zone=UTC) is None
        assert listed_moments(text, zone=UTC) == (None, None)
    assert exact_moment("0001-01-01T00:00:00+14:00", zone=UTC) is not None  # before all time in UTC


# Anything at all


def test_files_that_are_no_logs(search: Search, tmp_path: Path) -> None:
    cut = gzip.compress(syslog(NAMED, ACTIVE, *["x[1]: y" * 50] * 5000).encode())[:-2000]
    found = search(b"", b"\x00\xff" * 5000, "Dear Sir,\n", cut)
    problems = [file.problem for file in found.files]
    assert sum("neither" in problem for problem in problems) == 3
    assert sum("to its end" in problem for problem in problems) == 1
    assert found.traces[OURS].fate is Fate.ACCEPTED  # what stands before the damage counts
    missing = search_logs([str(tmp_path / "nowhere"), str(tmp_path)], {OURS}, senders={}, zone=ZONE, now=NOW)
    assert all("No such file" in file.problem or "directory" in file.problem for file in missing.files)


def test_a_line_without_end_is_passed_over(search: Search) -> None:
    long = b"Mar 21 10:30:00 relay postfix/x[1]: " + b"y" * (3 * LONGEST_LINE) + b"\n"
    found = search(syslog(NAMED).encode() + long + syslog(ACTIVE).encode())
    assert found.traces[OURS].fate is Fate.ACCEPTED
    assert found.files[0].lines == 2


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.one_of(
            st.binary(max_size=200),
            st.sampled_from([syslog(line).encode() for line in (NAMED, ACTIVE, SENT, BOUNCED, REMOVED)]),
            st.sampled_from([line.encode() + b"\n" for line in TRACKING.splitlines()]),
            st.text(max_size=60).map(lambda text: syslog(f"cleanup[1]: 4XyZ1a2b3C: {text}").encode("utf-8", "replace")),
        ),
        max_size=12,
    )
)
def test_no_log_however_broken_raises(tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.log"
    path.write_bytes(b"".join(pieces))
    found = search_logs([str(path)], {OURS}, senders={VERP: OURS}, zone=ZONE, now=NOW)
    assert len(found.files) == 1
    assert all(trace.text.isprintable() for trace in found.traces.values())
