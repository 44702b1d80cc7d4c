import MilterTesting
import Testing

/// A header field as it is in the message: ``MilterBase/rawHeader``.
@Suite struct RawHeaderTests {
  private class Streaming: Milter {
    private(set) var bytes: [UInt8] = []

    override class var leadingSpace: Bool { true }

    override func envfrom(_ sender: String, _ args: [String]) throws -> Status {
      bytes.append(contentsOf: rawHeader)
      return .continue
    }
    override func header(_ name: String, _ value: String) throws -> Status {
      bytes.append(contentsOf: rawHeader)
      return .continue
    }
    override func eoh() throws -> Status {
      bytes.append(contentsOf: rawHeader + Array("\r\n".utf8))
      return .continue
    }
    override func body(_ chunk: RawSpan) throws -> Status {
      bytes.append(chunk)
      return .continue
    }
  }

  private final class Unspaced: Streaming {
    override class var leadingSpace: Bool { false }
  }

  private static let message = Array(
    ("Subject: one\r\nX-Bare:two\r\nX-Wide:  three\r\nX-Empty:\r\nX-Tab:\tfour\r\n"
      + "X-Folded: five\r\n six\r\n\tseven\r\n\r\nbody\r\nend\r\n").utf8)

  private func text(_ filter: Streaming, _ profile: MTAProfile) -> String {
    TestMTA(profile, filter: filter).send(MTAMail(eml: Self.message))
    return String(decoding: filter.bytes, as: UTF8.self)
  }

  @Test(arguments: [MTAProfile.postfix, .sendmail])
  func `The message is what the client sent`(profile: MTAProfile) {
    #expect(text(Streaming(), profile) == String(decoding: Self.message, as: UTF8.self))
  }

  @Test
  func `Without the option, the space that the MTA dropped is added`() {
    let text = text(Unspaced(), .postfix)
    #expect(text.hasPrefix("Subject: one\r\nX-Bare: two\r\n"))
    #expect(text.contains("\r\nX-Wide:  three\r\nX-Empty:\r\n"))
    #expect(text.hasSuffix("X-Folded: five\r\n six\r\n\tseven\r\n\r\nbody\r\nend\r\n"))
  }
}
