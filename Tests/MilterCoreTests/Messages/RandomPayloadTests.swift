import MilterCore
import MilterRandomFixtures
import Testing

/// Random bytes: reading never traps, and a value that was read stays the same when it is written.
@Suite struct RandomPayloadTests {
  private static let rounds = 50_000
  /// Pieces of payloads, of which many are valid.
  private static let pieces: [[UInt8]] = [
    [], [0], [0], [0x61, 0], wire(#"\x00\x00\x00\x02"#), wire(#"\x00\x00\x00\x00\x00\x19"#),
    wire(#"h\x00"#), wire("4"), wire("6"), wire("L"), wire("U"), wire(#"IPv6:::1\x00"#),
    wire(#"10.1\x00"#), wire(#"h\x004\x00\x19127.0.0.1\x00"#),
    wire(#"h\x006\x00\x19fe80::1\x00"#),
    wire(#"h\x00L\x00\x00/x\x00"#), wire(#"\x00\x00\x00\x06\x00\x00\x01\xff\x00\x1f\xff\xff"#),
    wire(#"{ab}\x00v\x00"#),
  ]

  @Test(arguments: [1, 2] as [UInt64])
  func `Commands survive writing and reading again`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var read: Set<MTACommandCode> = []
    for _ in 0..<Self.rounds {
      let (code, payload) = Self.packet(&random, codes: "ABCDEHKLMNOQRTU")
      guard let command = try? MTACommand(code, payload) else { continue }
      read.insert(command.code)
      let bytes = command.bytes
      let again = try? MTACommand(bytes[4], Array(bytes.dropFirst(5)))
      if again != command { Issue.record("\(code) \(notation(payload)) becomes \(again as Any)") }
    }
    #expect(read == Set(MTACommandCode.allCases), "the generator must reach every command")
  }

  @Test(arguments: [3, 4] as [UInt64])
  func `Replies survive writing, and are written as they were read`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var read: Set<FilterReplyCode> = []
    for _ in 0..<Self.rounds {
      let (code, payload) = Self.packet(&random, codes: "+-24Oabcdefhimpqrsty")
      guard let reply = try? FilterReply(code, payload) else { continue }
      read.insert(reply.code)
      // Reading is strict, so every reply that can be read has only one encoding.
      let bytes = reply.bytes
      if bytes != frame(code, payload) { Issue.record("\(notation(payload)): \(notation(bytes))") }
    }
    #expect(read == Set(FilterReplyCode.allCases), "the generator must reach every reply")
  }

  @Test func `A session accepts packets in any order`() {
    var random = SplitMix64(seed: 5)
    var (aborts, replies) = (0, 0)
    for _ in 0..<200 {
      var session = FilterSession(
        callbacks: MilterCallbacks(rawValue: UInt32.random(in: 0...0x1FFF, using: &random)))
      var output = ReplyBuffer()
      for _ in 0..<60 {
        let (code, payload) = Self.packet(&random, codes: "OCHMRTLNBEAUKD")
        let inMessage = session.isInMessage
        var step = session.receive(code, payload.span)
        if step == .abort, code != UInt8(ascii: "A") {
          aborts += 1
          #expect(inMessage)
        }
        while step != .done {
          switch step {
          case .call, .acknowledge:
            let status = MilterStatus.allCases.randomElement(using: &random) ?? .continue
            step = session.answer(status, to: &output)
          case .negotiate:
            if (try? session.offer(payload.span)) != nil {
              try? session.agree(.continue, session.proposal(), to: &output)
            }
            step = .done
          case .messageBegan, .messageEnded, .mistake, .abort, .close: step = session.resume()
          case .done, .quit, .fail: step = .done
          }
        }
      }
      let sent = packets(output.ready.bytes)
      replies += sent.count
      let broken = sent.filter { $0.hasPrefix("cut:") || $0.hasPrefix("rest:") }
      #expect(broken.isEmpty)
    }
    #expect(aborts > 0, "the generator must abort messages")
    #expect(replies > 0, "the generator must get replies")
  }

  /// Returns a packet of random pieces and random bytes.
  private static func packet(
    _ random: inout SplitMix64, codes: String
  ) -> (UInt8, [UInt8]) {
    var payload: [UInt8] = []
    for _ in 0..<Int.random(in: 0...4, using: &random) {
      if Int.random(in: 0..<4, using: &random) == 0 {
        payload.append(UInt8.random(in: 0...255, using: &random))
      } else {
        payload += Self.pieces.randomElement(using: &random) ?? []
      }
    }
    if Int.random(in: 0..<20, using: &random) == 0 {
      return (UInt8.random(in: 0...255, using: &random), payload)
    }
    return (codes.utf8.randomElement(using: &random) ?? 0, payload)
  }
}
