/// A running private instance of an MTA.
package protocol MTAInstance: AnyObject {
  /// The SMTP port on 127.0.0.1.
  var port: UInt16 { get }

  /// The names of all messages in the queue, sorted.
  func queueIDs() throws -> [String]

  /// One message of the queue.
  func message(_ id: String) throws -> QueuedMessage

  /// The header of a message of the queue: less work than all of it, where there are many.
  func headers(of id: String) throws -> [QueuedHeader]

  /// Submits a message as a program of the machine does, and returns its name once it is in the queue.
  func submitLocally(
    _ message: [UInt8], from sender: String, to recipients: [String]
  ) throws -> String

  /// Returns the MTA's log so far, except messages to the system's log.
  func log() -> String

  /// Ends all its processes and deletes its files; harmless when that is done already.
  func stop()
}
