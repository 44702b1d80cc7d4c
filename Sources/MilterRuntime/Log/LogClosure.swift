import MilterSystem

/// Keeps track of the threads that run a log's closure.
///
/// The library waits for the closure, so the closure must not wait for the library.
enum LogClosure {
  /// Whether the calling thread runs a log's closure.
  static var isCurrent: Bool { mark.isSet }

  /// Runs the closure of a log.
  static func run(_ body: () -> Void) {
    let isNested = mark.isSet
    mark.set()
    body()
    mark.set(isNested)
  }

  /// The mark of threads that run a log's closure.
  private static let mark = ThreadMark()
}
