import Dispatch
import Libmilter
import MilterCore
import MilterKit
import MilterProcessFixtures
import MilterSystem
import Testing

extension LibmilterModule {
  /// Replies that wait until the MTA reads them.
  @Suite struct WaitingReplyTests {
    private static let messages = 30
    private static let body = [UInt8](repeating: 0x62, count: 100_000)

    @Test func `Commands also continue if another thread sends the waiting replies`() throws {
      let directory = try ScratchDirectory()
      let spec = "unix:\(directory.path(of: "s"))"
      let kept = Kept()
      let (isBusy, gate) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
      let filter = try DescribedFilter(
        smfiDesc(
          xxfi_flags: SMFIF_CHGBODY,
          xxfi_helo: { _, _ in
            isBusy.signal()
            gate.wait()
            return SMFIS_CONTINUE
          },
          xxfi_eom: { ctx in
            kept.keep(ctx)
            return smfi_replacebody(ctx, Self.body, Self.body.count) == MI_SUCCESS
              ? SMFIS_CONTINUE : SMFIS_TEMPFAIL
          }),
        on: spec, configure: { $0.maxThreads = 1 })

      // The MTA reads only the first reply, so the connection gives up its thread in some eom.
      let mta = try Reader(spec)
      let message = [MTACommand.mail("<a@b>"), .rcpt("<c@d>"), .end]
      let burst = [[.offer], repeatElement(message, count: Self.messages).flatMap(\.self)]
      try mta.send(burst.flatMap(\.self))
      while mta.count(of: .negotiate) == 0 { try mta.read() }

      // Another connection gets the only thread, and keeps it.
      let other = try Reader(spec)
      try other.send([.offer, .helo("client")])
      try isBusy.wait(for: "helo")

      // The MTA reads what was sent. Then another thread of the filter sends what waits.
      while mta.count(of: .progress) == 0 {
        while try mta.readAvailable() {}
        kept.use { #expect(smfi_progress($0) == MI_SUCCESS) }
      }
      gate.signal()
      while mta.count(of: .continue) < message.count * Self.messages { try mta.read() }
      withExtendedLifetime(filter) {}
    }

    /// An MTA that counts the replies it has read.
    private final class Reader {
      private let socket: Socket
      private var decoder = FrameDecoder()
      private var counts: [UInt8: Int] = [:]

      init(_ spec: String) throws {
        socket = try Socket.connect(to: SocketSpec(spec))
        try socket.setReceiveTimeout(milliseconds: 60_000)
        decoder.maximumPayload = WireLimits.payload1M
      }

      func send(_ commands: [MTACommand]) throws {
        try commands.flatMap(\.bytes).withUnsafeBytes { try socket.write(all: $0) }
      }

      func count(of code: FilterReplyCode) -> Int { counts[code.rawValue] ?? 0 }

      /// Reads more replies, or fails after a minute.
      func read() throws {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let result = try bytes.withUnsafeMutableBytes { try socket.read(into: $0) }
        guard case .bytes(let count) = result else { throw HarnessError("\(result)") }
        try take(bytes[..<count])
      }

      /// Reads replies that have arrived; returns whether there were some.
      func readAvailable() throws -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        guard case .bytes(let count) = try socket.readAvailable(into: &bytes) else { return false }
        try take(bytes[..<count])
        return true
      }

      private func take(_ bytes: ArraySlice<UInt8>) throws {
        decoder.append(Array(bytes))
        while let frame = try decoder.next() { counts[frame.code, default: 0] += 1 }
      }
    }
  }
}
