import MilterRuntime

extension Milter {
  /// Waits, in a callback, for an async function.
  ///
  /// ```swift
  /// override func helo(_ host: String) throws -> Status {
  ///   try blocking { try await Task.sleep(for: .seconds(5)) }
  ///   return .continue
  /// }
  /// ```
  ///
  /// The work runs on the callback's thread, which waits while the work is suspended. Code of an actor runs on
  /// the actor's executor. So the work can use the filter, and takes no thread of Swift's cooperative pool. If
  /// a filter waits often, write it as an ``AsyncMilter``, whose callbacks hold no thread while they wait.
  ///
  /// May be called in every callback. In the work, ``MilterLog/current`` is the filter's log. The work's task
  /// is never canceled, because a callback of a ``Milter`` continues to its end.
  /// - Parameter work: The async work.
  /// - Returns: The result of `work`.
  /// - Throws: An error of `work`.
  ///
  /// libmilter has no equivalent: its callbacks always block.
  public final func blocking<Value, Failure: Error>(
    _ work: nonisolated(nonsending) () async throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let log = log
    let result = withoutActuallyEscaping(work) { work in
      WaitingThread.run {
        await MilterLog.$current.withValue(log) { () async -> Result<Value, Failure> in
          do throws(Failure) {
            return .success(try await work())
          } catch {
            return .failure(error)
          }
        }
      }
    }
    return try result.get()
  }
}
