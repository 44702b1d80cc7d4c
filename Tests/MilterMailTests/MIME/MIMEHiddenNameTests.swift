import MilterMail
import Testing

/// File names in header fields with syntax errors, such as an unclosed comment or quoted string.
struct MIMEHiddenNameTests {
  private func part(_ headers: String) -> MIMEPart {
    MIMEMessage(headers: MailHeaders(parsing: headers.crlf), body: []).root
  }

  @Test(arguments: [
    "attachment (; filename=\"evil.exe\"", "attachment (; filename=evil.exe;)",
    "attachment; x=\"a; filename=evil.exe", "filename=\"evil.exe\"", "filename=evil.exe",
    "attachment filename=evil.exe", "attachment (; filename=\"x;evil.exe\"",
    "attachment; x=\"a\"b\"; filename=evil.exe", "attachment (;\n FILENAME = \"evil.exe\"",
    "attachment (; filename*=utf-8''evil%2Eexe", "attachment (; filename*0=evil; filename*1=.exe",
    "attachment (; filename=\"=?utf-8?q?evil=2Eexe?=\"", "attachment (; name=evil.exe",
    "attachment; filename=a.txt; x=\"; filename=evil.exe\"", "attachment (\\); filename=evil.exe",
  ])
  func `A name is found after a comment or a quote without end, and without a type`(
    _ value: String
  ) {
    for field in ["Content-Disposition", "Content-Type"] {
      let names = part("\(field): \(value)\n").fileNames
      #expect(names.contains { $0.isExecutable }, "\(field): \(names)")
    }
  }

  @Test
  func `Correctly written parameters yield no hidden names`() {
    for value in [
      "attachment; filename=a.txt", "attachment;\n filename=\"a.txt\"; size=3",
      "attachment; filename*0=a; filename*1=.txt",
    ] {
      #expect(
        part("Content-Disposition: \(value)\n").fileNames.map(\.text) == ["a.txt"], "\(value)")
    }
    #expect(
      part("Content-Disposition: attachment; filename=\"a.exe;b.txt\"\n").fileNames.count == 2)
  }
}
