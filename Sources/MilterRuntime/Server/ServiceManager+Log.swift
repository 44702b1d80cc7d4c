import MilterSystem

extension ServiceManager {
  /// Returns the service manager; `nil` if the process has none, or cannot notify it.
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
