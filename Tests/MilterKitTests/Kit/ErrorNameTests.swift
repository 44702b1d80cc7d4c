import Foundation
import MilterKit
import MilterProcessFixtures
import Testing

/// Checks that a filter's one import has the names of all errors that public functions throw.
struct ErrorNameTests {
  private let folder: ScratchDirectory

  init() throws { folder = try ScratchDirectory() }

  @Test func `A socket in a directory that does not exist has the code noSuchDirectory`() throws {
    let server = try MilterServer(sockets: ["unix:\(folder.path)/none/filter.sock"]) { Milter() }
    let error = #expect(throws: SocketError.self) { try server.open() }
    #expect(error?.code == .noSuchDirectory)
    let underlying: Errno? = error?.underlying
    #expect(underlying == .noSuchFileOrDirectory)
  }

  @Test func `A descriptor that is a file has the code notSocket`() throws {
    let file = try #require(FileHandle(forReadingAtPath: "/dev/null"))
    let server = try MilterServer(sockets: ["fd:\(file.fileDescriptor)"]) { Milter() }
    let error = #expect(throws: SocketError.self) { try server.open() }
    #expect(error?.code == .notSocket)
    #expect(error?.underlying == .notSocket)
  }

  @Test func `A socket that another server has, has the code addressInUse`() throws {
    let first = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Milter() }
    try first.open()
    defer { first.stop() }
    let second = try MilterServer(sockets: first.addresses) { Milter() }
    let error = #expect(throws: SocketError.self) { try second.open() }
    #expect(error?.code == .addressInUse)
    #expect(error?.underlying == .addressInUse)
  }

  @Test func `An address of another machine has the code addressNotAvailable`() throws {
    let server = try MilterServer(sockets: ["inet:0@192.0.2.1"]) { Milter() }
    let error = #expect(throws: SocketError.self) { try server.open() }
    #expect(error?.code == .addressNotAvailable)
    #expect(error?.underlying == .addressNotAvailable)
  }

  @Test func `A specification that cannot be read has the code invalidSpec`() {
    let error = #expect(throws: SocketError.self) {
      try MilterServer(sockets: ["inet:8891@[::1"]) { Milter() }
    }
    #expect(error?.code == .invalidSpec)
    #expect(error?.underlying == nil)
  }

  @Test func `A list of networks whose file is missing is a FileError, not one of a socket`() {
    let path = "\(folder.path)/none"
    let error = #expect(throws: FileError.self) { try MilterNetworks(contentsOf: path) }
    #expect(error?.code == .noSuchFile)
    #expect(error?.underlying == .noSuchFileOrDirectory)
    #expect(error?.message == "cannot read \(path): No such file or directory")
  }

  @Test func `A list of networks whose file is a directory has the code for a directory`() {
    let error = #expect(throws: FileError.self) { try MilterNetworks(contentsOf: folder.path) }
    #expect(error?.code == .directory)
  }

  @Test func `An entry that is no network is an InvalidNetwork with a reason`() {
    let error = #expect(throws: InvalidNetwork.self) { try MilterNetworks("192.0.2.7/24") }
    #expect(error?.reason == .hostBits("192.0.2.0/24"))
  }

  @Test func `A metrics file that is no regular file is a FileError, not one of a socket`() throws {
    var configuration = MilterConfiguration()
    configuration.metrics = MilterMetrics(file: folder.path, filter: "test")
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
      Milter()
    }
    let error = #expect(throws: FileError.self) { try server.open() }
    #expect(error?.code == .pathInTheWay)
    #expect(error?.underlying == nil)
  }

  @Test func `A stack for which there is no memory is a ThreadError, not one of a socket`() throws {
    var configuration = MilterConfiguration()
    configuration.stackSize = 1 << 60
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"], configuration: configuration) {
      Milter()
    }
    let error = #expect(throws: ThreadError.self) { try server.start() }
    #expect(error?.code == .tooManyThreads)
    #expect(error?.underlying == .wouldBlock)
  }

  @Test func `A stopped server has the code wrongTime`() throws {
    let server = try MilterServer(sockets: ["inet:0@127.0.0.1"]) { Milter() }
    server.stop()
    let error = #expect(throws: MilterError.self) { try server.open() }
    #expect(error?.code == .wrongTime)
  }

  private enum Mode: String, CaseIterable, Sendable { case mark, reject }

  @Test func `A setting's wrong argument is a MilterUsageError`() {
    let count = MilterSetting("count", argument: "COUNT", default: 5, in: 1...9, help: "a number")
    #expect(throws: MilterUsageError("not a number from 1 to 9")) { try count.take("0") }
    #expect(throws: MilterUsageError("not a number from 1 to 9")) { try count.change(to: ["x"]) }
    let mode = MilterSetting("mode", default: Mode.mark, help: "a word")
    #expect(throws: MilterUsageError("not one of mark, reject")) { try mode.take("drop") }
    let local = MilterSetting("local", default: .localhost, help: "networks")
    #expect(throws: MilterUsageError.self) { try local.take("192.0.2.7/24") }
    let error = #expect(throws: FileError.self) { try local.take("\(folder.path)/none") }
    #expect(error?.code == .noSuchFile)
  }

  @Test func `setreply, setmlreply, and setsymlist throw a MilterError and nothing else`() {
    let filter = Milter()
    do throws(MilterError) {
      try filter.setreply("550")
    } catch {
      #expect(error.code == .wrongTime)
    }
    do throws(MilterError) {
      try filter.setmlreply("550", nil, ["no"])
    } catch {
      #expect(error.code == .wrongTime)
    }
    do throws(MilterError) {
      try filter.setsymlist(.eom, "i")
    } catch {
      #expect(error.code == .wrongTime)
    }
  }
}
