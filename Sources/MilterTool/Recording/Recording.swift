package import MilterCommandLine
package import MilterCore

/// The packets between an MTA and a filter, as a text for comparisons.
///
/// ```
/// milter recording 1
///
/// connection 1
/// > negotiate version=6 actions=addhdrs,chgbody steps=noconnect,nohelo
/// < negotiate version=6 actions=addhdrs steps=none
/// > macro connect j="mx.example.org" {daemon_name}="mx"
/// > connect "client.example.org" inet "192.0.2.25" 49152
/// < continue
/// …
/// > body
///   "first line\r\n"
///   "second line\r\n"
/// < continue
/// ```
///
/// `>` marks packets of the MTA, and `<` replies of the filter. A line that begins with two spaces belongs to
/// the previous one. A line that begins with `#` is a comment. There are no times and no process IDs, so two
/// recordings of the same session are equal.
package struct Recording: Hashable, Sendable {
  /// The first line.
  package static let title = "milter recording 1"

  /// One packet.
  package enum Packet: Hashable, Sendable {
    case command(MTACommand)
    case reply(FilterReply)

    /// The packet's lines, with the mark of the sender.
    package var lines: [String] {
      let (sign, words) =
        switch self {
        case .command(let command): (">", PacketWords(command))
        case .reply(let reply): ("<", PacketWords(reply))
        }
      let lines = words.lines
      return ["\(sign) \(lines[0])"] + lines.dropFirst()
    }
  }

  /// The packets of each connection.
  package private(set) var connections: [[Packet]] = []

  /// Reads a recording.
  ///
  /// - Parameters:
  ///   - bytes: The file's bytes.
  ///   - name: The file's name, for errors.
  /// - Throws: `UsageError` that names the line.
  package init(_ bytes: [UInt8], name: String) throws(UsageError) {
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated()
      // Texts are quoted, so a CR at the end of a line comes from an editor.
      .map { (number: $0 + 1, text: Substring(line: $1)) }[...]
    guard lines.popFirst()?.text == Self.title[...] else {
      throw UsageError("\(name): not a recording: it does not begin with \"\(Self.title)\"")
    }
    while let line = lines.popFirst() {
      if line.text.isEmpty || line.text.hasPrefix("#") { continue }
      if line.text.hasPrefix("connection ") {
        connections.append([])
        continue
      }
      var parser = PacketLineParser(line.text)
      while let more = lines.first, more.text.hasPrefix("  ") {
        lines = lines.dropFirst()
        guard parser.append(more.text) else { throw Self.wrong(name, more.number) }
      }
      guard let packet = parser.packet(), !connections.isEmpty else {
        throw Self.wrong(name, line.number)
      }
      connections[connections.count - 1].append(packet)
    }
  }

  private static func wrong(_ name: String, _ line: Int) -> UsageError {
    UsageError("\(name): line \(line) cannot be read")
  }
}

extension Substring {
  fileprivate init(line bytes: ArraySlice<UInt8>) {
    self = String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes, as: UTF8.self)[...]
  }
}
