import MilterCore
@testable import MilterMTA
import MilterRandomFixtures
import Testing

@Suite struct HeaderEditsTests {
  private static let profiles: [MTAProfile] = [.postfix, .sendmail, .libmilterReference]
  private static let names = ["A", "a", "b", "Received", "Return-Path", "long-name", "B"]

  private static func change(_ random: inout SplitMix64) -> FilterReply {
    let name = Array((names.randomElement(using: &random) ?? "").utf8)
    let index = UInt32.random(in: 0...14, using: &random)
    let value = Array("v\(Int.random(in: 0..<1000, using: &random))".utf8)
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .addheader(name: name, value: value)
    case 1: return .insheader(index: index, name: name, value: value)
    case 2, 3: return .chgheader(index: index, name: name, value: value)
    default: return .chgheader(index: index, name: name, value: [])
    }
  }

  @Test(arguments: [2, 3, 8, 256])
  func `Changes of a header in blocks are those of a plain list`(blockSize: Int) {
    for seed in 0..<80 {
      var random = SplitMix64(seed: UInt64(seed))
      let headers = (0..<Int.random(in: 0...20, using: &random)).map {
        MTAHeader(Self.names.randomElement(using: &random) ?? "", "\($0)")
      }
      for profile in Self.profiles {
        let received = MTAHeader("Received", "")
        var plain = PlainHeaderEdits(
          headers, received: received, changes: profile.changes, leadingSpace: false)
        var edits = HeaderEdits(
          headers, received: received, changes: profile.changes, leadingSpace: false,
          blockSize: blockSize)
        for _ in 0..<40 {
          if Int.random(in: 0..<8, using: &random) == 0 {
            plain.forgetDeleted()
            edits.forgetDeleted()
          }
          let change = Self.change(&random)
          let expected = plain.relay(change)
          #expect(edits.relay(change) == expected, "\(profile), seed \(seed)")
          #expect(edits.shown == plain.shown, "\(profile), seed \(seed), after \(change)")
        }
        #expect(edits.all == plain.all, "\(profile), seed \(seed)")
      }
    }
  }

  @Test(arguments: profiles)
  func `A filter may change each field of a header as long as a message may have`(
    profile: MTAProfile
  ) {
    let count = 10_000
    var edits = HeaderEdits(
      (0..<count).map { MTAHeader("X", "\($0)") }, received: MTAHeader("Received", ""),
      changes: profile.changes, leadingSpace: false)
    // If each change searched the whole header, this loop would take minutes.
    for number in stride(from: count, to: 0, by: -2) {
      let change = FilterReply.chgheader(index: UInt32(number), name: [0x78], value: [])
      #expect(edits.relay(change) == change, "number \(number)")
    }
    #expect(
      edits.shown.map(\.value) == stride(from: 0, to: count, by: 2).map { Array("\($0)".utf8) })
  }
}
