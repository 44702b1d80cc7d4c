/// Finds out, from commands that have not been worked on, whether the MTA has given up the message.
package enum MessageEnd {
  /// Looks for an abort or a quit among frames.
  ///
  /// An MTA does not send one while it waits for a reply: steps without reply run ahead of the filter.
  /// - Parameter bytes: what follows the frame that is being worked on; the last frame may be cut.
  /// - Returns: whether there is one.
  package static func isAmong(_ bytes: some Collection<UInt8>) -> Bool {
    var rest = bytes[...]
    while rest.count > 4 {
      let length = rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
      rest = rest.dropFirst(4)
      guard length > 0, let byte = rest.first else { return false }
      switch MTACommandCode(rawValue: byte) {
      case .abort, .quit, .quitNewConnection: return true
      default: break
      }
      rest = rest.dropFirst(length)
    }
    return false
  }
}
