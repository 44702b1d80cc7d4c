package import MilterSystem

/// The MTA's side of a conversation: a socket, or memory.
package protocol MTALink: AnyObject {
  /// Whether the peer may hold small packets back until its earlier ones are acknowledged.
  var isTCP: Bool { get }

  /// Reads the bytes that have arrived, or waits for bytes during the receive timeout.
  func read(into buffer: UnsafeMutableRawBufferPointer, waits: Bool) throws(SocketError)
    -> ReadResult

  /// Writes bytes without waiting, and returns their number.
  func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int

  /// Waits until more bytes can be written; returns `false` if the time is over.
  func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool

  /// Acknowledges the input at once, instead of together with the next output; for TCP only.
  func confirm() throws(SocketError)
}

extension Socket: MTALink {
  package var isTCP: Bool { (try? localAddress)?.family != .unix }

  package func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool {
    try !Poll.wait(descriptor, .writable, milliseconds: milliseconds).isEmpty
  }
}
