/// A running private instance of an MTA.
package protocol MTAInstance: AnyObject {
  /// The SMTP port on 127.0.0.1.
  var port: UInt16 { get }

  /// Returns the queue IDs of all messages, sorted.
  func queueIDs() throws -> [String]

  /// Returns one message of the queue.
  func message(_ id: String) throws -> QueuedMessage

  /// Returns the header of a message of the queue, which is faster than reading the whole message.
  func headers(of id: String) throws -> [QueuedHeader]

  /// Submits a message as a local program does, and returns its queue ID when it is in the queue.
  func submitLocally(
    _ message: [UInt8], from sender: String, to recipients: [String]
  ) throws -> String

  /// Returns the MTA's log so far, except messages to the system's log.
  func log() -> String

  /// Ends all its processes and deletes its files; has no effect the second time.
  func stop()
}
