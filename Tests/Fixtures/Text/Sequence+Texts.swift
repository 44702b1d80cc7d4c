extension Sequence<[UInt8]> {
  /// The elements as text, such as the lines of a reply.
  package var texts: [String] { map { String(decoding: $0, as: UTF8.self) } }
}
