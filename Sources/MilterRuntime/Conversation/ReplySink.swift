package import MilterSystem

/// Where the replies of a connection go: a socket, or memory.
package protocol ReplySink: AnyObject {
  /// Whether small packets may be held back until what was read is confirmed.
  var isTCP: Bool { get }

  /// Takes bytes without waiting, and says how many.
  func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int

  /// Waits until more can be taken; false if the time is up before.
  func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool

  /// Confirms what was read now, not later with what is written; for TCP only.
  func confirm() throws(SocketError)
}

extension Socket: ReplySink {
  package var isTCP: Bool { (try? localAddress)?.family != .unix }

  package func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool {
    try !Poll.wait(descriptor, .writable, milliseconds: milliseconds).isEmpty
  }
}
