/// Finds out, from commands that have not been worked on, whether the MTA has given up the message.
package enum MessageEnd {
  /// Looks for an abort or a quit among frames.
  ///
  /// An MTA does not send one while it waits for a reply: steps without reply run ahead of the filter.
  /// - Parameter bytes: what follows the frame that is being worked on; the last frame may be cut.
  /// - Returns: where the last frame begins if it is cut, else the number of bytes; nil if the message has been
  ///   given up. A later search can begin there.
  package static func search(_ bytes: Span<UInt8>) -> Int? {
    var start = 0
    while bytes.count - start > WireLimits.lengthSize {
      let length = Int(bytes.bigEndian32(at: start) ?? 0)
      guard length > 0 else { return start }
      switch MTACommandCode(rawValue: bytes[start + WireLimits.lengthSize]) {
      case .abort, .quit, .quitNewConnection: return nil
      default: break
      }
      guard bytes.count - start - WireLimits.lengthSize >= length else { return start }
      start += WireLimits.lengthSize + length
    }
    return start
  }
}
