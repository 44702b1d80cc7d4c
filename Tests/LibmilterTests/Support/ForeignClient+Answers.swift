extension ForeignClient {
  /// The client's output after its session with doorman.
  var answersOfDoorman: String {
    switch self {
    case .goMilter:
      #"""
      actions 0x31 steps 0x80
      connect: c
      helo: c
      -- first
      mail: c
      rcpt: c
      rcpt: c
      header: c
      header: c
      header: c
      eoh: c
      chgheader 2 X-Doorman: ""
      chgheader 1 X-Doorman: ""
      chgheader 1 Subject: "[EXT] Hello"
      addheader X-Doorman: "helo=client.example.org from=<alice@example.org>\n\trcpts=2 body=ee076091/64 id=first"
      eom: c
      -- refused
      mail: 550 "5.7.1 Mail from this domain is not accepted here.\r\n550-5.7.1 If that is a mistake, call the postmaster,\r\n550 5.7.1 who knows the reason."
      -- second
      mail: c
      rcpt: c
      rcpt: c
      rcpt: c
      rcpt: 452 "4.5.3 Too many recipients, send the rest separately"
      header: c
      eoh: c
      chgheader 1 Subject: "[EXT] Hello"
      addheader X-Doorman: "helo=client.example.org from=<alice@example.org>\n\trcpts=3 body=5ed79b28/7 id=second"
      eom: c
      -- aborted
      mail: c
      rcpt: c
      header: c
      header: c
      header: c

      """#
    case .kilter:
      #"""
      negotiate: version 6 actions 0x131 steps 0x7c0 {'ENVELOPE_FROM': ['{auth_authen}'], 'END_MESSAGE': ['i']}
      connect: Continue()
      helo: Continue()
      unknown: Continue()
      -- first
      mail: Continue()
      rcpt: Continue()
      rcpt: Continue()
      data: Continue()
      header: nothing
      header: nothing
      eoh: Continue()
      body: Skip()
      chgheader 1 X-Doorman: b''
      chgheader 1 Subject: b'[EXT] Hello'
      addheader X-Doorman: b'helo=client.example.org from=<alice@example.org>\n\trcpts=2 body=ee076091/64 id=first'
      eom: Continue()
      -- refused
      mail: ReplyCode b'550-5.7.1 Mail from this domain is not accepted here.\r\n550-5.7.1 If that is a mistake, call the postmaster,\r\n550 5.7.1 who knows the reason.\x00'
      -- aborted
      mail: Continue()
      rcpt: Continue()
      data: Continue()
      header: nothing
      header: nothing
      -- second
      mail: Continue()
      rcpt: Continue()
      rcpt: Continue()
      rcpt: Continue()
      rcpt: ReplyCode b'452 4.5.3 Too many recipients, send the rest separately\x00'
      data: Continue()
      header: nothing
      header: nothing
      eoh: Continue()
      body: Skip()
      chgheader 1 X-Doorman: b''
      chgheader 1 Subject: b'[EXT] Hello'
      addheader X-Doorman: b'helo=client.example.org from=<alice@example.org>\n\trcpts=3 body=ee076091/64 id=second'
      eom: Continue()
      closed

      """#
    }
  }

  /// The client's output after its session with a filter that makes every change.
  var answersOfEditor: String {
    switch self {
    case .goMilter:
      #"""
      actions 0x7f steps 0x0
      connect: c
      helo: c
      -- first
      mail: c
      rcpt: c
      rcpt: 450 "4.2.1 later"
      header: c
      header: c
      header: c
      eoh: c
      addheader X-Added: "last\n in two lines"
      insheader 0 X-Inserted: "first"
      chgheader 1 Subject: "changed"
      chgheader 1 X-Doorman: ""
      chgfrom <new@example.org> ["SIZE=200" ""]
      + <added@example.net>
      - <bob@example.net>
      replacebody "new body\r\n"
      quarantine held
      eom: a
      -- refused
      mail: 550 "5.7.1 not\r\n550 5.7.1 wanted"
      -- second
      mail: c
      rcpt: c
      rcpt: c
      rcpt: c
      rcpt: c
      header: c
      eoh: c
      eom: 554 "5.7.9 no second one"
      -- aborted
      mail: c
      rcpt: c
      header: c
      header: c
      header: c

      """#
    case .kilter:
      #"""
      negotiate: version 6 actions 0x1ff steps 0x400 {}
      connect: Continue()
      helo: Continue()
      unknown: Continue()
      -- first
      mail: Continue()
      rcpt: Continue()
      rcpt: ReplyCode b'450 4.2.1 later\x00'
      data: Continue()
      header: Continue()
      header: Continue()
      eoh: Continue()
      body: Continue()
      body: Continue()
      body: Continue()
      Progress()
      addheader X-Added: b'last\n in two lines'
      insheader 0 X-Inserted: b'first'
      chgheader 1 Subject: b'changed'
      chgheader 1 X-Doorman: b''
      ChangeSender(address='<new@example.org>', args='SIZE=200')
      AddRecipient(address='<added@example.net>')
      RemoveRecipient(address='<bob@example.net>')
      ReplaceBody b'new body\r\n'
      quarantine held
      eom: Accept()
      -- refused
      mail: ReplyCode b'550-5.7.1 not\r\n550 5.7.1 wanted\x00'
      -- aborted
      mail: Continue()
      rcpt: Continue()
      data: Continue()
      header: Continue()
      header: Continue()
      -- second
      mail: Continue()
      rcpt: Continue()
      rcpt: Continue()
      rcpt: Continue()
      rcpt: Continue()
      data: Continue()
      header: Continue()
      header: Continue()
      eoh: Continue()
      body: Continue()
      body: Continue()
      body: Continue()
      eom: ReplyCode b'554 5.7.9 no second one\x00'
      closed

      """#
    }
  }

  /// The callbacks of the filter that makes every change, one on each line.
  var callsOfEditor: String {
    switch self {
    case .goMilter:
      """
      negotiate
      connect client.example.org 192.0.2.25:49152
      helo client.example.org
      envfrom <alice@example.org> SIZE=100
      envrcpt <bob@example.net> NOTIFY=NEVER
      envrcpt <carol@example.net> NOTIFY=NEVER
      header Subject Hello
      header X-Doorman forged
      header X-Doorman forged too
      eoh
      body 65535
      body 54465
      eom
      envfrom <mallory@blocked.example> SIZE=100
      envfrom <alice@example.org> SIZE=100
      envrcpt <1@example.net> NOTIFY=NEVER
      envrcpt <2@example.net> NOTIFY=NEVER
      envrcpt <3@example.net> NOTIFY=NEVER
      envrcpt <4@example.net> NOTIFY=NEVER
      header Subject Hello
      eoh
      body 7
      eom
      envfrom <alice@example.org> SIZE=100
      envrcpt <bob@example.net> NOTIFY=NEVER
      header Subject Hello
      header X-Doorman forged
      header X-Doorman forged too
      abort
      close
      """
    case .kilter:
      """
      negotiate
      connect client.example.org 192.0.2.25:49152
      helo client.example.org
      unknown XYZZY
      envfrom <alice@example.org> SIZE=100
      envrcpt <bob@example.net>
      envrcpt <carol@example.net>
      data
      header Subject Hello
      header X-Doorman forged
      eoh
      body 60000
      body 60000
      body 60000
      eom
      envfrom <mallory@blocked.example> SIZE=100
      envfrom <alice@example.org> SIZE=100
      envrcpt <bob@example.net>
      data
      header Subject Hello
      header X-Doorman forged
      abort
      envfrom <alice@example.org> SIZE=100
      envrcpt <1@example.net>
      envrcpt <2@example.net>
      envrcpt <3@example.net>
      envrcpt <4@example.net>
      data
      header Subject Hello
      header X-Doorman forged
      eoh
      body 60000
      body 60000
      body 60000
      eom
      close
      """
    }
  }
}
