package import MilterSystem

/// The MTA's end of a conversation: a socket, or memory.
package protocol MTALink: AnyObject {
  /// Whether small packets may be held back until what was read is confirmed.
  var isTCP: Bool { get }

  /// Reads what has come; if it `waits` and nothing is there, for the receive time-out.
  func read(into buffer: UnsafeMutableRawBufferPointer, waits: Bool) throws(SocketError)
    -> ReadResult

  /// Takes bytes without waiting, and returns their number.
  func writeAvailable(_ bytes: UnsafeRawBufferPointer) throws(SocketError) -> Int

  /// Waits until more can be taken; false if the time is up before.
  func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool

  /// Confirms what was read now, not later with what is written; for TCP only.
  func confirm() throws(SocketError)
}

extension Socket: MTALink {
  package var isTCP: Bool { (try? localAddress)?.family != .unix }

  package func waitForRoom(milliseconds: Int) throws(SocketError) -> Bool {
    try !Poll.wait(descriptor, .writable, milliseconds: milliseconds).isEmpty
  }
}
