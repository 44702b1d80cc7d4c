import MilterMail
import Testing

struct MIMEExecutableNameTests {
  @Test(arguments: [
    ("invoice:1.exe", true), ("a.txt:b.exe", true), ("evil.exe:a.txt", true),
    ("evil.exe::$DATA", true), ("a.txt:evil.exe:$DATA", true), ("C:evil.exe", true),
    ("evil.exe. :x", true), ("C:\\a:1.exe. ", true), (":evil.exe", true), ("evil.exe:", true),
    ("C:a.txt", false), ("at 12:30.txt", false), ("a:exe", false), ("evil.exe/a:b.txt", false),
    (":", false), ("", false),
  ])
  func `A colon does not hide that a file is executable`(_ name: String, _ isExecutable: Bool) {
    #expect(MIMEFileName(name).isExecutable == isExecutable)
  }

  @Test(arguments: ["img", "ws", "msu", "appref-ms", "xbap", "command"])
  func `Disk images and rarer kinds of programs are executable`(_ kind: String) {
    #expect(MIMEFileName("Invoice.\(kind.uppercased())").isExecutable)
  }
}
