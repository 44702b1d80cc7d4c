/// How a task that ran due callbacks left the calling thread.
package enum DueEnd: Sendable {
  /// A callback suspended; it continues once the executor knows that the thread has left.
  case suspended
  /// Another callback is due, which needs a task of its own.
  case anotherDue
  /// No callback is due. The connection may be another thread's by now.
  case nothingDue
}
