import Dispatch
import MilterFilterFixtures
import Foundation
import MilterCore
import MilterSystem
import MilterProcessFixtures
import Testing

/// A server that replaces another one while mail arrives.
@Suite(.ownThread, .timeLimit(.minutes(15))) struct HandOverTests {
  @Test(arguments: ["inet:0@127.0.0.1", "unix"])
  func `Twenty replacements under load lose nothing`(kind: String) throws {
    let directory = try ScratchDirectory()
    let manager = try NotifySocket(in: directory)
    let spec = kind == "unix" ? "unix:\(directory.path)/s" : kind
    let socket = try ListeningSocket(SocketSpec(spec))
    func start() throws -> OperatedProcess {
      let process = try OperatedProcess(
        ["--drain", "3600"], environment: ["NOTIFY_SOCKET": manager.path],
        inherited: [socket.descriptor])
      while try manager.next() != "READY=1" {}
      return process
    }
    var process = try start()
    let load = Load("\(socket.localAddress)", connections: 8)
    for _ in 1...20 {
      load.waitForVerdicts(20)
      let next = try start()
      try process.stop()
      process = next
    }
    load.waitForVerdicts(20)
    load.stop()
    #expect(load.losses == [])
    try process.stop()
  }
}
