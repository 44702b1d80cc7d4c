import MilterSystem

extension ServiceManager {
  /// Returns the service manager; `nil` if there is none, or it cannot be told.
  ///
  /// In the second case, the filter serves nevertheless, and the log has the reason.
  static func found(log: MilterLog) -> ServiceManager? {
    do {
      return try ServiceManager()
    } catch {
      log.warning("the service manager was not notified: \(error)")
      return nil
    }
  }
}
