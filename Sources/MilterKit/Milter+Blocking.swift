import MilterRuntime

extension Milter {
  /// Waits, in a callback, for work that suspends.
  ///
  /// ```swift
  /// override func helo(_ host: String) throws -> Status {
  ///   try blocking { try await Task.sleep(for: .seconds(5)) }
  ///   return .continue
  /// }
  /// ```
  ///
  /// The work runs on the callback's thread, which waits while the work is suspended; code that
  /// belongs to an actor runs on the actor's executor. So the work may use the filter, and takes no thread of
  /// Swift's cooperative pool. A filter that often waits should be an ``AsyncMilter``, whose callbacks
  /// hold no thread while they wait.
  ///
  /// May be called in every callback. ``MilterLog/current`` is the filter's log in the work. The work's
  /// task is never canceled: a callback of a ``Milter`` goes on to its end.
  /// - Parameter work: what is waited for.
  /// - Returns: what `work` returns.
  /// - Throws: what `work` throws.
  ///
  /// libmilter has no equivalent: its callbacks block anyway.
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
