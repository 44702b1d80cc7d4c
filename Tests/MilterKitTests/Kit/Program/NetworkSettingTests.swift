import MilterCommandLine
import MilterKit
import MilterProcessFixtures
import Testing

@Suite struct NetworkSettingTests {
  private let local = MilterSetting(
    "local", default: .localhost, help: "hosts whose mail is left alone")
  private let client = MilterAddress.inet(address: "192.0.2.7", port: 25)

  private func take(_ argument: String) throws {
    _ = try ProgramOptions(["filter", "--socket", "s", "--local", argument], own: [local])
  }

  @Test func `A list on the command line replaces the default`() throws {
    #expect(!local.value.contains(client))
    try take("192.0.2.0/24, 2001:db8::/32")
    #expect(local.value.contains(client))
    #expect(!local.value.contains(.inet(address: "127.0.0.1", port: 25)))
  }

  @Test func `A path is the file with the list`() throws {
    let directory = try ScratchDirectory()
    try take(directory.write("# ours\n192.0.2.0/24\n", to: "local"))
    #expect(local.value.contains(client))
  }

  @Test func `An entry that cannot be read is an error with the file and the line`() throws {
    let directory = try ScratchDirectory()
    let path = try directory.write("localhost\n192.0.2.7/24\n", to: "local")
    let error = try #require(throws: UsageError.self) { try take(path) }
    #expect(
      "\(error)"
        == "--local \(path): line 2: 192.0.2.7/24: has bits after the prefix; write 192.0.2.0/24 for the network"
    )
  }

  @Test func `A missing file is an error that names it`() throws {
    let directory = try ScratchDirectory()
    let path = directory.path(of: "missing")
    #expect { try take(path) } throws: { "\($0)".contains(path) }
  }
}
