import MilterMail
import Testing

struct MIMEFileNameTests {
  private func part(_ headers: String) -> MIMEPart {
    MIMEMessage(headers: MailHeaders(parsing: Array(headers.utf8)), body: []).root
  }

  @Test(arguments: [
    ("inline", "inline", nil as String?),
    (
      """
      attachment; filename=genome.jpeg;
        modification-date="Wed, 12 Feb 1997 16:29:51 -0500"
      """, "attachment", "genome.jpeg"
    ),
  ])
  func `The examples of RFC 2183, sections 2 and 3`(
    _ value: String, _ type: String, _ name: String?
  ) throws {
    let disposition = try #require(MIMEContentDisposition(value))
    #expect(disposition.type == type)
    #expect(disposition.fileName == name)
    #expect(
      disposition.parameters["modification-date"]
        == (name == nil ? nil : "Wed, 12 Feb 1997 16:29:51 -0500"))
  }

  @Test func `The dates of a disposition are read, and a wrong one is nil`() throws {
    let date = "Wed, 12 Feb 1997 16:29:51 -0500"
    let disposition = try #require(
      MIMEContentDisposition(
        "attachment; creation-date=\"\(date)\"; modification-date=\"\(date)\"; read-date=\"\(date)\""
      ))
    let dates = [
      disposition.creationDate, disposition.modificationDate, disposition.readDate,
    ]
    #expect(dates.map { $0?.description } == [date, date, date])
    let wrong = try #require(MIMEContentDisposition("attachment; creation-date=today"))
    #expect(wrong.creationDate == nil && wrong.modificationDate == nil && wrong.readDate == nil)
  }

  @Test(arguments: [
    ("Content-Disposition: attachment; filename=a.txt\n", "a.txt"),
    ("Content-Disposition: attachment; filename*=utf-8'de'Gr%C3%BC%C3%9Fe.txt\n", "Grüße.txt"),
    ("Content-Disposition: attachment; filename*=iso-8859-1''%e4.txt; filename=a.txt\n", "ä.txt"),
    ("Content-Disposition: attachment; filename*0=\"a b\"; filename*1=.txt\n", "a b.txt"),
    (
      "Content-Disposition: attachment;\n filename*0*=utf-8''%C3;\n filename*1*=%BC.t;\n"
        + " filename*2=xt\n", "ü.txt"
    ),
    ("Content-Disposition: attachment; filename=\"=?UTF-8?B?w7wudHh0?=\"\n", "ü.txt"),
    ("Content-Disposition: attachment; filename==?UTF-8?Q?=C3=BC.txt?=\n", "ü.txt"),
    (
      "Content-Disposition: attachment;\n filename=\"=?UTF-8?Q?=C3?=\n =?UTF-8?Q?=BC.txt?=\"\n",
      "ü.txt"
    ),
    ("Content-Disposition: attachment; filename=my file.txt\n", "my file.txt"),
    ("Content-Disposition: attachment; filename=a.txt size=3\n", "a.txt"),
    ("Content-Type: a/b; name=\"ü.txt\"\n", "ü.txt"),
    ("Content-Type: a/b; name=c.txt\nContent-Disposition: inline\n", "c.txt"),
    ("Content-Type: a/b; name=c.txt\nContent-Disposition: inline; filename=d.txt\n", "d.txt"),
    ("Content-Disposition: attachment; filename=\"a\\\"b;c.txt\"; size=3\n", "a\"b;c.txt"),
    ("Content-Disposition: attachment; filename=a.txt (evil.exe)\n", "a.txt"),
  ])
  func `A name is found wherever the sender puts it`(_ headers: String, _ name: String) {
    let part = part(headers)
    #expect(part.fileName == name)
    #expect(part.fileNames.first?.text == name)
  }

  @Test(arguments: [
    "Content-Disposition: attachment; filename=a.txt; filename=evil.exe",
    "Content-Disposition: attachment; filename=a.txt\nContent-Disposition: x; filename=evil.exe",
    "Content-Disposition: attachment; filename=a.txt\nContent-Type: a/b; name=evil.exe",
    "Content-Disposition: attachment; filename*=utf-8''a.txt; filename=evil.exe",
    "Content-Disposition: attachment; filename=evil.exe; filename*1=a.txt",
    "Content-Disposition: attachment; filename*1=evil; filename*2=.exe",
    "Content-Disposition: attachment; filename*0=evil; filename*2=.exe",
    "Content-Disposition: attachment; filename*0=evil; filename*0=.txt; filename*1=.exe",
    "Content-Disposition: attachment; filename*=x-none''evil%2Eexe",
    "Content-Disposition: attachment; filename*=evil.exe",
    "Content-Disposition: attachment; filename=\"evil.exe",
    "Content-Disposition: attachment; filename=\"evil\".exe",
    "Content-Disposition: attachment; filename=not so evil.exe",
    "Content-Disposition: attachment; filename=\"=?utf-8?q?evil=2Eexe?=\"",
    "Content-Disposition: ; filename=evil.exe", "Content-Type: nonsense; name=evil.exe",
    "Content-Disposition: attachment; name=evil.exe", "Content-Type: a/b; filename=evil.exe",
    "Content-Disposition: attachment; filename=\"evil.exe. . \"",
    "Content-Disposition: attachment; filename=\"a/..\\\\evil.EXE\"",
    "Content-Disposition: attachment; filename=\"evil.exe::$DATA\"",
    "Content-Disposition: attachment; filename*=utf-8''evil.%E2%80%AEexe",
    "Content-Disposition: attachment; filename*=utf-8''evil.e%00xe",
  ])
  func `A name that only some programs see is found`(_ headers: String) {
    #expect(part(headers).fileNames.contains { $0.isExecutable })
  }

  @Test
  func `A name is compared as a file system reads it`() {
    for (text, base, extensions) in [
      ("a.tar.gz", "a.tar.gz", ["tar", "gz"]), ("C:\\x\\a.B", "a.B", ["b"]), ("", "", []),
      ("/etc/passwd", "passwd", []), ("a/", "a", []), ("C:a.txt", "a.txt", ["txt"]),
      ("x\u{202E}cod.exe", "xcod.exe", ["exe"]), ("a.txt .exe ", "a.txt .exe", ["txt", "exe"]),
      (".profile", ".profile", ["profile"]), ("...", "", []), ("日本.pdf", "日本.pdf", ["pdf"]),
    ] {
      #expect(MIMEFileName(text).base == base, "\(text)")
      #expect(MIMEFileName(text).extensions == extensions, "\(text)")
      #expect(MIMEFileName(text).isExecutable == (extensions.last == "exe"), "\(text)")
    }
  }

  @Test(arguments: [
    "a.txt", "a b.txt", "", "Grüße.txt", "a\"b\\c", "a\r\nX: y", "it's 100%*.txt", "日本語",
    String(repeating: "long name ", count: 20), String(repeating: "日本", count: 60),
    "=?utf-8?q?a?=",
    "\u{0}", "🇩🇪👩‍👩‍👧‍👦e\u{301}",
  ])
  func `Any name is read as it was written, in lines that are short enough`(_ name: String) throws {
    let value = MIMEContentDisposition.attachment(name).encoded()
    #expect(MIMEContentDisposition(value)?.parameters["filename"] == name)
    #expect(value.utf8.allSatisfy { 0x20...0x7E ~= $0 || $0 == 0x0A })
    for line in ("Content-Disposition: " + value).split(separator: "\n") {
      #expect(line.utf8.count <= 78)
    }
    var type = MIMEContentType("application", "x-very-long-" + String(repeating: "x", count: 40))
    type.parameters["name"] = name
    type.parameters["charset"] = "utf-8"
    #expect(MIMEContentType(type.encoded()) == type)
  }

  @Test
  func `The sender's parameters keep their order, also if one gets a new value`() throws {
    var type = try #require(MIMEContentType("text/plain; b=1; a=2; c=3"))
    type.parameters["A"] = "4"
    type.parameters["b"] = nil
    type.parameters["d"] = "x y"
    #expect(type.encoded() == "text/plain; a=4; c=3; d=\"x y\"")
  }
}
