extension FilterReply {
  /// An action with its names and sizes, without content, for logs.
  package var summary: String {
    switch self {
    case .addheader(let name, let value): "addheader \(Self.plain(name)), \(value.count) bytes"
    case .insheader(let index, let name, let value):
      "insheader \(index) \(Self.plain(name)), \(value.count) bytes"
    case .chgheader(let index, let name, let value):
      "chgheader \(Self.plain(name)) \(index), "
        + (value.isEmpty ? "deleted" : "\(value.count) bytes")
    case .chgfrom(let text, _), .addrcptPar(let text, _), .addrcpt(let text), .delrcpt(let text),
      .replacebody(let text), .quarantine(let text):
      "\(code), \(text.count) bytes"
    case .negotiate, .continue, .accept, .reject, .tempfail, .discard, .skip, .replycode, .progress,
      .shutdown, .connectionFailure:
      "\(code)"
    }
  }

  /// The name of a field, with a question mark for each byte that is not printable ASCII.
  private static func plain(_ name: [UInt8]) -> String {
    String(decoding: name.map { 0x21...0x7E ~= $0 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
  }
}
