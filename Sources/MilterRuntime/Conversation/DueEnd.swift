/// How a task that ran due callbacks left the calling thread.
package enum DueEnd: Sendable {
  /// A callback has suspended. It continues after the executor knows that the thread has left.
  case suspended
  /// Another callback is due, which needs its own task.
  case anotherDue
  /// No callback is due. Another thread may already have the connection.
  case nothingDue
}
