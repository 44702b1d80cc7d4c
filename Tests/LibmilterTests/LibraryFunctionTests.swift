import Foundation
import Libmilter
import MilterProcessFixtures
import Testing

extension LibmilterModule {
  /// The functions of the library as a whole, which a process has once.
  @Suite struct LibraryFunctionTests {
    @Test func `The version is 1.0.1`() {
      var version: (UInt32, UInt32, UInt32) = (0, 0, 0)
      #expect(smfi_version(&version.0, &version.1, &version.2) == MI_SUCCESS)
      #expect(version == (1, 0, 1))
    }

    @Test(arguments: [0, 1, 5, 0x0100_0100, 0x0200_0001, -1])
    func `Unknown interfaces are refused`(version: Int32) {
      #expect(smfi_register(smfiDesc(xxfi_version: version)) == MI_FAILURE)
    }

    @Test func `Settings are accepted or refused`() {
      #expect(smfi_setconn(nil) == MI_FAILURE)
      #expect(smfi_setconn("") == MI_FAILURE)
      #expect(smfi_setbacklog(0) == MI_FAILURE)
      #expect(smfi_setbacklog(-1) == MI_FAILURE)
      #expect(smfi_setbacklog(5) == MI_SUCCESS)
      #expect(smfi_settimeout(7210) == MI_SUCCESS)
      #expect(smfi_setdbg(0) == MI_SUCCESS)
    }

    @Test func `Why a setting is refused is logged from debug level 1 on`() async throws {
      let result = try await #require(
        processExitsWith: .success, observing: [\.standardOutputContent]
      ) {
        smfi_setconn(nil)
        smfi_setdbg(1)
        smfi_setconn("")
        smfi_setbacklog(0)
      }
      let output = String(decoding: result.standardOutputContent, as: UTF8.self)
      #expect(
        output.split(separator: "\n").filter { $0.hasPrefix("smfi_") } == [
          "smfi_setconn: the socket is missing",
          "smfi_setbacklog: the backlog is 0; it must be at least 1",
        ])
    }

    /// One test, because a process has one `smfi_main`: once stopped it does not serve again.
    @Test func `smfi_main serves until smfi_stop, also from a callback`() throws {
      let directory = try ScratchDirectory()
      defer { withExtendedLifetime(directory) {} }
      let path = directory.path(of: "socket")
      #expect(smfi_opensocket(true) == MI_FAILURE, "nothing is registered")
      #expect(
        smfi_register(
          smfiDesc(
            xxfi_helo: { _, _ in
              smfi_stop()
              return SMFIS_CONTINUE
            })) == MI_SUCCESS)
      #expect(smfi_opensocket(true) == MI_FAILURE, "there is no socket to open")
      #expect(smfi_setconn("bogus:1") == MI_SUCCESS)
      #expect(smfi_opensocket(true) == MI_FAILURE)
      #expect(smfi_setconn("unix:\(path)") == MI_SUCCESS)
      #expect(FileManager.default.createFile(atPath: path, contents: nil))
      #expect(smfi_opensocket(true) == MI_FAILURE, "a file is in the way")
      try FileManager.default.removeItem(atPath: path)
      #expect(smfi_opensocket(true) == MI_SUCCESS)
      #expect(smfi_opensocket(false) == MI_SUCCESS, "it is open")

      // A packet of 12 bytes can hold the offer, but not this connect.
      #expect(smfi_setmaxdatasize(12) == 65_535)
      let main = Running { smfi_main() }
      let small = Session("", .ask([.offer, .outside]), replies: "")
      #expect(Player.notation(try Player.play(small, to: "unix:\(path)")).contains("\n") == false)
      #expect(smfi_setmaxdatasize(65_535) == 12)
      let session = Session("", .ask([.offer, .outside, .helo("h")]), replies: "")
      #expect(Player.notation(try Player.play(session, to: "unix:\(path)")).hasSuffix("\ncc"))
      #expect(main.result(within: 60) == MI_SUCCESS)
      // smfi_main opens the socket again. As in libmilter, the socket file of root is still there.
      #expect(smfi_main() == (geteuid() == 0 ? MI_FAILURE : MI_SUCCESS), "it was stopped")
    }
  }
}

/// A function that runs on a thread of its own.
private final class Running: @unchecked Sendable {  // written before the signal, read after it
  private let done = DispatchSemaphore(value: 0)
  private var value: Int32?

  init(_ body: @escaping @Sendable () -> Int32) {
    Thread { [self] in
      value = body()
      done.signal()
    }.start()
  }

  /// Returns the function's result; `nil` if the function does not return in time.
  func result(within seconds: Int) -> Int32? {
    done.wait(timeout: .now() + .seconds(seconds)) == .success ? value : nil
  }
}
