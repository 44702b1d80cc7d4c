import MilterCore
import Testing

struct MessageEndTests {
  private static func search(_ bytes: some Sequence<UInt8>) -> Int? {
    MessageEnd.search(Array(bytes).span)
  }

  private static func bytes(_ commands: [MTACommand]) -> [UInt8] { commands.flatMap(\.bytes) }

  private static let content: [MTACommand] = [
    .header(name: Array("A".utf8), value: Array("b".utf8)), .eoh, .body([0, 0, 0, 1, 0x41]),
  ]

  @Test(arguments: [MTACommand.abort, .quit, .quitNewConnection])
  func `Continuing a search at the cut frame finds what a complete search finds`(
    end: MTACommand
  ) throws {
    for commands in [Self.content + [end], Self.content] {
      let all = Self.bytes(commands)
      let isEnded = Self.search(all) == nil
      #expect(isEnded == (commands.last == end))
      for place in 0...all.count {
        guard let start = Self.search(all[..<place]) else {
          #expect(isEnded && place == all.count, "at \(place)")
          continue
        }
        #expect(start <= place, "at \(place)")
        #expect((Self.search(all[start...]) == nil) == isEnded, "at \(place)")
      }
    }
  }

  @Test func `A frame without a code ends the search`() {
    let broken = Self.bytes(Self.content) + [0, 0, 0, 0] + MTACommand.abort.bytes
    #expect(Self.search(broken) == broken.count - 4 - MTACommand.abort.bytes.count)
  }
}
