/// Finds out from unread commands whether the MTA has aborted the message.
package enum MessageEnd {
  /// Searches frames for an abort or a quit.
  ///
  /// An MTA does not send one while it waits for a reply, but steps without reply can be ahead of the filter.
  /// - Parameter bytes: The bytes after the current frame; the last frame may be incomplete.
  /// - Returns: The position of the last frame if it is incomplete, otherwise the number of bytes; `nil` if the
  ///   message has been aborted. A later search can begin at this position.
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
