"""A filter on pymilter that uses every callback and every action. Subject selects the actions.

Usage: actions.py SOCKET JOURNAL [daemon] [all-options]

Each callback writes a line to JOURNAL. With "daemon", it forks between opening the socket and
serving it. With "all-options", it accepts all options that the MTA offers.
"""

import os
import sys
import threading

import Milter
import milter


def note(*words):
  # One write for each line, because callbacks run on several threads.
  line = " ".join(str(word) for word in words) + "\n"
  os.write(journal, line.encode("utf8", "surrogateescape"))


class Actions(Milter.Base):

  def __init__(self):
    self.subject = ""
    self.body_size = 0

  def negotiate(self, options):
    if "all-options" in sys.argv:
      # Without protocol bits, @Milter.noreply callbacks return CONTINUE.
      self._protocol = 0
      self._actions = options[0]
      return Milter.ALL_OPTS
    # pymilter's decorator for macro lists does not work in Debian 12's version.
    self._ctx.setsymlist(Milter.M_CONNECT, "j {client_addr}")
    self._ctx.setsymlist(Milter.M_ENVFROM, "i {mail_addr}")
    self._ctx.setsymlist(Milter.M_EOM, "{msg_id}")
    try:
      self._ctx.setsymlist(Milter.M_EOM, "i")
    except Exception as failure:
      note("setsymlist again", failure)
    return super().negotiate(options)

  def macro(self, name):
    return self.getsymval(name) or "-"

  def connect(self, hostname, family, address):
    note("connect", hostname, family, address, self.macro("j"), self.macro("{client_addr}"))
    note("without request", self.macro("{daemon_name}"))
    return Milter.CONTINUE

  @Milter.noreply
  def hello(self, hostname):
    note("hello", hostname)
    return Milter.CONTINUE

  def envfrom(self, sender, *parameters):
    self.subject = ""
    self.body_size = 0
    note("envfrom", sender, *parameters, self.macro("i"), self.macro("{mail_addr}"))
    return Milter.CONTINUE

  def envrcpt(self, recipient, *parameters):
    note("envrcpt", recipient, *parameters, self.macro("{rcpt_addr}"))
    if recipient.startswith("<refused@"):
      self.setreply("550", "5.1.1", "nobody of that name")
      return Milter.REJECT
    if recipient.startswith("<later@"):
      self.setreply("451", "4.2.1", "come back", "later,", "100%% surely")
      return Milter.TEMPFAIL
    if recipient.startswith("<misfit@"):
      # The reply code does not fit the verdict.
      self.setreply("451", "4.2.1", "never sent")
      return Milter.REJECT
    return Milter.CONTINUE

  @Milter.nocallback
  def data(self):
    note("data")
    return Milter.CONTINUE

  @Milter.noreply
  def header(self, name, value):
    note("header", name, repr(value))
    if name == "Subject":
      self.subject = value
    return Milter.CONTINUE

  @Milter.noreply
  def eoh(self):
    note("eoh")
    return Milter.CONTINUE

  def body(self, chunk):
    self.body_size += len(chunk)
    note("body", len(chunk))
    return Milter.SKIP if self.subject == "skip" else Milter.CONTINUE

  def unknown(self, command):
    note("unknown", command)
    return Milter.CONTINUE

  def eom(self):
    note("eom", self.subject, self.body_size, self.macro("{msg_id}"))
    verdicts = {
      "accept": Milter.ACCEPT, "reject": Milter.REJECT, "discard": Milter.DISCARD,
      "tempfail": Milter.TEMPFAIL,
    }
    if self.subject in verdicts:
      return verdicts[self.subject]
    if self.subject == "reply":
      self.setreply("554", "5.7.1", "no,", "and no again")
      return Milter.REJECT
    if self.subject == "exception":
      raise RuntimeError("on purpose")
    if self.subject == "stop":
      milter.stop()
      return Milter.CONTINUE
    if self.subject == "stop elsewhere":
      threading.Timer(0, milter.stop).start()
      return Milter.CONTINUE
    if self.subject == "change":
      self.change()
    return Milter.CONTINUE

  def change(self):
    self.addheader("X-Added", "last")
    self.addheader("X-Inserted", "second", 1)
    self.addheader("X-Folded", "one\n\ttwo", 0)
    self.chgheader("Subject", 1, "changed")
    self.chgheader("X-Twice", 2, "")
    self.chgfrom("<changed@example.org>")
    self.chgfrom("<again@example.org>", "SIZE=100 BODY=8BITMIME")
    self.addrcpt("<added@example.net>")
    self.addrcpt("<notified@example.net>", "NOTIFY=NEVER ORCPT=rfc822;x@example.net")
    self.delrcpt("<bob@example.net>")
    self.progress()
    self.replacebody("new body,\r\n")
    self.replacebody(b"in two pieces\r\n")
    self.progress()
    self.quarantine("for a reason")

  def abort(self):
    note("abort")
    return Milter.CONTINUE

  def close(self):
    note("close")
    return Milter.CONTINUE


def become_daemon_first(main):
  """Makes the process fork after it opened its socket. The parent exits normally."""

  def wrapper():
    if os.fork() != 0:
      sys.exit(0)
    os.setsid()
    main()

  return wrapper


if __name__ == "__main__":
  journal = os.open(sys.argv[2], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
  Milter.factory = Actions
  Milter.set_flags(Milter.CHGBODY + Milter.CHGHDRS + Milter.ADDHDRS + Milter.ADDRCPT
                   + Milter.DELRCPT + Milter.QUARANTINE + Milter.CHGFROM + Milter.ADDRCPT_PAR
                   + Milter.SETSYMLIST)
  if "daemon" in sys.argv:
    milter.main = become_daemon_first(milter.main)
  Milter.runmilter("actions", sys.argv[1], 600)
  note("ended")
