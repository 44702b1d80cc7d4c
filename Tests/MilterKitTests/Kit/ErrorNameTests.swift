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
    #expect(error?.underlying == .noSuchFileOrDirectory)
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

  @Test func `A list of networks whose file is a directory has the code isDirectory`() {
    let error = #expect(throws: FileError.self) { try MilterNetworks(contentsOf: folder.path) }
    #expect(error?.code == .isDirectory)
  }
}
