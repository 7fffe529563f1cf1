"""The README of a bundle for records management: what is in it, and how to check it with ordinary tools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from delivery.verifying import Standing
from store.archived import BatchRecord
from store.circulars import Circular

_TEXT = """\
{reference}
{subject}

What this is
------------
Everything that is kept of one circular letter: what each addressee was sent,
who approved it, and what was answered. A mail reader, a text editor and a
spreadsheet are all that is needed to read it.

{batches}
How to check it
---------------
In this folder, run

    sha256sum --check --quiet manifest.sha256

It says nothing if every file is as it was when the bundle was made. Each letter
can also be checked by itself: «sha256sum FILE» gives the number that stands for
it in the column sha256 of the index. Whoever holds a copy of the mail as the
office's server handed it over gets the same number for it.

What is in it
-------------
index.csv         One line for each message and each copy on paper: to whom,
index.json        when, what became of it, in which file it lies, and the
                  SHA-256 recorded when it was handed over. Both say the same.
                  In the .csv an apostrophe at the beginning of a cell only
                  keeps a spreadsheet from computing something of it.
letters/          Each message exactly as it was handed over to the mail server
                  (.eml, RFC 5322: any mail program opens it), and each letter
                  that was printed (.docx). A thousand to a folder.
documents/        The letter once for each class and language, as Word document,
                  web page and plain text. What was filled in for each addressee
                  stands in square brackets.
register.csv      Who was asked what by when, and what was answered.
register.json
decisions.json    What was planned, approved or rejected, by whom and when, with
                  the digest of what was approved; which batches were issued;
                  whose data was erased on request.
visas/            Scanned visas that were given with decisions, if there are any.
sealed/           The sealed forms that the messages are made of; the name of
                  each is its own SHA-256.
LEFT-OUT.txt      Only there if something is not what was issued any more: what,
                  and why. It is in none of the folders above.
manifest.sha256   The SHA-256 of every other file.

The column «proof» of the index
-------------------------------
verified    {verified:>9,}  The file is, byte for byte, what was handed over: its
                       SHA-256 is the one that was recorded then.
sealed      {sealed:>9,}  Made of what was sealed; of the whole no SHA-256 was
                       recorded. The one in the index is of the file here.
not-sent    {not_sent:>9,}  Never handed over; there is no file.
erased      {erased:>9,}  Erased on request. The SHA-256 of what was sent stays;
                       there is no file.
changed     {changed:>9,}  Not what was sent any more: see LEFT-OUT.txt.
"""


def readme(circular: Circular, standings: Mapping[str, int], batches: Sequence[BatchRecord]) -> bytes:
    """Return the text in UTF-8; the same archive gives the same text."""
    numbers = {standing.value.replace("-", "_"): standings.get(standing, 0) for standing in Standing}
    return _TEXT.format(
        reference=circular.reference or circular.slug,
        subject=" ".join(circular.subject.split()),
        batches="".join(f"{batch.sentence()}\n\n" for batch in batches),
        **numbers,
    ).encode()
